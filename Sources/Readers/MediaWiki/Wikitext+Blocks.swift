import Documents

/// Lines and the blocks they make: headings, list items, paragraphs.
extension Wikitext {
    mutating func line(_ line: Text) {
        var line = line
        if line.last == 0x0D { line.removeLast() }
        if line.first == Wikitext.tableMark { return tagLine(line) }
        let trimmed = line.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = trimmed.first else { return flush() }
        let unindented = trimmed.drop { $0 == UInt8(ascii: ":") }
        if Wikitext.begins("{|", unindented) {
            flush()
            counts.remove(.wikiMarkup, scalars(trimmed))
            if tables.count < Wikitext.deepest { tables.append(OpenTable(isHTML: false)) }
            return
        }
        if first == UInt8(ascii: "|") || first == UInt8(ascii: "!"), reachWikiTable() { return tableLine(trimmed) }
        if let lone = loneAside(trimmed), case .code(let code) = asides[lone] {
            flush()
            if tables.isEmpty { return writer.writeCode(code) }
            tables[tables.count - 1].table.append(code.filter { $0 != 0x0D }, &counts)
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
        prose(trimmed)
    }

    /// Reads a line that is text whatever it begins with.
    mutating func prose(_ line: Text) {
        numbers.removeAll()
        if !paragraph.isEmpty { paragraph.append(0x0A) }
        var text: [UInt8] = []
        swap(&text, &paragraph)
        inline(line, &text, depth: 0)
        swap(&text, &paragraph)
    }

    func loneAside(_ line: Text) -> Int? {
        guard line.first == Wikitext.asideStart, let end = line.firstIndex(of: Wikitext.asideEnd),
            line[(end + 1)...].allSatisfy(MarkupTextCounter.isWhite)
        else { return nil }
        let number = Int(String(decoding: line[(line.startIndex + 1)..<end], as: UTF8.self))
        return number.flatMap { asides.indices.contains($0) ? $0 : nil }
    }

    mutating func heading(_ line: Text) -> Bool {
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

    mutating func item(_ line: Text) {
        flush()
        let marks = line.prefix {
            $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";")
        }
        counts.remove(.wikiMarkup, marks.count)
        withInline(line.dropFirst(marks.count)) { $0.item(marks, $1) }
    }

    mutating func item(_ marks: Text, _ text: [UInt8]) {
        if numbers.count > marks.count { numbers.removeLast(numbers.count - marks.count) }
        while numbers.count < marks.count { numbers.append(1) }
        if text.isEmpty { return }
        if !tables.isEmpty { return tables[tables.count - 1].table.append(text, &counts) }
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
    static func trim(_ text: inout [UInt8]) {
        var end = text.count
        while end > 0, MarkupTextCounter.isWhite(text[end - 1]) { end -= 1 }
        if end < text.count { text.removeLast(text.count - end) }
        var start = 0
        while start < end, MarkupTextCounter.isWhite(text[start]) { start += 1 }
        if start > 0 { text.removeFirst(start) }
    }

    mutating func flush() {
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
    mutating func withInline(_ text: Text, _ body: (inout Wikitext, [UInt8]) -> Void) {
        var out: [UInt8] = []
        swap(&out, &lineText)
        inline(text, &out, depth: 0)
        Wikitext.trim(&out)
        body(&self, out)
        out.removeAll(keepingCapacity: true)
        swap(&out, &lineText)
    }

    mutating func emit(_ kind: TextSpan.Kind, level: Int, _ text: [UInt8]) {
        if swallowedAppend >= 0 {
            swallowedAppend -= 1
            if swallowedAppend == -1 { return }
        }
        if tables.isEmpty {
            writer.write(kind, level: level, text, &counts)
        } else {
            tables[tables.count - 1].table.append(text, &counts)
        }
    }
}
