import Deduplication
import Documents
import Files

/// The band keys of the documents of one partition: `signatures/<key>.bands.zst`, little-endian u64, those of a document together.
struct SignatureArtefact: Sendable {
    static func path(_ folder: String, _ key: String) -> String { "\(folder)/\(key).bands.zst" }

    /// The keys, document after document.
    let keys: [UInt64]

    init(folder: String, key: String, documents: Int, bands: Int) throws {
        let path = SignatureArtefact.path(folder, key)
        let bytes = try ArtefactFile.content(path)
        guard bytes.count == documents * bands * 8 else {
            throw BuildFailure.damagedArtefact(
                path: path,
                problem: "\(bytes.count) bytes instead of \(bands) numbers for each of \(documents) documents")
        }
        keys = bytes.withUnsafeBytes { raw in
            (0..<documents * bands).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
            }
        }
    }

    /// Signs the documents of an artefact; their tokens are asked for where shingles are made of them.
    static func write(
        _ path: String, documents: String, tokens: TokenArtefact, options: MinHashOptions
    ) throws {
        let signer = MinHashSigner(options)
        let shingles = DocumentShingles(options.shingles)
        var keys: [UInt64] = []
        if case .tokens = options.shingles {
            for index in tokens.counts.indices {
                signer.appendBandKeys(of: shingles.hashes(ofTokens: tokens, document: index), to: &keys)
            }
        } else {
            try ExtractArtefact.forEachDocument(at: documents) { document in
                document.text.withUnsafeBytes { signer.appendBandKeys(of: shingles.hashes(of: $0), to: &keys) }
                return true
            }
        }
        let bytes = keys.withUnsafeBufferPointer { keys in
            [UInt8](unsafeUninitializedCapacity: keys.count * 8) { out, count in
                for (index, key) in keys.enumerated() {
                    UnsafeMutableRawBufferPointer(out).storeBytes(
                        of: key.littleEndian, toByteOffset: 8 * index, as: UInt64.self)
                }
                count = keys.count * 8
            }
        }
        try ZstdCompressor(level: 1).write(bytes, to: path)
    }
}
