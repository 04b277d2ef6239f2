/// Puts something before a text that is not empty.
struct PrependNormalizer: Normalizer {
    let prefix: [UInt8]

    var summary: String { "prepend \(String(decoding: prefix, as: UTF8.self).debugDescription)" }

    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        if text.isEmpty { return }
        out += prefix
        out.append(contentsOf: text)
    }
}
