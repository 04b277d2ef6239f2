import CKernels
import Glibc

/// What runs over several lines: templates, comments, elements with content of their own, tables in HTML.
extension Wikitext {
    /// Elements whose content is set aside or taken out, with what becomes of it.
    enum Element { case plain, formula, code, dropped(MarkupRule) }
    static let elements: [(open: StaticString, close: StaticString, Element)] = [
        ("<nowiki", "</nowiki>", .plain), ("<math", "</math>", .formula), ("<pre", "</pre>", .code),
        ("<syntaxhighlight", "</syntaxhighlight>", .code), ("<source", "</source>", .code),
        ("<references", "</references>", .dropped(.references)), ("<ref", "</ref>", .dropped(.references)),
        ("<gallery", "</gallery>", .dropped(.graphics)), ("<timeline", "</timeline>", .dropped(.graphics)),
        ("<imagemap", "</imagemap>", .dropped(.graphics)), ("<score", "</score>", .dropped(.graphics)),
        ("<hiero", "</hiero>", .dropped(.graphics)),
    ]

    mutating func stripped(_ source: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        guard let base = source.baseAddress else { return out }
        out.reserveCapacity(source.count)
        var index = 0
        // Where a construct was found to be open to the end: looking again would cost the square of the length.
        var hasNoEnd: Set<Int> = []
        let templates = Wikitext.templates(source)
        var next = 0
        var open = OpenHTMLTables()
        while index < source.count {
            let stop = index + shardmill_find_either(base + index, source.count - index, 0x7B, 0x3C)
            Wikitext.append(source[index..<stop], to: &out)
            if stop == source.count { break }
            index = stop
            if source[index] == UInt8(ascii: "{") {
                while next < templates.count, templates[next].start < index { next += 1 }
                if next < templates.count, templates[next].start == index, templates[next].end > 0 {
                    counts.remove(.templates, Wikitext.visible(source[index..<templates[next].end]))
                    index = templates[next].end
                    continue
                }
            } else if let end = element(source, index, &out, &hasNoEnd) {
                index = end
                continue
            } else if let end = tableTag(source, index, &out, &open) ?? Wikitext.tagOverLines(source, index, &out) {
                index = end
                continue
            }
            out.append(source[index])
            index += 1
        }
        return out
    }

    /// Where templates begin, in order, and one past their ends; 0 for one that is never closed: it is text.
    static func templates(_ source: UnsafeBufferPointer<UInt8>) -> [(start: Int, end: Int)] {
        var templates: [(start: Int, end: Int)] = []
        var open: [Int] = []
        guard let base = source.baseAddress else { return [] }
        var index = 0
        while true {
            index += shardmill_find_either(base + index, source.count - index, 0x7B, 0x7D)
            if index + 1 >= source.count { return templates }
            let byte = source[index]
            if source[index + 1] != byte {
                index += 1
                continue
            }
            if byte == UInt8(ascii: "{") {
                open.append(templates.count)
                templates.append((index, 0))
            } else if let last = open.popLast() {
                templates[last].end = index + 2
            }
            index += 2
        }
    }

    /// A tag and an address in brackets are no longer than this.
    static let longestTag = 4096

    /// Handles a comment or an element of the table above; one past its end, nil where it is none of them.
    mutating func element(
        _ source: UnsafeBufferPointer<UInt8>, _ start: Int, _ out: inout [UInt8], _ hasNoEnd: inout Set<Int>
    ) -> Int? {
        let sign = start + 1 < source.count ? source[start + 1] : 0
        if sign == UInt8(ascii: "/") { return nil }
        if Wikitext.begins("<!--", source, start) {
            let end = Wikitext.find("-->", in: source, from: start + 4).map { $0 + 3 } ?? source.count
            counts.remove(.comments, Wikitext.visible(source[start..<end]))
            return end
        }
        let small = MarkupTextCounter.lowered(sign)
        for (number, element) in Wikitext.elements.enumerated()
        where element.open.utf8Start[1] == small && Wikitext.beginsIgnoringCase(element.open, source, start) {
            let nameEnd = start + element.open.utf8CodeUnitCount
            guard nameEnd < source.count, [0x20, 0x0A, 0x09, 0x2F, 0x3E].contains(source[nameEnd]),
                let tagEnd = source[nameEnd..<min(source.count, nameEnd + Wikitext.longestTag)].firstIndex(
                    of: UInt8(ascii: ">"))
            else { continue }
            if source[tagEnd - 1] == UInt8(ascii: "/") {
                counts.remove(.wikiMarkup, Wikitext.visible(source[start...tagEnd]))
                return tagEnd + 1
            }
            if hasNoEnd.contains(number) { continue }
            guard let close = Wikitext.find(element.close, in: source, from: tagEnd + 1, ignoringCase: true) else {
                hasNoEnd.insert(number)
                continue
            }
            let end = close + element.close.utf8CodeUnitCount
            if case .dropped(let rule) = element.2 {
                counts.remove(rule, Wikitext.visible(source[start..<end]))
                return end
            }
            let content = Array(source[tagEnd + 1..<close])
            counts.remove(.wikiMarkup, Wikitext.visible(source[start...tagEnd]) + Wikitext.visible(source[close..<end]))
            switch element.2 {
            case .formula: asides.append(.formula(content))
            case .code: asides.append(.code(content))
            default: asides.append(.plain(content))
            }
            let isBlock = if case .code = element.2 { true } else { false }
            if isBlock { out.append(0x0A) }
            out += [Wikitext.asideStart] + "\(asides.count - 1)".utf8 + [Wikitext.asideEnd]
            if isBlock { out.append(0x0A) }
            return end
        }
        return nil
    }
}
