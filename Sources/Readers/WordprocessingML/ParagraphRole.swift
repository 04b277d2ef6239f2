/// What the paragraphs of a style are.
struct ParagraphRole: Equatable {
    enum Kind: UInt8 {
        case prose, heading, listItem, reference, abbreviation, caption, note, code, equation, contents
        /// A line of an index, where an index field made it: authors use these styles in the body too.
        case index
        /// Cover styles, by what they say of the document.
        case coverIdentity, coverTitle, cover
        /// Footer style: cover where it is framed, or stands in a table before the first heading.
        case footer
        case tableHeader
        case title
    }

    var kind: Kind
    /// 1 … 9 for headings.
    var level: Int

    static let prose = ParagraphRole(kind: .prose, level: 0)

    /// The role that a style's name settles, for names in lower case without spaces; nil for all others.
    init?(styleName name: String) {
        if let role = ParagraphRole.named[name] {
            self = role
        } else if let level = ParagraphRole.headingLevel(name) {
            self.init(kind: .heading, level: level)
        } else if ParagraphRole.number(after: "toc", name) != nil {
            self.init(kind: .contents, level: 0)
        } else if ParagraphRole.number(after: "index", name) != nil {
            self.init(kind: .index, level: 0)
        } else if let level = ParagraphRole.number(after: "b", name), level >= 1, level <= 9 {
            self.init(kind: .listItem, level: level)
        } else if ParagraphRole.listNames.contains(where: { name == $0 || ParagraphRole.number(after: $0, name) != nil }
        ) {
            self.init(kind: .listItem, level: 1)
        } else {
            return nil
        }
    }

    init(kind: Kind, level: Int) {
        self.kind = kind
        self.level = level
    }

    /// The level that the name of a heading style gives, in the languages that Word spells it in; ids drop letters beyond ASCII.
    private static func headingLevel(_ name: String) -> Int? {
        guard let last = name.utf8.last, last >= 0x31, last <= 0x39 else { return nil }
        for word in headingWords where name.utf8.count <= word.utf8.count + 2 {
            if let level = number(after: word, name), level <= 9 { return level }
        }
        return nil
    }

    private static let headingWords = [
        "heading", "überschrift", "berschrift", "titre", "título", "ttulo", "titulo", "titolo", "kop", "rubrik",
        "overskrift",
        "otsikko", "nagłówek", "nagwek", "nadpis", "címsor", "cmsor", "titlu", "başlık", "balk", "заголовок", "标题",
        "標題",
        "見出し", "제목", "επικεφαλίδα", "virsraksts", "antraštė", "pealkiri", "naslov", "đềmục",
    ]

    private static func number(after prefix: String, _ name: String) -> Int? {
        guard name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count else { return nil }
        return Int(name.dropFirst(prefix.count))
    }

    private static let listNames = ["list", "listbullet", "listnumber", "listcontinue"]

    private static let named: [String: ParagraphRole] = {
        func roles(_ kind: Kind, _ names: String...) -> [(String, ParagraphRole)] {
            names.map { ($0, ParagraphRole(kind: kind, level: 0)) }
        }
        let pairs =
            roles(.contents, "tocheading", "tt", "tableoffigures", "contents")
            + roles(.coverIdentity, "za") + roles(.coverTitle, "zt")
            + roles(.cover, "zb", "zc", "zd", "zg", "zgsm", "zh", "zk", "ztd", "zu", "zv")
            + roles(.footer, "fp") + roles(.code, "pl", "htmlpreformatted", "sourcecode", "code")
            + roles(.caption, "th", "tf", "caption", "beschriftung", "légende", "nf")
            + roles(.tableHeader, "tah", "th0")
            + roles(.note, "no", "nw", "en", "editor'snote", "editorsnote", "tan")
            + roles(.reference, "ex") + roles(.abbreviation, "ew") + roles(.equation, "eq")
            + roles(.prose, "tal", "tac", "tar", "normal", "bodytext", "fl", "ld")
            + [("h6", ParagraphRole(kind: .heading, level: 6)), ("title", ParagraphRole(kind: .title, level: 1))]
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }()
}
