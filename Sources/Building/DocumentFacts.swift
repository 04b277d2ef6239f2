import Cleaning
import Deduplication
import Files

/// What the global phase needs to know of one extracted document; the text stays in the artefact.
struct DocumentFacts: Sendable {
    /// The document's id.
    var id: String
    /// Index of its source in the recipe.
    var source: Int
    /// Its path, for messages and rejections: relative path, and the inner place after `!`.
    var path: String
    /// What it must share a side of the split with: the specification where it has one, else the undivided text it is from.
    var family: String
    /// 128-bit key of its content.
    var content: (high: UInt64, low: UInt64)
    /// 128-bit hash of its whole record: text, metadata, spans.
    var record: (high: UInt64, low: UInt64) = (0, 0)
    /// Bytes of UTF-8.
    var bytes: Int
    /// Everything that was measured on it.
    var signals: QualitySignals
    /// Which version of which specification it is; nil where it is none.
    var lineage: LineageMember?
    /// Its languages, where the recipe asks for them.
    var language: LanguageSignals?
    /// The scores that models gave it, in the order of the recipe.
    var classes: [TextClassScore] = []
    /// How well a model predicts it, where the recipe asks one. Not part of `json`: it has an artefact of its own, because it costs the most.
    var perplexity: PerplexitySignal?

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "path": .string(path), "family": .string(family),
            "content": .string(Hexadecimal.text(of: content.high) + Hexadecimal.text(of: content.low)),
            "record": .string(Hexadecimal.text(of: record.high) + Hexadecimal.text(of: record.low)),
            "bytes": .integer(bytes), "signals": signals.json,
        ]
        if let lineage {
            var version: [String: JSONValue] = [
                "specification": .string(lineage.specification), "text": .string(lineage.text),
            ]
            if let known = lineage.version {
                version["version"] = .string(known.text)
            }
            if let release = lineage.release { version["release"] = .string(release) }
            members["lineage"] = .object(version)
        }
        if let language { members["language"] = language.json }
        if !classes.isEmpty { members["classes"] = TextClassScore.json(classes) }
        return .object(members)
    }

    init(
        id: String, source: Int, path: String, family: String, content: (high: UInt64, low: UInt64), bytes: Int,
        signals: QualitySignals, lineage: LineageMember?, language: LanguageSignals? = nil,
        classes: [TextClassScore] = []
    ) {
        self.id = id
        self.source = source
        self.path = path
        self.family = family
        self.content = content
        self.bytes = bytes
        self.signals = signals
        self.lineage = lineage
        self.language = language
        self.classes = classes
    }

    /// The index of the source is the plan's, not the artefact's: another recipe may have the same source elsewhere.
    init?(json: JSONValue, source: Int) {
        guard let id = json["id"]?.string, let path = json["path"]?.string,
            let family = json["family"]?.string, let content = json["content"]?.string, content.utf8.count == 32,
            let high = UInt64(content.prefix(16), radix: 16), let low = UInt64(content.suffix(16), radix: 16),
            let record = json["record"]?.string, record.utf8.count == 32,
            let recordHigh = UInt64(record.prefix(16), radix: 16), let recordLow = UInt64(record.suffix(16), radix: 16),
            let bytes = json["bytes"]?.int, let signals = json["signals"].map(QualitySignals.init(json:))
        else { return nil }
        self.init(
            id: id, source: source, path: path, family: family, content: (high, low), bytes: bytes, signals: signals,
            lineage: json["lineage"].flatMap { lineage in
                guard let specification = lineage["specification"]?.string, let text = lineage["text"]?.string else {
                    return nil
                }
                return LineageMember(
                    specification: specification,
                    version: lineage["version"]?.string.flatMap(SpecificationVersion.init),
                    release: lineage["release"]?.string, text: text)
            },
            language: json["language"].flatMap(LanguageSignals.init(json:)),
            classes: json["classes"].map(TextClassScore.scores(json:)) ?? [])
        self.record = (recordHigh, recordLow)
    }
}
