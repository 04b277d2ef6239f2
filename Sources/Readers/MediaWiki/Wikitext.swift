import CKernels
import CXML2
import Documents
import Glibc

/// The text of a wiki page as Markdown: headings, lists, tables, code and formulas are kept; templates, references, files and
/// categories are taken out and counted.
///
/// Templates cannot be expanded without their definitions. Constructs over several lines are taken out first; what must not be
/// touched again (`<nowiki>`, `<math>`, code) is set aside and stands for itself as a number between two control characters; those of
/// the text itself are taken out first. Every search for an end is bounded or done once a page, so time is linear in the text.
struct Wikitext {
    /// A stretch of the page. The bytes belong to an array that `convert` holds for as long as it runs.
    private typealias Text = Slice<UnsafeBufferPointer<UInt8>>

    private(set) var writer = MarkupWriter()
    private(set) var counts = MarkupCounts()
    private var source: [UInt8]
    private let title: [UInt8]
    private var swallowedAppend: Int

    private enum Aside {
        case plain([UInt8])
        case formula([UInt8])
        case code([UInt8])

        var content: [UInt8] {
            switch self {
            case .plain(let content), .formula(let content), .code(let content): content
            }
        }
    }
    private var asides: [Aside] = []
    private var paragraph: [UInt8] = []
    /// The memory of the text of one line, kept from line to line.
    private var lineText: [UInt8] = []
    private var numbers: [Int] = []
    private var tables: [MarkupTable] = []

    private static let asideStart: UInt8 = 0x01
    private static let asideEnd: UInt8 = 0x02
    /// Templates and tables inside one another are followed this deep; deeper ones are text.
    private static let deepest = 64

    private let droppedNamespaces: Set<String>

    init(_ source: [UInt8], title: [UInt8], droppedNamespaces: Set<String>, swallowedAppend: Int) {
        self.droppedNamespaces = droppedNamespaces
        self.source = source
        self.title = title
        self.swallowedAppend = swallowedAppend
    }

