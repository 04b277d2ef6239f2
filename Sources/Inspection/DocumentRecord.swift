public import Building
public import Files

/// What a line of `documents/` says of a document, without its text.
public struct DocumentRecord: Sendable, Equatable {
    /// The document's id.
    public var id: String
    /// The name of its source.
    public var source: String
    /// The file it came from, relative to the source; nil in corpora of earlier versions.
    public var path: String?
    /// The title, where it has one.
    public var title: String?
    /// The specification number, where it has one.
    public var specification: String?
    /// The version, where it has one.
    public var version: String?
    /// Bytes of its text.
    public var textBytes: Int
    /// The side of the split it is on.
    public var split: Split
    /// The block that holds its first framed token, the first time it is packed.
    public var block: Int
    /// The position in that block.
    public var offset: Int
    /// Its own tokens, without separators.
    public var tokens: Int
    /// How often it is packed.
    public var copies: Int

    init(_ element: JSONElement, path: String, line: Int) throws {
        func expected(_ what: String) -> InspectionFailure { .malformedRecord(path: path, line: line, expected: what) }
        guard let id = element["id"]?.string else { throw expected("a string member \"id\"") }
        guard let source = element["source"]?.string else { throw expected("a string member \"source\"") }
        guard let text = element["text"]?.utf8 else { throw expected("a string member \"text\"") }
        guard let tokens = element["tokens"], let split = tokens["split"]?.string.flatMap(Split.init(rawValue:)),
            let block = tokens["block"]?.int, let offset = tokens["offset"]?.int, let count = tokens["count"]?.int,
            (0..<1 << 48).contains(count), (-1..<1 << 48).contains(block), (0..<1 << 48).contains(offset)
        else { throw expected("a member \"tokens\" with split, block, offset and count") }
        self.id = id
        self.source = source
        let metadata = element["metadata"]
        self.path = element["path"]?.string
        title = metadata?["title"]?.string
        specification = metadata?["specification"]?.string
        version = metadata?["version"]?.string
        textBytes = text.count
        self.split = split
        self.block = block
        self.offset = offset
        self.tokens = count
        copies = max(0, tokens["copies"]?.int ?? 1)
    }

    /// `23.501 18.5.0 System architecture`, as much of it as is known; the path, else the id, where nothing is.
    public var heading: String {
        let known = [specification, version, title].compactMap { $0 }.filter { !$0.isEmpty }
        return known.isEmpty ? path ?? id : known.joined(separator: " ")
    }

    /// As a JSON object.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "source": .string(source), "text_bytes": .integer(textBytes),
            "split": .string(split.rawValue), "block": .integer(block), "offset": .integer(offset),
            "tokens": .integer(tokens), "copies": .integer(copies),
        ]
        if let path { members["path"] = .string(path) }
        if let title { members["title"] = .string(title) }
        if let specification { members["specification"] = .string(specification) }
        if let version { members["version"] = .string(version) }
        return .object(members)
    }
}
