public import Files

/// What the clauses of abbreviations of a document list.
///
/// A clause counts whose title begins with "Abbreviations" or "Acronyms", with all that stands under it; of one that names them among other
/// things (`Definitions and abbreviations`) its own text. A line gives a pair where a tab, a row of two cells, or the look of its first word
/// tells the two apart; in documents that lost the tabs (`QXTQuiet Exchange`) a capital that begins both.
public struct AbbreviationTable: Sendable, Equatable {
    /// One entry.
    public struct Pair: Sendable, Equatable {
        /// The abbreviation.
        public var abbreviation: String
        /// What it stands for.
        public var expansion: String
    }

    /// The entries in the order of the text, each abbreviation once: its first meaning.
    public private(set) var pairs: [Pair] = []

    /// No table holds more: what follows is left out.
    public static let mostPairs = 4000
    private static let longestAbbreviation = 40
    private static let longestExpansion = 300

    /// Reads the tables of a document. Cost: a pass over its headings and over the text of such clauses.
    public init(_ document: Document) {
        guard AbbreviationTable.isNamed(inHeadingsOf: document) else { return }
        let outline = ClauseOutline(document)
        var seen: Set<String> = []
        var end = 0
        for (index, heading) in outline.headings.enumerated() where index >= end {
            let title = heading.label.title.lowercased()
            guard let word = AbbreviationTable.words.first(where: title.contains) else { continue }
            let isWhole = title.hasPrefix(word)
            end = isWhole ? outline.end(ofSectionAt: index) : index + 1
            let last = end < outline.headings.count ? outline.headings[end].span : document.spans.count
            for span in document.spans[heading.span..<last] where span.kind != .heading {
                let block = String(decoding: document.text[span.start..<span.end], as: UTF8.self)
                for line in block.split(whereSeparator: \.isNewline) {
                    guard pairs.count < AbbreviationTable.mostPairs,
                        let pair = AbbreviationTable.pair(line, span.kind, isGlued: outline.isGlued),
                        seen.insert(pair.abbreviation).inserted
                    else { continue }
                    pairs.append(pair)
                }
            }
        }
    }

    /// Whether any heading has one of the words: most clauses do not, and need no outline.
    private static func isNamed(inHeadingsOf document: Document) -> Bool {
        document.text.withUnsafeBufferPointer { text in
            document.spans.contains { span in
                guard span.kind == .heading else { return false }
                let heading = text[span.start..<span.end]
                return words.contains { word in
                    heading.indices.contains { start in
                        heading[start] | 0x20 == word.utf8.first
                            && heading[start...].prefix(word.utf8.count).elementsEqual(word.utf8) { $0 | 0x20 == $1 }
                    }
                }
            }
        }
    }

    private static let words = ["abbreviation", "acronym"]

    /// As an object: abbreviation to expansion.
    public var json: JSONValue {
        .object(
            Dictionary(pairs.map { ($0.abbreviation, .string($0.expansion)) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The pair of one line; nil for a line that is none.
    static func pair(_ line: Substring, _ kind: TextSpan.Kind, isGlued: Bool) -> Pair? {
        if kind == .table { return pair(row: line) }
        if kind == .note || kind == .caption || kind == .code { return nil }
        var line = trimmed(line)
        for mark in ["- ", "* ", "• ", "> "] where line.hasPrefix(mark) { line = trimmed(line.dropFirst(2)) }
        if let tab = line.firstIndex(of: "\t") { return checked(line[..<tab], line[tab...], isParted: true) }
        if let gap = line.firstRange(of: "  ") {
            return checked(line[..<gap.lowerBound], line[gap.upperBound...], isParted: true)
        }
        if isGlued, let pair = glued(line) { return pair }
        guard let space = line.firstIndex(of: " ") else { return nil }
        let first = line[..<space]
        if let last = first.last, last == ":" || last == "=" {
            return checked(first.dropLast(), line[space...], isParted: false)
        }
        return checked(first, line[space...], isParted: false)
    }

    private static func pair(row: Substring) -> Pair? {
        let cells = row.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
        guard cells.count == 4, cells[0].isEmpty, cells[3].isEmpty, !cells[1].lowercased().hasPrefix("abbreviation"),
            !cells[1].lowercased().hasPrefix("acronym")
        else { return nil }
        return checked(cells[1], cells[2], isParted: true)
    }

    /// `QXTQuiet Exchange`: the end of the abbreviation is where a word begins with the letter that the abbreviation begins with.
    private static func glued(_ line: Substring) -> Pair? {
        let letters = Array(line.prefix(longestAbbreviation))
        guard let first = letters.first, first.isUppercase || first.isNumber else { return nil }
        for index in letters.indices.dropFirst(2) where index + 1 < letters.count && letters[index] == first {
            if letters[index - 1] == " " { return nil }
            // A word begins there, or what the abbreviation itself begins with: CSI-RSCSI Reference Signal.
            if letters[index + 1].isLowercase || letters[index + 1] == letters[1] {
                let split = line.index(line.startIndex, offsetBy: index)
                return checked(line[..<split], line[split...], isParted: false)
            }
        }
        return nil
    }

    /// The pair where both sides look like one. A line whose sides are parted by its layout need not look like it.
    private static func checked(_ left: Substring, _ right: Substring, isParted: Bool) -> Pair? {
        let abbreviation = unmarked(left)
        let expansion = unmarked(right)
        guard abbreviation.count >= 2 || isParted && !abbreviation.isEmpty, abbreviation.count <= longestAbbreviation,
            !expansion.isEmpty, expansion.count <= longestExpansion, expansion.contains(where: \.isLetter),
            abbreviation.contains(where: { $0.isLetter || $0.isNumber })
        else { return nil }
        let capitals = abbreviation.filter { $0.isUppercase || $0.isNumber }.count
        if isParted {
            if capitals == 0 && abbreviation.contains(" ") || abbreviation.split(separator: " ").count > 4 {
                return nil
            }
        } else if isWord(abbreviation) || capitals < 2 || abbreviation.contains(" ")
            || ",.;:)".contains(abbreviation.last ?? " ")
        {
            return nil
        }
        return Pair(abbreviation: abbreviation, expansion: expansion)
    }

    /// Whether a text without a gap behind it is rather a word: several small letters in a row, or the label of a note.
    private static func isWord(_ text: String) -> Bool {
        var small = 0
        for letter in text {
            small = letter.isLowercase ? small + 1 : 0
            if small > 5 { return true }
        }
        return ["NOTE", "EXAMPLE", "WARNING"].contains(text)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// Without emphasis, white space and the mark between the two.
    private static func unmarked(_ text: Substring) -> String {
        var words = text.filter { $0 != "*" && $0 != "`" && $0 != "\\" }[...]
        words = words.drop { $0.isWhitespace || ":=–".contains($0) }
        while let last = words.last, last.isWhitespace || ":=".contains(last) { words.removeLast() }
        return words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
