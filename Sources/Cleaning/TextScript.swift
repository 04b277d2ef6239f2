/// The writing system of a letter, as coarse as a decision about a document's language needs it.
public enum TextScript: String, Sendable, CaseIterable {
    case latin, greek, cyrillic, hebrew, arabic, indic
    case southeastAsian = "southeast_asian"
    case hangul, kana, han, other

    /// Whether words are written without spaces between them, so that each letter counts as a word.
    public var isUnspaced: Bool {
        switch self {
        case .southeastAsian, .kana, .han: true
        case .latin, .greek, .cyrillic, .hebrew, .arabic, .indic, .hangul, .other: false
        }
    }

    /// The scripts a language is written in, by the primary subtag of its BCP 47 tag (`en`, `zh-Hant`); nil for a tag that
    /// is not in the table.
    public static func scripts(ofLanguage tag: String) -> [TextScript]? {
        let primary = tag.lowercased().split(separator: "-").first.map(String.init) ?? ""
        return scriptsOfLanguages[primary]
    }

    private static let scriptsOfLanguages: [String: [TextScript]] = {
        var table: [String: [TextScript]] = [:]
        func add(_ languages: String, _ scripts: [TextScript]) {
            for language in languages.split(separator: " ") { table[String(language)] = scripts }
        }
        add(
            "en de fr es it pt nl sv da no nb nn fi is et lv lt pl cs sk sl hr hu ro tr vi id ms ca eu gl ga cy la sq",
            [.latin])
        add("af sw eo", [.latin])
        add("el", [.greek])
        add("ru uk be bg mk kk ky mn", [.cyrillic])
        add("sr", [.cyrillic, .latin])
        add("he yi", [.hebrew])
        add("ar fa ur ps", [.arabic])
        add("hi mr ne sa bn pa gu or ta te kn ml si", [.indic])
        add("th lo my km", [.southeastAsian])
        add("ko", [.hangul, .han])
        add("ja", [.kana, .han])
        add("zh yue lzh wuu", [.han])
        add("ka hy am ti bo", [.other])
        return table
    }()
}
