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
}
