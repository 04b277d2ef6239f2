import Files

/// A slow reading of a main document, apart from the reader: the words of `w:t`, paragraph by paragraph, that no named rule drops.
/// It walks the tags with a stack of names, and knows the usual prefixes only.
struct WordReference {
    private(set) var words: [[UInt8]] = []

    private var stack: [String] = []
    private var styles: [String] = []
    private var paragraphs: [[UInt8]] = []
    private var hasHeading = false
    private var instruction = false
    private let styleNames: [String: String]

    init(document: [UInt8], styleNames: [String: String]) {
        self.styleNames = styleNames
        var index = 0
        while index < document.count {
            if document[index] == UInt8(ascii: "<") {
                var end = index
                while end < document.count, document[end] != UInt8(ascii: ">") { end += 1 }
                take(tag: document[(index + 1)..<end])
                index = end + 1
            } else {
                var end = index
                while end < document.count, document[end] != UInt8(ascii: "<") { end += 1 }
                if stack.last == "w:t" { take(text: document[index..<end]) }
                index = end
            }
        }
    }

    /// Names of paragraph styles by id, in lower case.
    static func styleNames(_ sheet: [UInt8]) -> [String: String] {
        var names: [String: String] = [:]
        for style in String(decoding: sheet, as: UTF8.self).split(separator: "<w:style ").dropFirst() {
            guard let id = value("w:styleId=\"", style), let name = value("<w:name w:val=\"", style) else { continue }
            names[id] = name.lowercased()
        }
        return names
    }

    private static func value(_ key: String, _ text: Substring) -> String? {
        let pieces = text.split(separator: key, maxSplits: 1, omittingEmptySubsequences: false)
        return pieces.count == 2
            ? pieces[1].split(separator: "\"", omittingEmptySubsequences: false).first.map(String.init) : nil
    }

    private mutating func take(tag: ArraySlice<UInt8>) {
        guard let first = tag.first, first != UInt8(ascii: "?"), first != UInt8(ascii: "!") else { return }
        let isEnd = first == UInt8(ascii: "/")
        let isEmpty = tag.last == UInt8(ascii: "/")
        let nameBytes = tag.drop { $0 == UInt8(ascii: "/") }.prefix {
            $0 != 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x0A
        }
        let name = String(decoding: nameBytes, as: UTF8.self)
        if isEnd {
            stack.removeLast()
            if name == "w:p" { endParagraph() }
            return
        }
        switch name {
        case "w:p" where !isEmpty:
            paragraphs.append([])
            styles.append("")
        case "w:pStyle" where !stack.contains("w:pPrChange"): setStyle(tag)
        case "w:tab", "w:br", "w:cr", "w:sym", "w:noBreakHyphen", "m:oMath", "w:ptab": append(0x20)
        case "w:fldChar":
            let text = String(decoding: tag, as: UTF8.self)
            instruction = text.contains("\"begin\"")
        default: break
        }
        if !isEmpty { stack.append(name) }
    }

    private mutating func setStyle(_ tag: ArraySlice<UInt8>) {
        let id = WordReference.value("w:val=\"", Substring(String(decoding: tag, as: UTF8.self))) ?? ""
        if !styles.isEmpty { styles[styles.count - 1] = styleNames[id] ?? id.lowercased() }
    }

    private mutating func append(_ byte: UInt8) {
        if !paragraphs.isEmpty { paragraphs[paragraphs.count - 1].append(byte) }
    }

    private mutating func take(text: ArraySlice<UInt8>) {
        let gone: Set<String> = ["mc:Fallback", "w:del", "w:moveFrom"]
        if paragraphs.isEmpty || instruction || stack.contains(where: { gone.contains($0) }) { return }
        var plain = String(decoding: text, as: UTF8.self)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            plain = plain.replacing(entity, with: character)
        }
        paragraphs[paragraphs.count - 1] += plain.utf8
    }

    private mutating func endParagraph() {
        instruction = false
        guard let text = paragraphs.popLast(), let style = styles.popLast() else { return }
        if style.hasPrefix("heading") || style == "h6" { hasHeading = true }
        let dropped = ["toc", "tt", "za", "zt", "zb", "zu", "zv", "index"]
        if !hasHeading || dropped.contains(where: { style == $0 || style.hasPrefix($0 + " ") })
            || style.hasPrefix("toc")
        {
            return
        }
        // A nested paragraph (text box) ends before its host and is read after it: boxes are compared apart from order.
        if !paragraphs.isEmpty { return }
        words += text.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }.map(Array.init)
    }
}
