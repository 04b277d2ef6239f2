/// Puts a space before every token but the first and those that continue a word, which lose their prefix.
struct WordPieceDecoding: DecodingStep {
    let prefix: [UInt8]
    /// Takes out the spaces that English does not write.
    let cleansUp: Bool
    private var token = WholeToken()
    private var isFirst = true
    private static let cleanups: [(String, String)] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]

    init(prefix: [UInt8], cleansUp: Bool) {
        self.prefix = prefix
        self.cleansUp = cleansUp
    }

    var summary: String { "wordpiece \(String(decoding: prefix, as: UTF8.self))\(cleansUp ? " cleanup" : "")" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        guard var whole = token.take(text) else { return }
        if !isFirst {
            if whole.starts(with: prefix) { whole.removeFirst(prefix.count) } else { whole.insert(0x20, at: 0) }
        }
        isFirst = false
        if cleansUp {
            for (found, content) in WordPieceDecoding.cleanups {
                var changed: [UInt8] = []
                let change = ReplaceNormalizer(pattern: .string(Array(found.utf8)), content: Array(content.utf8))
                whole.withUnsafeBufferPointer { change.append($0, to: &changed) }
                whole = changed
            }
        }
        out.append(DecodedText(bytes: whole))
    }
}
