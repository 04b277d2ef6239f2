import ArgumentParser
import Files
import Tokenization

extension TokenizerCommand {
    /// `shardmill tokenizer info`
    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info",
            abstract: "Show what a tokenizer is.",
            discussion: """
                EXAMPLE
                  shardmill tokenizer info tokenizers/standards-4k
                """)

        @Argument(help: "A tokenizer folder or file.")
        var tokenizer: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let tokenizer = try Tokenizer.load(self.tokenizer)
            func shown(_ id: UInt32?) -> JSONValue { id.map { .integer(Int($0)) } ?? .null }
            let description = tokenizer.description
            let facts: [String: JSONValue] = [
                "form": .string(description.form), "model": .string(description.model),
                "normalizer": .string(description.normalizer), "pre_tokenizer": .string(description.preTokenizer),
                "pattern": .string(description.hasKnownPattern ? "known" : "general engine"),
                "decoder": .string(description.decoder), "added_tokens": .integer(description.addedTokens),
                "special_tokens_in_text": .string(tokenizer.ownSpecialPolicy.rawValue),
                "vocabulary_size": .integer(tokenizer.vocabularySize), "begin": shown(tokenizer.beginningOfText),
                "end": shown(tokenizer.endOfText), "digest": .string(tokenizer.digest),
                "special_tokens": .integer(tokenizer.specialTokens.count),
                "bytes_without_token": .integer(tokenizer.bytesWithoutToken.count),
            ]
            if common.json { return Console.print(json: .object(facts)) }
            for name in facts.keys.sorted(by: precedesInByteOrder) {
                Console.print("\(ProgressLine.padded(name, 20)) \(facts[name]?.string ?? facts[name]?.text() ?? "")")
            }
        }
    }
}
