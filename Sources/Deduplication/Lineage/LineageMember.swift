/// A text as lineage sees it: a version of a specification.
public struct LineageMember: Sendable, Equatable {
    /// The specification, the same for every version, release and publisher.
    public var specification: String
    /// The version; nil where it is not known.
    public var version: SpecificationVersion?
    /// The release as it is written; nil where it is not known.
    public var release: String?
    /// What holds together: the records of one text bear the same.
    public var text: String

    /// A member.
    public init(specification: String, version: SpecificationVersion?, release: String?, text: String) {
        self.specification = specification
        self.version = version
        self.release = release
        self.text = text
    }

    /// The release it counts for: the one it names, else the first number of its version.
    var releaseKey: String { release ?? version.map { "\($0.numbers[0])" } ?? "" }
}
