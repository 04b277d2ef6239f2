/// One change of a text before it is split. Bytes that are not UTF-8 stay as they are.
protocol Normalizer: Sendable {
    /// What it does and with what, for people and for the digest of the tokenizer: different changes, different texts.
    var summary: String { get }

    /// Whether it may change the text; false is certain.
    func mayChange(_ text: UnsafeBufferPointer<UInt8>) -> Bool

    /// Appends the changed text.
    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8])
}

extension Normalizer {
    func mayChange(_ text: UnsafeBufferPointer<UInt8>) -> Bool { true }
}

/// A change of each character on its own.
protocol CharacterNormalizer: Normalizer {
    /// Appends what becomes of a character; false, with nothing appended, where it stays.
    func append(_ codePoint: UInt32, to out: inout [UInt8]) -> Bool
}

extension CharacterNormalizer {
    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        guard let base = text.baseAddress else { return }
        var index = 0
        while index < text.count {
            let (codePoint, count) = UTF8Decoding.character(base, index, text.count)
            if codePoint == UTF8Decoding.broken || !append(codePoint, to: &out) {
                out.append(contentsOf: text[index..<index + count])
            }
            index += count
        }
    }
}
