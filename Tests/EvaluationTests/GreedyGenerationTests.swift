import Tensors
import TestSupport
import Testing
import Transformers

@testable import Evaluation

@Suite struct GreedyGenerationTests {
    private let folder = TemporaryFolder()
    private let backend = CPUBackend(threads: 1)

    /// The likeliest next token, from the logits of the whole text.
    private func slowNext(_ text: [Int], _ model: TransformerModel) throws -> Int {
        let logits = try model.logits(TokenBatch(rows: [text.map { Int32($0) }]))
        let last = Array(logits.suffix(model.configuration.vocabularySize))
        return last.indices.max { last[$0] < last[$1] } ?? 0
    }

    @Test func tokensAreThoseOfTheWholeTextReadAgain() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        var generation = GreedyGeneration(for: model, limit: 12)
        #expect(generation.endTokens == [2])
        generation.endTokens = []
        let (tokens, ending) = try generation.continuation(of: [7, 8, 9], by: model)
        #expect(tokens.count == 12 && ending == .limit)
        var text = [7, 8, 9]
        for token in tokens {
            #expect(try slowNext(text, model) == token)
            text.append(token)
        }
        generation.endTokens = [tokens[4]]
        let first = tokens.firstIndex(of: tokens[4]) ?? 4
        let ended = try generation.continuation(of: [7, 8, 9], by: model)
        #expect(ended.tokens == Array(tokens[..<first]) && ended.ending == .endToken(tokens[4]))
    }

    @Test func theCallerCanStop() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        var generation = GreedyGeneration(for: model, limit: 9)
        generation.endTokens = []
        var seen: [Int] = []
        let (tokens, ending) = try generation.continuation(of: [1], by: model) {
            seen.append($0)
            return seen.count < 3
        }
        #expect(tokens == seen && tokens.count == 3 && ending == .stopped)
        generation.limit = 0
        #expect(try generation.continuation(of: [1], by: model).tokens == [])
    }

    @Test func badPromptsAreNamed() throws {
        let model = try TransformerModel.load(TinyModel.make(in: folder), backend: backend)
        let generation = GreedyGeneration(for: model)
        #expect(throws: ModelFailure.self) { try generation.continuation(of: [], by: model) }
        #expect(throws: ModelFailure.self) { try generation.continuation(of: [50], by: model) }
        #expect(throws: ModelFailure.self) { try generation.continuation(of: [-1], by: model) }
    }
}
