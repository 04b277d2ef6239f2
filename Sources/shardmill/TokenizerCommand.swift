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

    /// `{"ids":[1,2]}` and a line feed.
    static func line(_ ids: [UInt32]) -> [UInt8] {
        var out = Array("{\"ids\":[".utf8)
        for (index, id) in ids.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += String(id).utf8
        }
        out += "]}\n".utf8
        return out
    }

    /// One encoder a worker.
    ///
    /// `@unchecked Sendable`: a worker uses its own encoder and scratch only.
    final class Encoders: @unchecked Sendable {
        private let encoders: [TokenEncoder]

        init(_ tokenizer: Tokenizer, threads: Int) {
            encoders = (0..<max(1, threads)).map { _ in tokenizer.makeEncoder() }
        }

        func encode(_ text: UnsafeRawBufferPointer, worker: Int, special: Bool) throws -> [UInt32] {
            var ids: [UInt32] = []
            if special {
                try encoders[worker].encodeWithTemplate(text, into: &ids)
            } else {
                try encoders[worker].encode(text, specials: encoders[worker].tokenizer.ownSpecialPolicy, into: &ids)
            }
            return ids
        }

        func encode(_ text: [UInt8], worker: Int, special: Bool) throws -> [UInt32] {
            try text.withUnsafeBytes { try encode($0, worker: worker, special: special) }
        }
    }

    /// Why fewer tokens were learnt than were asked for.
    static func reasonForFewer(_ minFrequency: Int, _ maxTokenLength: Int?) -> String {
        let pair = maxTokenLength.map { "no further pair that --max-token-length \($0) allows" } ?? "no further pair"
        return "\(pair) is seen \(max(1, minFrequency)) times (--min-frequency)"
    }
}
