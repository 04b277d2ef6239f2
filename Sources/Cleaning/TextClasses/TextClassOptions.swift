import Files

/// A class that a fastText model gives texts, and what a document needs of it.
public struct TextClassOptions: Sendable, Equatable {
    /// What the score is called, in signals and in the rule `class-<name>`.
    public var name: String
    /// The path of the model, as written.
    public var path: String
    /// The label whose probability is the score.
    public var label: String
    /// The least score of a document that stays, in thousandths; nil where none is asked for.
    public var least: Int?
    /// The greatest score of a document that stays, in thousandths; nil where none is asked for.
    public var most: Int?
    /// What the model is asked about.
    public var extent = TextExtent.prose
    /// The SHA-256 of the model's file, once known: results are equal for the same file alone.
    public var digest = ""

    /// The keys of an entry of `clean.fasttext`.
    static let keys = ["name", "model", "label", "min", "max", "text"]

    /// Reads an entry of `clean.fasttext` of a recipe. Throws `CleaningFailure`.
    init(recipe: JSONValue) throws {
        guard let members = recipe.members else { throw TextClassOptions.notAList(recipe) }
        for key in members.keys.sorted(by: precedesInByteOrder) where !TextClassOptions.keys.contains(key) {
            throw CleaningFailure.badValue(
                key: "fasttext", expected: "the keys " + TextClassOptions.keys.joined(separator: ", "), found: key)
        }
        func text(_ key: String) throws -> String {
            guard let value = members[key]?.string, !value.isEmpty else {
                throw CleaningFailure.badValue(
                    key: "fasttext.\(key)", expected: "a text", found: members[key]?.text() ?? "nothing")
            }
            return value
        }
        func share(_ key: String) throws -> Int? {
            guard let value = members[key] else { return nil }
            guard let number = value.double, number >= 0, number <= 1 else {
                throw CleaningFailure.badValue(
                    key: "fasttext.\(key)", expected: "a number from 0 to 1", found: value.text())
            }
            return Int((number * 1000).rounded())
        }
        name = try text("name")
        guard name.utf8.allSatisfy({ TextBytes.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }) else {
            throw CleaningFailure.badValue(
                key: "fasttext.name", expected: "letters, digits, - and _", found: name)
        }
        path = try text("model")
        label = try text("label")
        least = try share("min")
        most = try share("max")
        if let value = members["text"] {
            guard let extent = value.string.flatMap(TextExtent.init(rawValue:)) else {
                throw CleaningFailure.badValue(
                    key: "fasttext.text", expected: "prose or everything", found: value.text())
            }
            self.extent = extent
        }
    }

    static func notAList(_ value: JSONValue) -> CleaningFailure {
        .badValue(
            key: "fasttext", expected: "a list of {name: …, model: FILE, label: …, min: …}", found: value.text())
    }

    /// What scores depend on, as one text.
    public var scoreDigestText: String {
        "\(name):\(JSONValue.string(label).text()):\(extent.rawValue):\(digest)"
    }

    /// What decides beside the scores.
    public var digestText: String { "\(name)>=\(least.map(String.init) ?? "-")<=\(most.map(String.init) ?? "-")" }
}
