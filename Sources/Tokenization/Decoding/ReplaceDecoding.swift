/// Replaces what a string or a regular expression finds in each token.
struct ReplaceDecoding: DecodingStep {
    private let change: ReplaceNormalizer
    private var token = WholeToken()

    init(_ pattern: TextPattern, content: [UInt8]) {
        change = ReplaceNormalizer(pattern: pattern, content: content)
    }

    var summary: String { change.summary }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        guard let whole = token.take(text) else { return }
        var changed: [UInt8] = []
        whole.withUnsafeBufferPointer { change.append($0, to: &changed) }
        out.append(DecodedText(bytes: changed))
    }
}
