import Files

/// The documents of earlier runs on disk: identifiers, band keys and shingle sets. Sets and identifiers are read when they are asked for;
/// memory is 24 bytes a document.
public final class DuplicateIndex: Sendable {
    /// A segment as the header names it.
    struct SegmentEntry: Sendable {
        var name: String
        var documents: Int
        var bytes: Int
    }

    /// The folder.
    public let path: String
    /// What its signatures and sets were made with.
    public let options: MinHashOptions
    let entries: [SegmentEntry]
    private let segments: [IndexSegment]

    static let headerName = "index.json"
    private static let format = "shardmill duplicate index"

    /// Documents of all segments.
    public var count: Int { entries.reduce(0) { $0 + $1.documents } }

    /// Opens an index. Throws `IndexFailure` where there is none or where it is damaged; sets are checked when they are read.
    public init(_ path: String) throws {
        self.path = path
        let headerPath = PathText.join(path, DuplicateIndex.headerName)
        guard Folder.exists(path) else { throw FileFailure.missing(path: path) }
        guard Folder.exists(headerPath) else {
            throw IndexFailure.foreign(path: path, found: "no \(DuplicateIndex.headerName)")
        }
        let header: JSONValue
        do { header = try JSONValue(file: headerPath) } catch FileFailure.malformed {
            throw IndexFailure.foreign(path: headerPath, found: "no JSON")
        }
        guard header["format"]?.string == DuplicateIndex.format else {
            throw IndexFailure.foreign(path: headerPath, found: "format \(header["format"]?.text() ?? "none")")
        }
        guard header["version"]?.int == Int(SegmentLayout.version) else {
            throw IndexFailure.foreign(path: headerPath, found: "version \(header["version"]?.text() ?? "none")")
        }
        guard let options = DuplicateIndex.options(header), options.problem() == nil else {
            throw IndexFailure.damaged(path: headerPath, problem: "its options cannot be")
        }
        self.options = options
        entries = try (header["segments"]?.items ?? []).map { item in
            guard let name = item["file"]?.string, !name.contains("/"), let documents = item["documents"]?.int,
                let bytes = item["bytes"]?.int, documents >= 0
            else { throw IndexFailure.damaged(path: headerPath, problem: "a segment without file, documents or bytes") }
            return SegmentEntry(name: name, documents: documents, bytes: bytes)
        }
        segments = try entries.map {
            try IndexSegment(PathText.join(path, $0.name), $0, bands: options.bands)
        }
    }

    static func header(_ options: MinHashOptions, _ segments: [SegmentEntry]) -> JSONValue {
        [
            "format": .string(format), "version": .integer(Int(SegmentLayout.version)),
            "bands": .integer(options.bands), "rows": .integer(options.rows), "threshold": .double(options.threshold),
            "shingles": .string(options.shingles.description), "seed": .string(Hexadecimal.text(of: options.seed)),
            "segments": .array(
                segments.map {
                    ["file": .string($0.name), "documents": .integer($0.documents), "bytes": .integer($0.bytes)]
                }),
        ]
    }

    private static func options(_ header: JSONValue) -> MinHashOptions? {
        guard let bands = header["bands"]?.int, let rows = header["rows"]?.int,
            let threshold = header["threshold"]?.double, let shingles = ShingleUnit(header["shingles"]?.string ?? ""),
            let seed = UInt64(header["seed"]?.string ?? "", radix: 16)
        else { return nil }
        return MinHashOptions(bands: bands, rows: rows, threshold: threshold, shingles: shingles, seed: seed)
    }

    /// The segment of a document and its number there.
    private func place(_ document: Int) -> (IndexSegment, Int) {
        var rest = document
        for (index, entry) in entries.enumerated() {
            if rest < entry.documents { return (segments[index], rest) }
            rest -= entry.documents
        }
        preconditionFailure("document \(document) of \(count)")
    }

    /// The identifier of a document.
    public func identifier(_ document: Int) throws -> String {
        let (segment, place) = place(document)
        return try segment.identifier(place)
    }

    /// How many hashes the set of a document has.
    func setCount(_ document: Int) -> Int {
        let (segment, place) = place(document)
        return segment.setCount(place)
    }

    /// The set of a document, as `SegmentLayout.shortened` makes it. Throws `IndexFailure.damaged` where it is not what was written.
    func set(_ document: Int) throws -> [UInt64] {
        let (segment, place) = place(document)
        return try segment.set(place)
    }

    /// Calls `body` with the keys of one band in stretches of documents that follow each other.
    func forEachStretch(of band: Int, _ body: (UnsafeBufferPointer<UInt64>) throws -> Void) throws {
        for segment in segments { try segment.forEachStretch(of: band, body) }
    }
}
