public import Files

/// What is known of a document beside its text. Empty fields are left out of the JSON form.
public struct Metadata: Sendable, Equatable {
    /// The title.
    public var title: String?
    /// Who published it: `3GPP`, `ETSI`, …
    public var publisher: String?
    /// The number of the specification in canonical form, for example `23.501`; the same for every publisher of one text.
    public var specification: String?
    /// The version, for example `18.5.0`.
    public var version: String?
    /// The release, for example `18`.
    public var release: String?
    /// The date as the document states it, ISO 8601 as far as known (`2024-03`).
    public var date: String?
    /// BCP 47 language, where known.
    public var language: String?
    /// The licence the recipe states for the source.
    public var licence: String?
    /// Which part of a divided text this is, from 1; nil for a whole.
    public var part: Int?
    /// Whatever else the input carried, such as the fields of a JSON Lines record.
    public var other: [String: JSONValue]

    /// Nothing known.
    public init() { other = [:] }

    private static let textFields: [(String, any WritableKeyPath<Metadata, String?> & Sendable)] = [
        ("title", \.title), ("publisher", \.publisher), ("specification", \.specification), ("version", \.version),
        ("release", \.release), ("date", \.date), ("language", \.language), ("licence", \.licence),
    ]

    /// As a JSON object; `other` members stand beside the known ones, which win.
    public var json: JSONValue {
        var members = other
        for (name, path) in Metadata.textFields {
            if let value = self[keyPath: path] { members[name] = .string(value) }
        }
        if let part { members["part"] = .integer(part) }
        return .object(members)
    }

    /// From the object that `json` gives; unknown members go to `other`.
    public init(json: JSONValue) {
        self.init()
        guard let members = json.members else { return }
        other.reserveCapacity(members.count)
        for (name, value) in members { set(name, value) }
    }

    /// The value of a member of the JSON form.
    public subscript(member name: String) -> JSONValue? {
        if name == "part", let part { return .integer(part) }
        if let path = Metadata.path(of: name), let value = self[keyPath: path] { return .string(value) }
        return other[name]
    }

    /// Sets a member of the JSON form: what is known by name where it is a text, or a number for `part`, all else in `other`.
    public mutating func set(_ name: String, _ value: JSONValue) {
        if name == "part" {
            part = value.int
            other[name] = part == nil ? value : nil
        } else if let path = Metadata.path(of: name) {
            self[keyPath: path] = value.string
            other[name] = value.string == nil ? value : nil
        } else {
            other[name] = value
        }
    }

    private static func path(of name: String) -> (any WritableKeyPath<Metadata, String?> & Sendable)? {
        textFields.first { $0.0 == name }?.1
    }
}
