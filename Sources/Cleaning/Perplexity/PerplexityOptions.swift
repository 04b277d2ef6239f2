public import Documents
internal import Files

/// The model that a recipe asks how well it predicts each document, and what a document needs of it.
public struct PerplexityOptions: Sendable, Equatable {
    /// The path of the model's folder, as written.
    public var path: String
    /// The least perplexity of a document that stays, in thousandths; nil where none is asked for.
    public var least: Int?
    /// The greatest perplexity of a document that stays, in thousandths; nil where none is asked for.
    public var most: Int?
    /// Tokens of a document that are read at most, in rows that lie evenly over it.
    public var tokens = 4096
    /// What of a document is read.
    public var extent = TextExtent.prose
    /// The digest of the model's folder, once known: scores are equal for the same files alone.
    public var digest = ""

    static let keys = ["model", "min", "max", "tokens", "text"]
    /// The keys that a corpus can be decided about anew with.
    static let thresholds = ["min", "max"]
    private static let name = "perplexity"

    /// Reads `clean.perplexity` of a recipe. Throws `CleaningFailure`.
    init(recipe: JSONValue) throws {
        guard let members = recipe.members else {
            throw CleaningFailure.badValue(
                key: PerplexityOptions.name, expected: "{model: FOLDER, max: …}", found: recipe.text())
        }
        for key in members.keys.sorted(by: precedesInByteOrder) where !PerplexityOptions.keys.contains(key) {
            throw CleaningFailure.badValue(
                key: PerplexityOptions.name, expected: "the keys " + PerplexityOptions.keys.joined(separator: ", "),
                found: key)
        }
        guard let path = members["model"]?.string, !path.isEmpty else {
            throw CleaningFailure.badValue(
                key: "perplexity.model", expected: "the folder of a model",
                found: members["model"]?.text() ?? "nothing")
        }
        self.path = path
        for key in PerplexityOptions.thresholds {
            if let value = members[key] { try setThreshold(key, to: value) }
        }
        if let value = members["tokens"] {
            guard let count = value.int, count >= 2, count <= 1 << 24 else {
                throw CleaningFailure.badValue(
                    key: "perplexity.tokens", expected: "a whole number from 2", found: value.text())
            }
            tokens = count
        }
        if let value = members["text"] {
            guard let extent = value.string.flatMap(TextExtent.init(rawValue:)) else {
                throw CleaningFailure.badValue(
                    key: "perplexity.text", expected: "prose or everything", found: value.text())
            }
            self.extent = extent
        }
    }

    /// Sets `min` or `max`, or switches it off. Throws `CleaningFailure`.
    mutating func setThreshold(_ key: String, to value: JSONValue) throws {
        let isOff = value == .string("off") || value == .bool(false) || value == .null
        let number = value.double
        if !isOff, number.map({ $0 >= 1 && $0 <= 1e9 }) != true {
            throw CleaningFailure.badValue(
                key: "perplexity.\(key)", expected: "a number from 1, or off", found: value.text())
        }
        let threshold = isOff ? nil : number.map { Int(($0 * 1000).rounded()) }
        if key == "min" { least = threshold } else { most = threshold }
    }

    /// Throws `CleaningFailure` where no document could stay.
    func checkThresholds() throws {
        guard let least, let most, least > most else { return }
        throw CleaningFailure.badValue(
            key: "perplexity", expected: "a min below the max", found: "\(Share.text(least)) and \(Share.text(most))")
    }

    /// What scores depend on, as one text.
    public var scoreDigestText: String { "\(extent.rawValue):\(tokens):\(digest)" }

    /// Everything that decides, as one text.
    public var digestText: String {
        scoreDigestText + ">=\(least.map(String.init) ?? "-")<=\(most.map(String.init) ?? "-")"
    }

    /// The text of a document that the model reads.
    public func text(of document: Document) -> [UInt8] {
        extent == .prose ? LanguageMeasure.prose(of: document) : document.text
    }
}
