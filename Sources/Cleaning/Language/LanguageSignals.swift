public import Files

/// The languages of a document, measured once and kept beside it, so that a rule can be asked again without the text.
public struct LanguageSignals: Sendable, Equatable {
    /// The languages found, most bytes first, at most `mostLanguages`; what is in no language that could be told is in none.
    public var languages: [DetectedLanguage] = []
    /// Bytes of letters, and of the spaces among them, that were looked at.
    public var bytes = 0
    /// How many of `bytes` stood in stretches whose languages CLD2 calls reliable.
    public var reliableBytes = 0

    /// Nothing measured.
    public init() {}

    /// The most languages that are kept.
    public static let mostLanguages = 3

    /// Whether most of the text was told reliably.
    public var isReliable: Bool { bytes > 0 && reliableBytes > bytes / 2 }

    /// The language of the document; nil where none is reliable or most of the text is in none.
    public var language: String? {
        guard isReliable, let first = languages.first, first.bytes > bytes / 2 else { return nil }
        return first.tag
    }

    /// Bytes in the languages that `tags` ask for: a language counts by its primary subtag, whatever script or region is named.
    public func bytes(in tags: [String]) -> Int {
        let wanted = Set(tags.flatMap(LanguageTag.accepted))
        return languages.reduce(0) { wanted.contains(LanguageTag.primary($1.tag)) ? $0 + $1.bytes : $0 }
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "bytes": .integer(bytes), "reliable_bytes": .integer(reliableBytes),
            "languages": .array(languages.map { .object(["tag": .string($0.tag), "bytes": .integer($0.bytes)]) }),
        ])
    }

    /// From the object that `json` gives; nil where it is none. Missing members count as 0.
    public init?(json: JSONValue) {
        guard json.members != nil else { return nil }
        bytes = max(0, json["bytes"]?.int ?? 0)
        reliableBytes = max(0, json["reliable_bytes"]?.int ?? 0)
        languages = (json["languages"]?.items ?? []).compactMap { item in
            guard let tag = item["tag"]?.string, let bytes = item["bytes"]?.int, bytes >= 0 else { return nil }
            return DetectedLanguage(tag: tag, bytes: bytes)
        }
    }
}
