/// One file of a source.
public struct InputFile: Sendable, Equatable {
    /// Where it is on disk.
    public var path: String
    /// Its path relative to its source, with `/` between folders; part of the ids of its documents.
    public var relativePath: String
    /// The name of its source.
    public var source: String
    /// The part of a large file to read: the records that begin at these bytes. Only what `RecordRanges` cut may be read so.
    public var range: Range<Int>?

    /// A file of a source, or a part of it.
    public init(path: String, relativePath: String, source: String, range: Range<Int>? = nil) {
        self.path = path
        self.relativePath = relativePath
        self.source = source
        self.range = range
    }

    /// Cuts a source's files, in byte order of their relative paths, into groups that are read together: neighbouring parts of one
    /// specification (`38521-3-i11_cover.docx`, `38521-3-i11_s00-05.docx`, …), and every other file alone.
    public static func groups(_ relativePaths: [String]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var place: String?
        for (index, path) in relativePaths.enumerated() {
            let next = SplitDocument.place(of: path)
            if let next, next == place, let last = groups.last {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
            place = next
        }
        return groups
    }
}
