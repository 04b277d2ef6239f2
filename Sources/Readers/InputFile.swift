/// One file of a source.
public struct InputFile: Sendable, Equatable {
    /// Where it is on disk.
    public var path: String
    /// Its path relative to its source, with `/` between folders; part of the ids of its documents.
    public var relativePath: String
    /// The name of its source.
    public var source: String

    /// A file of a source.
    public init(path: String, relativePath: String, source: String) {
        self.path = path
        self.relativePath = relativePath
        self.source = source
    }
}
