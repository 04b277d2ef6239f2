import Files
import Glibc
import Parallel
import Tensors
import TestSupport
import Testing
import Tokenization
import Transformers

@testable import Evaluation

/// The perplexity of texts by a model with a tokenizer of its own.
@Suite struct TextPerplexityTests {
    private let folder = TemporaryFolder()
    private let backend = CPUBackend(threads: 1)

    /// A small random model of the vocabulary of the 4k tokenizer, with its files.
    private func model(positions: Int = 64) throws -> String {
        var shape = ModelConfiguration(
            family: .llama, vocabularySize: 4096, hiddenSize: 16, intermediateSize: 24, layerCount: 1, headCount: 2,
            keyValueHeadCount: 2, normEpsilon: 1e-5, rotaryBase: 10_000, maximumPositions: positions)
        shape.initializerRange = 0.3
        let path = folder("model\(positions)")
        try ModelFolder.initialize(at: path, configuration: shape, seed: 3, pool: WorkerPool(threads: 1))
        let tokenizer = TestData.repository + "/tokenizers/standards-4k"
        for name in try Folder.names(in: tokenizer) where name.hasPrefix("tokenizer") {
            let bytes = try ByteStream.open(tokenizer + "/" + name).readAll(limit: 1 << 26)
            try AtomicFile.write(bytes, to: path + "/" + name)
        }
        return path
    }

    private let text = Array(
        (0..<80).map { "The terminal starts timer T3\($0) and waits for the answer of the network. " }.joined().utf8)

    /// The loss of rows from full logits in double precision.
    private func slowScore(_ path: String, _ rows: [Range<Int>]) throws -> (sum: Double, count: Int) {
        let model = try TransformerModel.load(path, backend: backend)
        var ids: [UInt32] = []
        try text.withUnsafeBytes {
            try Tokenizer.load(path).makeEncoder().encode($0, specials: .ordinary, into: &ids)
        }
        var (sum, count) = (0.0, 0)
        for row in rows {
            let logits = try model.logits(TokenBatch(rows: [ids[row].map { Int32($0) }]))
            let size = model.configuration.vocabularySize
            for place in row where place + 1 < ids.count {
                let first = (place - row.lowerBound) * size
                let values = logits[first..<first + size].map { Double($0) }
                let largest = values.max() ?? 0
                sum += log(values.reduce(0) { $0 + exp($1 - largest) }) + largest - values[Int(ids[place + 1])]
                count += 1
            }
        }
        return (sum, count)
    }

    @Test func theScoreIsTheLossOfTheRowsThatAreRead() throws {
        let path = try model()
        let perplexity = try TextPerplexity(path, backend: backend)
        let whole = try perplexity.score(text, mostTokens: 100_000)
        let every = stride(from: 0, to: whole.tokens, by: 64).map { $0..<min(whole.tokens, $0 + 64) }
        let expected = try slowScore(path, every)
        #expect(whole.tokens > 640)
        #expect(whole.targetTokens == whole.tokens - 1 && whole.targetTokens == expected.count)
        #expect(abs(whole.lossSum - expected.sum) < 1e-4 * expected.sum)
        let some = try perplexity.score(text, mostTokens: 200)
        #expect(some.tokens == 192)
        let rows = TextPerplexity.rows(tokens: whole.tokens, length: 64, mostTokens: 200)
        let few = try slowScore(path, rows)
        #expect(some.targetTokens == few.count && abs(some.lossSum - few.sum) < 1e-4 * few.sum)
        #expect(try perplexity.score([], mostTokens: 100).targetTokens == 0)
        // Nothing of one text is left in the next.
        #expect(try perplexity.score(text, mostTokens: 200) == some)
    }

    @Test func rowsNeverOverlapAndSpanTheText() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            let (tokens, length) = (Int(random.nextInt(below: 5000)), 2 + Int(random.nextInt(below: 300)))
            let most = 2 + Int(random.nextInt(below: 6000))
            let rows = TextPerplexity.rows(tokens: tokens, length: length, mostTokens: most)
            for (first, second) in zip(rows, rows.dropFirst()) { #expect(first.upperBound <= second.lowerBound) }
            let read = rows.reduce(0) { $0 + $1.count }
            #expect(rows.allSatisfy { $0.count <= length } && read <= max(most, 2))
            guard tokens >= 2 else {
                #expect(rows.isEmpty)
                continue
            }
            #expect(rows.first?.lowerBound == 0)
            if tokens <= most { #expect(read == tokens) }
            if rows.count > 1 { #expect(rows.last?.upperBound == tokens) }
        }
    }

    @Test func aTokenizerOfAnotherModelIsRefused() throws {
        let path = try TinyModel.make(in: folder)
        #expect(throws: (any Error).self) { try TextPerplexity(path, backend: backend) }
        let tokenizer = TestData.repository + "/tokenizers/standards-4k/tokenizer.json"
        try AtomicFile.write(try ByteStream.open(tokenizer).readAll(limit: 1 << 26), to: path + "/tokenizer.json")
        #expect(throws: EvaluationFailure.self) { try TextPerplexity(path, backend: backend) }
    }
}
