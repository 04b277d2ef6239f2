import Files

/// Writes a `TokenArtefact` document by document: the ids go to disk as they come, so memory is 16 bytes a document, whatever the
/// size of the partition.
struct TokenArtefactWriter: ~Copyable {
    private var file: AtomicFile
    private let width: Int
    private var counts: [Int] = []
    private var specials: [Int] = []
    private var total = 0
    private var digest = SHA256Digest()

    /// Starts the artefact that will be `path`, with `width` bytes an id, 2 or 4.
    init(_ path: String, width: Int) throws {
        var file = try AtomicFile(path)
        var header = TokenArtefact.magic
        TokenArtefactWriter.append(UInt32(width), to: &header)
        TokenArtefactWriter.append(UInt32(0), to: &header)
        try file.write(header)
        digest.update(header)
        self.file = file
        self.width = width
    }

    /// Appends the ids of the next document, and how many special tokens its text spells out.
    mutating func append(_ ids: [UInt32], specials: Int) throws {
        if width == 2 {
            let narrow = ids.map { UInt16(truncatingIfNeeded: $0) }
            try narrow.withUnsafeBytes { try write($0) }
        } else {
            try ids.withUnsafeBytes { try write($0) }
        }
        counts.append(ids.count)
        self.specials.append(specials)
        total += ids.count
    }

    /// Writes the tables and gives the file its name; `droppedBytes` are those of all documents that have no token.
    mutating func commit(droppedBytes: Int) throws {
        var tables = [UInt8](repeating: 0, count: TokenArtefact.padded(total * width) - total * width)
        for value in counts + specials + [counts.count, total, droppedBytes] {
            TokenArtefactWriter.append(UInt64(value), to: &tables)
        }
        try tables.withUnsafeBytes { try write($0) }
        try file.write(digest.bytes())
        try file.commit()
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        digest.update(bytes)
        try file.write(bytes)
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
