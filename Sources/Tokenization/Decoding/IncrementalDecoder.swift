/// Decodes ids as they come: what it has given so far is always whole characters, and never changes.
///
/// All that it gives, put together, is what `Tokenizer.decodeText` gives for all ids at once.
public struct IncrementalDecoder: Sendable {
    private let tokenizer: Tokenizer
    private let skipsSpecial: Bool
    private var steps: [any DecodingStep]

    init(_ tokenizer: Tokenizer, skippingSpecial: Bool) {
        self.tokenizer = tokenizer
        skipsSpecial = skippingSpecial
        steps = tokenizer.decoding.steps
    }

    /// The text that is certain with this id; ids without a token are passed over.
    public mutating func append(_ id: UInt32) -> String {
        guard let written = tokenizer.writtenForm(of: id), !(skipsSpecial && tokenizer.skippedIDs.contains(id)) else {
            return ""
        }
        return IncrementalDecoder.text(push([DecodedText(bytes: Array(written), id: id)], from: 0))
    }

    /// The rest. The decoder is at the start of another text afterwards.
    public mutating func finish() -> String {
        var out: [UInt8] = []
        for level in steps.indices {
            var kept: [DecodedText] = []
            steps[level].finish(into: &kept)
            for text in push(kept, from: level + 1) { out += text.bytes }
        }
        steps = tokenizer.decoding.steps
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func push(_ texts: [DecodedText], from level: Int) -> [DecodedText] {
        var texts = texts
        for level in level..<steps.count {
            var next: [DecodedText] = []
            for text in texts { steps[level].take(text, into: &next) }
            texts = next
        }
        return texts
    }

    private static func text(_ texts: [DecodedText]) -> String {
        String(decoding: texts.flatMap(\.bytes), as: UTF8.self)
    }
}
