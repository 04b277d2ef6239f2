import ArgumentParser
import Files
import Tokenization

/// `shardmill tokenizer`
struct TokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer", abstract: "Encode, decode, train, extend, compare and look at tokenizers.",
        discussion: """
            EXAMPLE
              shardmill tokenizer info tokenizers/standards-4k
            """,
        subcommands: [Encode.self, Decode.self, Train.self, Extend.self, Compare.self, Info.self])

    /// What a line of ids begins and ends with: `{"ids":[1,2]}`.
    static let lineBeginning = Array("{\"ids\":[".utf8)
    static let lineEnd = Array("]}\n".utf8)

    /// Appends ids in decimal, with commas between them, and one before them unless they are the first.
    static func append(_ ids: [UInt32], isFirst: Bool, to out: inout [UInt8]) {
        // A comma and ten digits at most.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 11) { digits in
            for (index, id) in ids.enumerated() {
                var start = digits.count
                var rest = id
                repeat {
                    start -= 1
                    digits[start] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                    rest /= 10
                } while rest > 0
                if index > 0 || !isFirst {
                    start -= 1
                    digits[start] = UInt8(ascii: ",")
                }
                out.append(contentsOf: digits[start...])
            }
        }
    }

    /// One encoder a worker.
    ///
    /// `@unchecked Sendable`: a worker uses its own encoder and scratch only.
    final class Encoders: @unchecked Sendable {
        private let encoders: [TokenEncoder]
        /// For the worker's lines of JSON.
        let parsers: [JSONParser]

        init(_ tokenizer: Tokenizer, threads: Int) {
            encoders = (0..<max(1, threads)).map { _ in tokenizer.makeEncoder() }
            parsers = encoders.map { _ in JSONParser() }
        }

        func encode(
            _ text: UnsafeRawBufferPointer, worker: Int, special: Bool, into ids: inout [UInt32]
        ) throws {
            if special {
                try encoders[worker].encodeWithTemplate(text, into: &ids)
            } else {
                try encoders[worker].encode(text, specials: encoders[worker].tokenizer.ownSpecialPolicy, into: &ids)
            }
        }
    }

    /// Why fewer tokens were learnt than were asked for.
    static func reasonForFewer(_ minFrequency: Int, _ maxTokenLength: Int?) -> String {
        let pair = maxTokenLength.map { "no further pair that --max-token-length \($0) allows" } ?? "no further pair"
        return "\(pair) is seen \(max(1, minFrequency)) times (--min-frequency)"
    }
}