    private static func visible(_ bytes: Text) -> Int {
        MarkupTextCounter.scalars(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes))).visible
    }

    /// Visible scalars of text that is taken out, with those of what was set aside in it.
    private func scalars(_ text: Text) -> Int {
        guard let first = Wikitext.first(Wikitext.asideStart, in: text, from: text.startIndex) else {
            return Wikitext.visible(text)
        }
        var count = Wikitext.visible(text[..<first])
        var rest = text[first...]
        while let mark = rest.popFirst() {
            if mark != Wikitext.asideStart {
                let plain = rest.prefix { $0 != Wikitext.asideStart }
                count += Wikitext.visible(text[rest.startIndex - 1..<plain.endIndex])
                rest = rest[plain.endIndex...]
                continue
            }
            let digits = rest.prefix { $0 != Wikitext.asideEnd }
            if let number = Int(String(decoding: digits, as: UTF8.self)), asides.indices.contains(number) {
                count += Wikitext.visible(asides[number].content)
            }
            rest = rest[digits.endIndex...].dropFirst()
        }
        return count
    }

    private static func visible(_ bytes: [UInt8]) -> Int { MarkupTextCounter.scalars(bytes).visible }

    /// The first of some bytes from `start` on; nil where there is none before the end of the text.
    private static func first(_ byte: UInt8, in text: Text, from start: Int) -> Int? {
        guard start < text.endIndex, let base = text.base.baseAddress,
            let hit = memchr(base + start, Int32(byte), text.endIndex - start)
        else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(hit))
    }

    private static func append(_ text: Text, to out: inout [UInt8]) {
        out.append(contentsOf: UnsafeBufferPointer(rebasing: text))
    }

    /// Converts the whole page.
    mutating func convert() {
        let controls = source.withUnsafeBufferPointer { bytes -> Int in
            bytes.baseAddress.map { shardmill_count_controls($0, bytes.count) } ?? 0
        }
        if controls > 0 {
            counts.remove(.controlCharacters, controls)
            source.removeAll { $0 < 0x20 && !MarkupTextCounter.isWhite($0) }
        }
        if !title.isEmpty {
            counts.add(.title, Wikitext.visible(title))
            writer.write(.heading, level: 1, title, &counts)
        }
        var source: [UInt8] = []
        swap(&source, &self.source)
        let lines = source.withUnsafeBufferPointer { stripped($0) }
        lines.withUnsafeBufferPointer { bytes -> Void in
            let text = bytes[...]
            var start = 0
            while start <= text.count {
                let end = Wikitext.first(0x0A, in: text, from: start) ?? text.count
                line(text[start..<end])
                start = end + 1
            }
        }
        flush()
        while !tables.isEmpty { endTable() }
        writer.flushCode(&counts)
        // A page of templates alone has no text of its own.
        if writer.spans.count <= 1 { writer = MarkupWriter() }
    }

    /// The text, which is then empty here.
    mutating func takeText() -> [UInt8] { writer.takeText() }

    // MARK: Constructs over several lines

    private static func begins(_ text: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        index + text.utf8CodeUnitCount <= bytes.count
            && memcmp(bytes.baseAddress! + index, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    private static func begins(_ text: StaticString, _ line: Text) -> Bool {
        line.count >= text.utf8CodeUnitCount && begins(text, line.base, line.startIndex)
    }

    private static func beginsIgnoringCase(
        _ text: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int
    ) -> Bool {
        guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount
        where MarkupTextCounter.lowered(bytes[index + offset]) != text.utf8Start[offset] { return false }
        return true
    }

    /// Where `text`, which begins with a sign that has no case, stands next.
    private static func find(
        _ text: StaticString, in bytes: UnsafeBufferPointer<UInt8>, from start: Int, ignoringCase: Bool = false
    ) -> Int? {
        var index = start
        while let hit = Wikitext.first(text.utf8Start[0], in: bytes[...], from: index) {
            if ignoringCase ? Wikitext.beginsIgnoringCase(text, bytes, hit) : Wikitext.begins(text, bytes, hit) {
                return hit
            }
            index = hit + 1
        }
        return nil
    }

    /// Elements whose content is set aside or taken out, with what becomes of it.
    private enum Element { case plain, formula, code, dropped(MarkupRule) }
    private static let elements: [(open: StaticString, close: StaticString, Element)] = [
        ("<nowiki", "</nowiki>", .plain), ("<math", "</math>", .formula), ("<pre", "</pre>", .code),
        ("<syntaxhighlight", "</syntaxhighlight>", .code), ("<source", "</source>", .code),
        ("<references", "</references>", .dropped(.references)), ("<ref", "</ref>", .dropped(.references)),
        ("<gallery", "</gallery>", .dropped(.graphics)), ("<timeline", "</timeline>", .dropped(.graphics)),
        ("<imagemap", "</imagemap>", .dropped(.graphics)), ("<score", "</score>", .dropped(.graphics)),
        ("<hiero", "</hiero>", .dropped(.graphics)),
    ]

    private mutating func stripped(_ source: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        guard let base = source.baseAddress else { return out }
        out.reserveCapacity(source.count)
        var index = 0
        // Where a construct was found to be open to the end: looking again would cost the square of the length.
        var hasNoEnd: Set<Int> = []
        let templates = Wikitext.templates(source)
        var next = 0
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
            }
            out.append(source[index])
            index += 1
        }
        return out
    }

    /// Where templates begin, in order, and one past their ends; 0 for one that is never closed: it is text.
    private static func templates(_ source: UnsafeBufferPointer<UInt8>) -> [(start: Int, end: Int)] {
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
    private static let longestTag = 4096

    /// Handles a comment or an element of the table above; one past its end, nil where it is none of them.
    private mutating func element(
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

    // MARK: Lines

    private mutating func line(_ line: Text) {
        var line = line
        if line.last == 0x0D { line.removeLast() }
        let trimmed = line.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = trimmed.first else { return flush() }
        let unindented = trimmed.drop { $0 == UInt8(ascii: ":") }
        if Wikitext.begins("{|", unindented) {
            flush()
            counts.remove(.wikiMarkup, scalars(trimmed))
            if tables.count < Wikitext.deepest { tables.append(MarkupTable()) }
            return
        }
        if !tables.isEmpty, first == UInt8(ascii: "|") || first == UInt8(ascii: "!") { return tableLine(trimmed) }
        if let lone = loneAside(trimmed), case .code(let code) = asides[lone] {
            flush()
            if tables.isEmpty { return writer.writeCode(code) }
            tables[tables.count - 1].append(code.filter { $0 != 0x0D }, &counts)
            return
        }
        switch line.first {
        case UInt8(ascii: "="): if heading(trimmed) { return }
        case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: ";"): return item(line)
        case UInt8(ascii: "-") where Wikitext.begins("----", line):
            flush()
            let rest = line.drop { $0 == UInt8(ascii: "-") }
            counts.remove(.wikiMarkup, line.count - rest.count)
            return self.line(rest)
        default: break
        }
        numbers.removeAll()
        if !paragraph.isEmpty { paragraph.append(0x0A) }
        var text: [UInt8] = []
        swap(&text, &paragraph)
        inline(trimmed, &text, depth: 0)
        swap(&text, &paragraph)
    }

    private func loneAside(_ line: Text) -> Int? {
        guard line.first == Wikitext.asideStart, let end = line.firstIndex(of: Wikitext.asideEnd),
            line[(end + 1)...].allSatisfy(MarkupTextCounter.isWhite)
        else { return nil }
        let number = Int(String(decoding: line[(line.startIndex + 1)..<end], as: UTF8.self))
        return number.flatMap { asides.indices.contains($0) ? $0 : nil }
    }

    private mutating func heading(_ line: Text) -> Bool {
        let equals = UInt8(ascii: "=")
        var body = line
        while let last = body.last, MarkupTextCounter.isWhite(last) { body.removeLast() }
        let level = min(6, body.prefix { $0 == equals }.count, body.reversed().prefix { $0 == equals }.count)
        if level == 0 || body.count <= 2 * level { return false }
        numbers.removeAll()
        flush()
        counts.remove(.wikiMarkup, 2 * level)
        withInline(body.dropFirst(level).dropLast(level)) { page, text in
            if !text.isEmpty { page.emit(.heading, level: level, text) }
        }
        return true
    }

    private mutating func item(_ line: Text) {
        flush()
        let marks = line.prefix {
            $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";")
        }
        counts.remove(.wikiMarkup, marks.count)
        withInline(line.dropFirst(marks.count)) { $0.item(marks, $1) }
    }

    private mutating func item(_ marks: Text, _ text: [UInt8]) {
        if numbers.count > marks.count { numbers.removeLast(numbers.count - marks.count) }
        while numbers.count < marks.count { numbers.append(1) }
        if text.isEmpty { return }
        if !tables.isEmpty { return tables[tables.count - 1].append(text, &counts) }
        var prefix = [UInt8](repeating: 0x20, count: 2 * min(marks.count - 1, 16))
        switch marks.last {
        case UInt8(ascii: "#"):
            prefix += "\(numbers[marks.count - 1]). ".utf8
            numbers[marks.count - 1] += 1
        case UInt8(ascii: "*"): prefix += "- ".utf8
        default: prefix += "  ".utf8
        }
        writer.write(.listItem, isTight: true, prefix: prefix, text, &counts)
    }

    /// Takes white space from both ends.
    private static func trim(_ text: inout [UInt8]) {
        var end = text.count
        while end > 0, MarkupTextCounter.isWhite(text[end - 1]) { end -= 1 }
        if end < text.count { text.removeLast(text.count - end) }
        var start = 0
        while start < end, MarkupTextCounter.isWhite(text[start]) { start += 1 }
        if start > 0 { text.removeFirst(start) }
    }

    private mutating func flush() {
        if paragraph.isEmpty { return }
        // Taken out for the time, so that its memory is used again.
        var text: [UInt8] = []
        swap(&text, &paragraph)
        Wikitext.trim(&text)
        if !text.isEmpty { emit(.prose, level: 0, text) }
        text.removeAll(keepingCapacity: true)
        swap(&text, &paragraph)
    }

    /// Calls `body` with what a stretch of a line says, without white space at its ends.
    private mutating func withInline(_ text: Text, _ body: (inout Wikitext, [UInt8]) -> Void) {
        var out: [UInt8] = []
        swap(&out, &lineText)
        inline(text, &out, depth: 0)
        Wikitext.trim(&out)
        body(&self, out)
        out.removeAll(keepingCapacity: true)
        swap(&out, &lineText)
    }

    private mutating func emit(_ kind: TextSpan.Kind, level: Int, _ text: [UInt8]) {
        if swallowedAppend >= 0 {
            swallowedAppend -= 1
            if swallowedAppend == -1 { return }
        }
        if tables.isEmpty {
            writer.write(kind, level: level, text, &counts)
        } else {
            tables[tables.count - 1].append(text, &counts)
        }
    }

    // MARK: Tables

    private mutating func tableLine(_ line: Text) {
        flush()
        let isHeader = line.first == UInt8(ascii: "!")
        if Wikitext.begins("|}", line) {
            counts.remove(.wikiMarkup, 2)
            endTable()
            let rest = line.dropFirst(2)
            if !rest.allSatisfy(MarkupTextCounter.isWhite) { self.line(rest) }
        } else if Wikitext.begins("|-", line) {
            counts.remove(.wikiMarkup, scalars(line))
            tables[tables.count - 1].startRow()
        } else if Wikitext.begins("|+", line) {
            counts.remove(.wikiMarkup, 2)
            withInline(withoutAttributes(line.dropFirst(2)).content) { page, text in
                if text.isEmpty { return }
                if page.tables.count > 1 { return page.emit(.caption, level: 0, text) }
                page.writer.write(.caption, text, &page.counts)
            }
        } else {
            cells(line.dropFirst(), isHeader: isHeader)
        }
    }

    private mutating func cells(_ line: Text, isHeader: Bool) {
        counts.remove(.wikiMarkup, 1)
        var start = line.startIndex
        var index = start
        var depth = 0
        while index + 1 < line.endIndex {
            let byte = line[index]
            if line[index + 1] != byte {
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "["):
                depth += 1
                index += 2
            case UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                index += 2
            case UInt8(ascii: "|") where depth == 0, UInt8(ascii: "!") where depth == 0 && isHeader:
                cell(line[start..<index], isHeader: isHeader)
                counts.remove(.wikiMarkup, 2)
                index += 2
                start = index
            default: index += 1
            }
        }
        cell(line[start...], isHeader: isHeader)
    }

    private mutating func cell(_ piece: Text, isHeader: Bool) {
        let (attributes, content) = withoutAttributes(piece)
        tables[tables.count - 1].startCell(
            isHeader: isHeader, columns: Wikitext.number("colspan", attributes),
            rows: Wikitext.number("rowspan", attributes))
        withInline(content) { page, text in
            if !text.isEmpty { page.tables[page.tables.count - 1].append(text, &page.counts) }
        }
    }

    /// Splits `attributes | content`; the attributes are counted as markup.
    private mutating func withoutAttributes(
        _ piece: Text
    ) -> (attributes: Text, content: Text) {
        // A cell whose content was a template may have attributes alone.
        let hasValue = Wikitext.first(0x3D, in: piece, from: piece.startIndex) != nil
        if hasValue, Wikitext.isAttributes(piece) {
            counts.remove(.wikiMarkup, scalars(piece))
            return (piece, piece[piece.endIndex...])
        }
        guard let bar = Wikitext.first(0x7C, in: piece, from: piece.startIndex),
            Wikitext.first(0x5B, in: piece[..<bar], from: piece.startIndex) == nil,
            Wikitext.first(0x7B, in: piece[..<bar], from: piece.startIndex) == nil
        else { return (piece[piece.endIndex...], piece) }
        counts.remove(.wikiMarkup, scalars(piece[...bar]))
        return (piece[..<bar], piece[(bar + 1)...])
    }

    private static let cellAttributes: Set<String> = [
        "align", "bgcolor", "class", "colspan", "data-sort-value", "dir", "height", "id", "lang", "nowrap", "rowspan",
        "scope", "style", "title", "valign", "width",
    ]

    /// Whether there is nothing but `name=value` and `name="value"`.
    private static func isAttributes(_ piece: Text) -> Bool {
        var rest = piece.drop(while: MarkupTextCounter.isWhite)
        while !rest.isEmpty {
            let name = rest.prefix {
                MarkupTextCounter.lowered($0) >= 0x61 && MarkupTextCounter.lowered($0) <= 0x7A
                    || $0 == UInt8(ascii: "-")
            }
            rest = rest[name.endIndex...]
            guard rest.first == UInt8(ascii: "="),
                Wikitext.cellAttributes.contains(String(decoding: name, as: UTF8.self).lowercased())
            else { return false }
            rest.removeFirst()
            if let quote = rest.first, quote == 0x22 || quote == 0x27 {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: quote) else { return false }
                rest = rest[(end + 1)...]
            } else {
                let value = rest.prefix { !MarkupTextCounter.isWhite($0) && $0 != UInt8(ascii: "|") }
                if value.isEmpty { return false }
                rest = rest[value.endIndex...]
            }
            rest = rest.drop(while: MarkupTextCounter.isWhite)
        }
        return true
    }

    /// The first number behind `name`, 1 where there is none.
    private static func number(_ name: StaticString, _ attributes: Text) -> Int {
        guard let base = attributes.base.baseAddress, !attributes.isEmpty,
            let hit = memmem(base + attributes.startIndex, attributes.count, name.utf8Start, name.utf8CodeUnitCount)
        else { return 1 }
        var index = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(hit)) + name.utf8CodeUnitCount
        while index < attributes.endIndex, attributes[index] < 0x30 || attributes[index] > 0x39 { index += 1 }
        if index == attributes.endIndex { return 1 }
        var number = 0
        while index < attributes.endIndex, attributes[index] >= 0x30, attributes[index] <= 0x39 {
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            if overflows || product > Int.max - 9 { return 1 }
            number = product + Int(attributes[index] - 0x30)
            index += 1
        }
        return number
    }

    private mutating func endTable() {
        guard var table = tables.popLast() else { return }
        table.endRow()
        if table.isEmpty { return }
        if tables.isEmpty {
            writer.write(.table, table.markdown(&counts), &counts)
        } else {
            tables[tables.count - 1].append(table.flattened(&counts), &counts)
        }
    }

    // MARK: Inside a line

    private mutating func inline(_ text: Text, _ out: inout [UInt8], depth: Int) {
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

    private var lastLinkEnd: (text: Range<Int>, place: Int) = (0..<0, -1)

    /// Where two of a byte stand together for the last time; before the text where they never do.
    private static func lastPair(of byte: UInt8, in text: Text) -> Int {
        var index = text.endIndex - 2
        while index >= text.startIndex {
            if text[index] == byte, text[index + 1] == byte { return index }
            index -= 1
        }
        return text.startIndex - 1
    }

    /// The names of namespaces whose links show no text, in every wiki; a dump may name more.
    static let droppedNamespaces: Set<String> = ["file", "image", "category", "media"]

    private mutating func link(_ text: Text, _ start: Int, _ out: inout [UInt8], _ depth: Int) -> Int {
        // Looked for once a text: where no link ends any more, none begins.
        if lastLinkEnd.text != text.startIndex..<text.endIndex {
            lastLinkEnd = (text.startIndex..<text.endIndex, Wikitext.lastPair(of: UInt8(ascii: "]"), in: text))
        }
        // The text of the link asks for its own; this one goes on with what it knows.
        let known = lastLinkEnd
        defer { lastLinkEnd = known }
        guard start < lastLinkEnd.place else {
            out += [UInt8(ascii: "["), UInt8(ascii: "[")]
            return start + 2
        }
        var level = 0
        var index = start
        var bar: Int?
        while index + 1 < text.endIndex {
            let byte = text[index]
            if byte != UInt8(ascii: "["), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "|") {
                index += 1
            } else if text[index] == UInt8(ascii: "["), text[index + 1] == UInt8(ascii: "[") {
                level += 1
                index += 2
                if level > Wikitext.deepest { break }
            } else if text[index] == UInt8(ascii: "]"), text[index + 1] == UInt8(ascii: "]") {
                level -= 1
                index += 2
                if level == 0 { break }
            } else {
                if text[index] == UInt8(ascii: "|"), level == 1, bar == nil { bar = index }
                index += 1
            }
        }
        guard level == 0, index > start + 3 else {
            out += [UInt8(ascii: "["), UInt8(ascii: "[")]
            return start + 2
        }
        let inner = text[start + 2..<index - 2]
        if isDropped(inner[..<(bar ?? inner.endIndex)]) {
            counts.remove(.links, scalars(text[start..<index]))
            return index
        }
        if let bar {
            counts.remove(.links, scalars(text[start...bar]) + 2)
            inline(inner[(bar + 1)...], &out, depth: depth + 1)
        } else {
            counts.remove(.links, 4)
            var shown = inner
            if shown.first == UInt8(ascii: ":") {
                shown.removeFirst()
                counts.remove(.links, 1)
            }
            inline(shown, &out, depth: depth + 1)
        }
        return index
    }

    /// Whether a link leads into a namespace whose links show no text.
    private func isDropped(_ target: Text) -> Bool {
        if Wikitext.first(0x3A, in: target, from: target.startIndex) == nil { return false }
        let target = String(decoding: target, as: UTF8.self)
        guard let colon = target.firstIndex(of: ":"), colon != target.startIndex else { return false }
        return droppedNamespaces.contains(
            target[..<colon].lowercased().split(separator: " ").joined(separator: " "))
    }

    private mutating func externalLink(_ text: Text, _ start: Int, _ out: inout [UInt8], _ depth: Int)
        -> Int
    {
        let rest = text[(start + 1)...]
        let isAddress =
            Wikitext.begins("http", rest) && (Wikitext.begins("http://", rest) || Wikitext.begins("https://", rest))
            || Wikitext.begins("//", rest) || Wikitext.begins("ftp://", rest) || Wikitext.begins("mailto:", rest)
        let near = rest.prefix(Wikitext.longestTag)
        guard isAddress, let end = near.firstIndex(of: UInt8(ascii: "]")) else {
            out.append(UInt8(ascii: "["))
            return start + 1
        }
        let inner = rest[..<end]
        if let space = inner.firstIndex(of: 0x20) {
            counts.remove(.links, scalars(text[start..<space]) + 1)
            inline(inner[(space + 1)...], &out, depth: depth + 1)
        } else {
            counts.remove(.links, 2)
            appendAddress(inner, &out)
        }
        return end + 1
    }

    /// Appends text as it stands but for what was set aside in it.
    private mutating func appendAddress(_ text: Text, _ out: inout [UInt8]) {
        var index = text.startIndex
        while index < text.endIndex {
            let stop = Wikitext.first(Wikitext.asideStart, in: text, from: index) ?? text.endIndex
            Wikitext.append(text[index..<stop], to: &out)
            index = stop < text.endIndex ? aside(text, stop, &out) : stop
        }
    }

    private mutating func tag(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
        var nameStart = start + 1
        if nameStart < text.endIndex, text[nameStart] == UInt8(ascii: "/") { nameStart += 1 }
        let name = text[min(nameStart, text.endIndex)...].prefix {
            let small = MarkupTextCounter.lowered($0)
            return small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z") || $0 >= 0x30 && $0 <= 0x39
        }
        let known = String(decoding: name, as: UTF8.self).lowercased()
        guard Wikitext.tags.contains(known),
            let end = text[name.endIndex...].prefix(Wikitext.longestTag).firstIndex(of: UInt8(ascii: ">"))
        else {
            out.append(UInt8(ascii: "<"))
            return start + 1
        }
        counts.remove(.wikiMarkup, scalars(text[start...end]))
        if Wikitext.breaks.contains(known) { out.append(0x0A) }
        if nameStart == start + 1, known == "sup" || known == "sub" {
            return script(text, end + 1, isRaised: known == "sup", &out)
        }
        return end + 1
    }

    private static let tags: Set<String> = [
        "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "dd", "del", "dfn", "div", "dl",
        "dt",
        "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "includeonly", "ins", "kbd", "li", "mark",
        "noinclude", "ol", "onlyinclude", "p", "poem", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span",
        "strike", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
    ]

    /// Tags that part what stands before from what stands behind.
    private static let breaks: Set<String> = [
        "blockquote", "br", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
        "p",
        "table", "td", "th", "tr", "ul",
    ]

    /// The content of `<sup>` or `<sub>` with the mark that shows it, and its end tag. Only a short one without markup is an exponent
    /// or an index.
    private mutating func script(_ text: Text, _ start: Int, isRaised: Bool, _ out: inout [UInt8]) -> Int {
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

    private mutating func entity(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
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
    private mutating func word(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
        let name = text[(start + 2)...].prefix { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
        guard name.count >= 3, text[name.endIndex...].starts(with: "__".utf8) else {
            out.append(UInt8(ascii: "_"))
            return start + 1
        }
        counts.remove(.wikiMarkup, name.count + 4)
        return name.endIndex + 2
    }

    private mutating func aside(_ text: Text, _ start: Int, _ out: inout [UInt8]) -> Int {
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
