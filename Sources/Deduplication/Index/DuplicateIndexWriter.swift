import Files

/// Writes the documents of one run as a segment of an index, and then the header that names the segments.
public struct DuplicateIndexWriter: ~Copyable {
    private let path: String
    private let options: MinHashOptions
    private let segments: [DuplicateIndex.SegmentEntry]
    private let documents: Int
    private var file: AtomicFile
    private var digest: UInt64 = 0
    private var setBytes = 0
    private var counts: [UInt64] = []
    private var checks: [UInt64] = []
    private var lengths: [UInt64] = []
    private var identifiers: [UInt8] = []

    /// Begins a segment of so many documents in the folder `path`, behind those of `index` where that is given. Without it the folder must be
    /// free or empty.
    public init(_ path: String, options: MinHashOptions, documents: Int, addingTo index: DuplicateIndex? = nil) throws {
        file = try AtomicFile(try DuplicateIndexWriter.segmentPath(path, index))
        self.path = path
        self.options = options
        self.documents = documents
        segments = index?.entries ?? []
    }

    private static func segmentPath(_ path: String, _ index: DuplicateIndex?) throws -> String {
        if index == nil {
            if Folder.exists(path), try !Folder.isFolder(path) || !Folder.names(in: path).isEmpty {
                throw FileFailure.wrongKind(
                    path: path, expected: "a path that is free, or an empty folder: choose another --index",
                    found: Folder.isFolder(path) ? "a folder that is not empty" : "a file")
            }
            try Folder.create(path)
        }
        let number = String(index?.entries.count ?? 0)
        return PathText.join(path, "segment-" + String(repeating: "0", count: max(0, 5 - number.count)) + number)
    }

    private mutating func write(_ words: [UInt64]) throws {
        try words.withUnsafeBytes { try write($0) }
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        digest = XXHash3.hash64(bytes, seed: digest)
        try file.write(bytes)
    }

    /// Writes the keys of the documents for which `isMember` holds, band by band. Called first.
    public mutating func write(_ table: BandTable, where isMember: (Int) -> Bool) throws {
        try write([SegmentLayout.magic, SegmentLayout.version, UInt64(options.bands)])
        var column: [UInt64] = []
        for band in 0..<table.bands {
            var document = 0
            column.removeAll(keepingCapacity: true)
            try table.forEachStretch(of: band) { keys in
                for key in keys {
                    if isMember(document) { column.append(key) }
                    document += 1
                }
            }
            precondition(column.count == documents, "\(column.count) documents of \(documents)")
            try write(column)
        }
    }

    /// Adds the next of the documents.
    public mutating func add(identifier: String, set: [UInt64]) throws {
        let short = SegmentLayout.shortened(set)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(short.count * SegmentLayout.hashBytes)
        for hash in short {
            for byte in 0..<SegmentLayout.hashBytes {
                bytes.append(UInt8(truncatingIfNeeded: hash >> UInt64(byte * 8)))
            }
        }
        try file.write(bytes)
        setBytes += bytes.count
        counts.append(UInt64(short.count))
        checks.append(bytes.withUnsafeBytes { XXHash3.hash64($0) })
        lengths.append(UInt64(identifier.utf8.count))
        identifiers += identifier.utf8
    }

    /// Ends the segment and names it in the header: only now does the index have it.
    public mutating func commit() throws {
        precondition(counts.count == documents, "\(counts.count) documents of \(documents)")
        try write(counts)
        try write(checks)
        try write(lengths)
        try identifiers.withUnsafeBytes { try write($0) }
        try write([UInt64(documents), UInt64(setBytes), UInt64(identifiers.count)])
        try write([digest, SegmentLayout.magic])
        let entry = DuplicateIndex.SegmentEntry(
            name: PathText.name(of: file.path), documents: documents, bytes: file.count)
        try file.commit()
        try AtomicFile.write(
            DuplicateIndex.header(options, segments + [entry]).encoded(.pretty),
            to: PathText.join(path, DuplicateIndex.headerName))
    }
}
