public import Files

/// Counts over stretches of text, all exact integers, so that no decision depends on the order of a sum.
///
/// A *word* is a run of letters, digits and underscores; in a script without spaces (`TextScript.isUnspaced`) every letter
/// is one. A *spaced word* is a word with a letter of a script that writes spaces: only for these is length meaningful.
public struct TextTally: Sendable, Equatable {
    /// Unicode scalars.
    public var characters = 0
    /// Scalars that are neither white space nor marks nor control characters.
    public var visible = 0
    /// Letters of any script.
    public var letters = 0
    /// Words.
    public var words = 0
    /// Words whose length is meaningful.
    public var spacedWords = 0
    /// Scalars in spaced words.
    public var spacedWordCharacters = 0
    /// Scalars in spaced words of more than `longWordLength` scalars.
    public var longWordCharacters = 0
    /// Scalars in the longest spaced word.
    public var longestWord = 0
    /// Words that have a letter, by the script of their first letter, in the order of `TextScript.allCases`.
    var wordsByScript = [Int](repeating: 0, count: TextScript.allCases.count)

    /// From how many scalars on (exclusive) a word is a long one: the longest identifiers of real protocol text stay below,
    /// encoded data does not.
    public static let longWordLength = 64

    /// Nothing counted.
    public init() {}

    /// Words of a script.
    public func words(of script: TextScript) -> Int {
        wordsByScript[Int(ScalarClass.letter(script))]
    }

    /// Words that have a letter.
    public var letteredWords: Int { wordsByScript.reduce(0, +) }

    /// Adds the counts of other text.
    public mutating func merge(_ other: TextTally) {
        for (path, _) in TextTally.fields where path != \.longestWord { self[keyPath: path] += other[keyPath: path] }
        longestWord = max(longestWord, other.longestWord)
        for index in wordsByScript.indices { wordsByScript[index] += other.wordsByScript[index] }
    }

    private static let fields: [(any WritableKeyPath<TextTally, Int> & Sendable, String)] = [
        (\.characters, "characters"), (\.visible, "visible"), (\.letters, "letters"), (\.words, "words"),
        (\.spacedWords, "spaced_words"), (\.spacedWordCharacters, "spaced_word_characters"),
        (\.longWordCharacters, "long_word_characters"), (\.longestWord, "longest_word"),
    ]

    /// As a JSON object; scripts without words are left out.
    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        for (path, name) in TextTally.fields { members[name] = .integer(self[keyPath: path]) }
        var scripts: [String: JSONValue] = [:]
        for script in TextScript.allCases where words(of: script) > 0 {
            scripts[script.rawValue] = .integer(words(of: script))
        }
        members["scripts"] = .object(scripts)
        return .object(members)
    }

    /// From the object that `json` gives; missing members count as 0.
    public init(json: JSONValue) {
        for (path, name) in TextTally.fields { self[keyPath: path] = json[name]?.int ?? 0 }
        for script in TextScript.allCases {
            wordsByScript[Int(ScalarClass.letter(script))] = json["scripts"]?[script.rawValue]?.int ?? 0
        }
    }
}
