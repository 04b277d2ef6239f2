import Files

/// How a segment of an index stands in its file, in words of 8 bytes, little-endian, but for identifiers and sets:
///
///     magic and version, bands
///     keys        [bands][documents]
///     sets        the shingle hashes of each document without their low 16 bits, ascending, 6 bytes each
///     table       [documents] hashes of the set, [documents] XXH3 of its bytes, [documents] bytes of the identifier
///     identifiers UTF-8, one behind the other
///     documents, bytes of sets, bytes of identifiers, XXH3 of everything before but the sets, and the magic again
enum SegmentLayout {
    /// `SHMDUPIX` as a word.
    static let magic: UInt64 = 0x5849_5055_444D_4853
    static let version: UInt64 = 1
    static let headerWords = 3
    static let footerWords = 5
    static let hashBytes = 6
    /// Hashes lose this many low bits.
    static let lostBits: UInt64 = 16

    /// The set as an index keeps it.
    static func shortened(_ set: [UInt64]) -> [UInt64] {
        var short: [UInt64] = []
        short.reserveCapacity(set.count)
        for hash in set {
            let value = hash >> lostBits
            if short.last != value { short.append(value) }
        }
        return short
    }

    /// Bytes of a whole segment.
    static func bytes(bands: Int, documents: Int, sets: Int, identifiers: Int) -> Int {
        (headerWords + footerWords + (bands + 3) * documents) * 8 + sets + identifiers
    }
}
