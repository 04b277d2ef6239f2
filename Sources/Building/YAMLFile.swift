public import Files
import Yams

/// A small YAML file as JSON, for options that a stage reads itself.
public enum YAMLFile {
    /// The file's mapping. Throws `BuildFailure.recipe` for what is no YAML mapping.
    public static func json(_ path: String) throws -> JSONValue {
        let bytes = try FileByteStream(path).readAll(limit: 1 << 24, hint: "options are a short text")
        return try RecipeReader.top(String(decoding: bytes, as: UTF8.self), file: path).json()
    }

    /// Where a key of the file's mapping stands, for messages: `file:line: key`; nil where the file has no such key. `a.b` is the key `b`
    /// of the mapping under `a`.
    public static func place(of key: String, in path: String) throws -> String? {
        let bytes = try FileByteStream(path).readAll(limit: 1 << 24, hint: "options are a short text")
        var node = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))
        for part in key.split(separator: ".") { node = node?.mapping?[Node(String(part))] }
        return node.map { node in node.mark.map { "\(path):\($0.line): \(key)" } ?? "\(path): \(key)" }
    }

    static func json(_ node: Node) -> JSONValue {
        if let mapping = node.mapping {
            var members: [String: JSONValue] = [:]
            for (key, value) in mapping { members[key.scalar?.string ?? ""] = json(value) }
            return .object(members)
        }
        if let sequence = node.sequence { return .array(sequence.map(json)) }
        if node.null != nil { return .null }
        if let value = node.int { return .integer(value) }
        if let value = node.float { return .double(value) }
        if let value = node.bool { return .bool(value) }
        return .string(node.scalar?.string ?? "")
    }
}
