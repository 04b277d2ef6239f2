/// Replaces what a string or a regular expression finds.
struct ReplaceNormalizer: Normalizer {
    let pattern: TextPattern
    let content: [UInt8]
    /// What its expression may take; nil: whatever it needs.
    var memory: ExpressionMemory?

    var summary: String { "replace \(pattern.summary) \(String(decoding: content, as: UTF8.self).debugDescription)" }

    func mayChange(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard case .string(let bytes) = pattern, let first = bytes.first else { return true }
        return text.contains(first)
    }

    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        var end = 0
        pattern.forEachMatch(text, within: memory) { match in
            out.append(contentsOf: text[end..<match.lowerBound])
            out += content
            end = match.upperBound
        }
        out.append(contentsOf: text[end...])
    }
}
