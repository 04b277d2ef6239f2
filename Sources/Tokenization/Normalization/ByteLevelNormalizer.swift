/// Writes every byte in the byte alphabet.
struct ByteLevelNormalizer: Normalizer {
    var summary: String { "byte-level" }

    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        ByteAlphabet.appendWritten(UnsafeRawBufferPointer(text), to: &out)
    }
}
