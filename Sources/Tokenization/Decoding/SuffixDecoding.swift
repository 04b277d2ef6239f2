/// Makes spaces of the sign that ends a word; in the last token it is left out.
struct SuffixDecoding: DecodingStep {
    let suffix: [UInt8]
    private var token = WholeToken()
    private var last: [UInt8]?

    init(suffix: [UInt8]) { self.suffix = suffix }

    var summary: String { "suffix \(String(decoding: suffix, as: UTF8.self).debugDescription)" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        guard let whole = token.take(text) else { return }
        if let last { out.append(replaced(last, [0x20])) }
        last = whole
    }

    mutating func finish(into out: inout [DecodedText]) {
        if let last { out.append(replaced(last, [])) }
        last = nil
    }

    private func replaced(_ token: [UInt8], _ content: [UInt8]) -> DecodedText {
        if suffix.isEmpty { return DecodedText(bytes: token) }
        var changed: [UInt8] = []
        token.withUnsafeBufferPointer {
            ReplaceNormalizer(pattern: .string(suffix), content: content).append($0, to: &changed)
        }
        return DecodedText(bytes: changed)
    }
}
