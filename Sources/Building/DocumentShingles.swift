import Deduplication

/// The shingles of documents, over their text or over their tokens. One thread at a time.
final class DocumentShingles {
    private let shingler: Shingler
    private var ids: [UInt32] = []

    init(_ unit: ShingleUnit) { shingler = Shingler(unit) }

    /// The hashes of the shingles of a text. Valid until the next call.
    func hashes(of text: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt64> { shingler.hashes(of: text) }

    /// The hashes of the shingles of a document's tokens. Valid until the next call.
    func hashes(ofTokens tokens: TokenArtefact, document: Int) -> UnsafeBufferPointer<UInt64> {
        let count = tokens.counts[document]
        ids = [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            tokens.copy(document: document, range: 0..<count, into: buffer)
            initialized = count
        }
        return shingler.hashes(ofTokens: ids)
    }
}
