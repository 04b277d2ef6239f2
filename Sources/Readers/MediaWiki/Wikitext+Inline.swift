import CKernels

/// What stands inside a line.
extension Wikitext {
    mutating func inline(_ text: Text, _ out: inout [UInt8], depth: Int) {
        var index = text.startIndex
        guard let base = text.base.baseAddress else { return }
        while index < text.endIndex {
            let stop = index + shardmill_find_wiki_mark(base + index, text.endIndex - index)
            if stop > index {
                Wikitext.append(text[index..<stop], to: &out)
                index = stop
                if index == text.endIndex { return }
            }
            let byte = text[index]
            let next = index + 1 < text.endIndex ? text[index + 1] : 0
            switch byte {
            case UInt8(ascii: "'") where next == byte:
                let run = text[index...].prefix { $0 == byte }.count
                // Five are bold and italic; of four the first is an apostrophe.
                let marks = run >= 5 ? 5 : run == 4 ? 3 : run
                out += repeatElement(byte, count: run - marks)
                counts.remove(.wikiMarkup, marks)
                index += run
            case UInt8(ascii: "[") where next == byte && depth < Wikitext.deepest:
                index = link(text, index, &out, depth)
            case UInt8(ascii: "["): index = externalLink(text, index, &out, depth)
            case UInt8(ascii: "<"): index = tag(text, index, &out)
            case UInt8(ascii: "&"): index = entity(text, index, &out)
            case UInt8(ascii: "_") where next == byte: index = word(text, index, &out)
            case Wikitext.asideStart: index = aside(text, index, &out)
            default:
                out.append(byte)
                index += 1
            }
        }
    }

    mutating func tag(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
        var nameStart = start + 1
        if nameStart < text.endIndex, text[nameStart] == UInt8(ascii: "/") { nameStart += 1 }
        let name = Wikitext.tagName(text[min(nameStart, text.endIndex)...])
        let known = PackedName.of(name)
        guard Wikitext.tags.contains(known),
            let end = Wikitext.tagEnd(text, from: name.endIndex)
        else {
            out.append(UInt8(ascii: "<"))
            return start + 1
        }
        counts.remove(.wikiMarkup, scalars(text[start...end]))
        if Wikitext.breaks.contains(known) { out.append(0x0A) }
        if nameStart == start + 1, known == Wikitext.raised || known == Wikitext.lowered {
            return script(text, end + 1, isRaised: known == Wikitext.raised, &out)
        }
        return end + 1
    }

    private static let raised = PackedName.of("sup".utf8)
    private static let lowered = PackedName.of("sub".utf8)

    /// Tags that are taken out where they stand.
    static let tags = PackedName.all([
        "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "dd", "del", "dfn", "div", "dl",
        "dt",
        "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "includeonly", "ins", "kbd", "li", "mark",
        "noinclude", "ol", "onlyinclude", "p", "poem", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span",
        "strike", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
    ])

    /// Tags that part what stands before from what stands behind.
    private static let breaks = PackedName.all([
        "blockquote", "br", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
        "p",
        "table", "td", "th", "tr", "ul",
    ])

    /// The content of `<sup>` or `<sub>` with the mark that shows it, and its end tag. Only a short one without markup is an exponent
    /// or an index.
    mutating func script(_ text: Text, _ start: Int, isRaised: Bool, _ out: inout [UInt8]) -> Int {
        let content = text[start...].prefix(64).prefix { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: "[") }
        let close = Array((isRaised ? "</sup>" : "</sub>").utf8)
        let tag = text[content.endIndex...].prefix(close.count)
        guard !content.isEmpty, let behind = out.last, !MarkupTextCounter.isWhite(behind),
            tag.elementsEqual(close, by: { MarkupTextCounter.lowered($0) == $1 })
        else { return start }
        var shown: [UInt8] = []
        inline(content, &shown, depth: Wikitext.deepest)
        let marks = ScriptMarks(shown, behind: behind, isRaised: isRaised, isReference: false)
        out += marks.opening + shown + marks.closing
        counts.add(.scripts, marks.opening.count + marks.closing.count)
        counts.remove(.wikiMarkup, close.count)
        return tag.endIndex
    }

    mutating func entity(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
        guard let end = text[start..<min(text.endIndex, start + 34)].firstIndex(of: UInt8(ascii: ";")) else {
            out.append(UInt8(ascii: "&"))
            return start + 1
        }
        let name = String(decoding: text[(start + 1)..<end], as: UTF8.self)
        var characters = NamedCharacters.text(of: name)
        if name.hasPrefix("#") {
            let isHexadecimal = name.dropFirst().lowercased().hasPrefix("x")
            let value = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
            characters = value.flatMap(Unicode.Scalar.init).flatMap { $0.value >= 0x20 ? String(Character($0)) : nil }
        }
        guard let characters else {
            out.append(UInt8(ascii: "&"))
            return start + 1
        }
        let bytes = Array(characters.utf8)
        counts.remove(.entity, Wikitext.visible(text[start...end]))
        counts.add(.entity, Wikitext.visible(bytes))
        out += bytes
        return end + 1
    }

    /// `__NOTOC__` and its like.
    mutating func word(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
        let name = text[(start + 2)...].prefix { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
        guard name.count >= 3, text[name.endIndex...].starts(with: "__".utf8) else {
            out.append(UInt8(ascii: "_"))
            return start + 1
        }
        counts.remove(.wikiMarkup, name.count + 4)
        return name.endIndex + 2
    }

    mutating func aside(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
        guard let end = text[start...].firstIndex(of: Wikitext.asideEnd),
            let number = Int(String(decoding: text[(start + 1)..<end], as: UTF8.self)), asides.indices.contains(number)
        else { return start + 1 }
        switch asides[number] {
        case .plain(let content), .code(let content): out += content
        case .formula(let content):
            var latex = content.map { $0 == 0x0A ? 0x20 : $0 }
            Wikitext.trim(&latex)
            if !latex.isEmpty {
                out += [UInt8(ascii: "$")] + latex + [UInt8(ascii: "$")]
                counts.add(.mathematics, 2)
            }
        }
        return end + 1
    }
}
