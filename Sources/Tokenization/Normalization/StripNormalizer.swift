/// Takes white space off the ends of a text.
struct StripNormalizer: Normalizer {
    let left: Bool
    let right: Bool

    var summary: String { "strip\(left ? " left" : "")\(right ? " right" : "")" }

    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        guard let base = text.baseAddress else { return }
        let start = left ? WordBoundary.endOfSpace(base, 0..<text.count) : 0
        let end = right ? WordBoundary.startOfSpace(base, before: text.count, from: start) : text.count
        out.append(contentsOf: text[start..<end])
    }
}
