import Documents

/// What the buffer holds becomes blocks of the document.
extension MarkupHandler {
    /// Writes what the buffer holds as the block that the open elements make of it.
    mutating func flush() {
        labelWaits = false
        hasSpace = false
        hasPrintedLineEnd = false
        while let last = buffer.last, MarkupTextCounter.isWhite(last) { buffer.removeLast() }
        defer {
            buffer.removeAll(keepingCapacity: true)
            formulaEnd = -1
        }
        if buffer.isEmpty || dropBlank() { return }
        if !openNotes.isEmpty {
            openNotes[openNotes.count - 1].paragraphs.append(buffer)
            return
        }
        writeBlock()
        writeNotes()
    }

    private mutating func writeBlock() {
        if titleDepth > 0 {
            if title == nil { title = String(decoding: withoutNoteMarks(), as: UTF8.self) }
            return writer.write(.heading, level: 1, buffer, &counts)
        }
        if !tables.isEmpty, captions == 0 || tables.count > 1 {
            tables[tables.count - 1].append(buffer, &counts)
            return
        }
        if captions > 0 { return writer.write(.caption, buffer, &counts) }
        if headingLevel > 0 { return writer.write(.heading, level: headingLevel, buffer, &counts) }
        if let classKind { return writer.write(classKind, isTight: classKind == .listItem, buffer, &counts) }
        if notes > 0 { return writer.write(.note, buffer, &counts) }
        if !lists.isEmpty { return writeItem() }
        if citations > 0 { return writer.write(.listItem, isTight: true, prefix: Array("- ".utf8), buffer, &counts) }
        writer.write(formulaEnd == buffer.count ? .equation : .prose, buffer, &counts)
    }

    /// A paragraph of no-break spaces is how pages leave a line free.
    mutating func dropBlank() -> Bool {
        var index = 0
        var blanks = 0
        while index + 1 < buffer.count, buffer[index] == 0xC2, buffer[index + 1] == 0xA0 {
            index += 2
            blanks += 1
            while index < buffer.count, MarkupTextCounter.isWhite(buffer[index]) { index += 1 }
        }
        if index < buffer.count { return false }
        counts.remove(.whiteSpace, blanks)
        return true
    }

    /// The first paragraph of an item bears its label, the others stand under it.
    mutating func writeItem() {
        let depth = lists.count - 1
        var prefix = [UInt8](repeating: 0x20, count: 2 * min(depth, 16))
        if itemWaits {
            itemWaits = false
            if lists[depth].isNumbered {
                prefix += "\(lists[depth].next). ".utf8
                lists[depth].next &+= 1
            } else {
                prefix += "- ".utf8
            }
        } else {
            prefix += "  ".utf8
        }
        writer.write(.listItem, isTight: true, prefix: prefix, buffer, &counts)
    }

    mutating func flushCode() {
        defer {
            buffer.removeAll(keepingCapacity: true)
            hasSpace = false
        }
        if !openNotes.isEmpty {
            if buffer.contains(where: { !MarkupTextCounter.isWhite($0) }) {
                openNotes[openNotes.count - 1].paragraphs.append(buffer)
            }
        } else if tables.isEmpty {
            if isCodeLine { while buffer.last == 0x20 { buffer.removeLast() } }
            writer.writeCode(buffer)
            if !isCodeLine { writer.flushCode(&counts) }
        } else {
            while let last = buffer.last, MarkupTextCounter.isWhite(last) { buffer.removeLast() }
            if !buffer.isEmpty { tables[tables.count - 1].append(buffer, &counts) }
        }
    }

    mutating func endTable() {
        guard var table = tables.popLast() else { return }
        table.endRow()
        if table.isEmpty { return }
        if tables.isEmpty {
            writer.write(.table, table.markdown(&counts), &counts)
            writeNotes()
        } else {
            tables[tables.count - 1].append(table.flattened(&counts), &counts)
        }
    }

    /// RFC XML 2 has titles of figures and tables as attributes.
    mutating func writeCaption(fromAttribute attributes: MarkupAttributes) {
        guard vocabulary.kind == .rfc, let text = attributes.value("title"), !text.isEmpty else { return }
        captions += 1
        put(text, .attribute)
        flush()
        captions -= 1
    }

    mutating func writeHeading(fromAttribute text: String) {
        let outer = headingLevel
        headingLevel = sections + 1
        put(text, .attribute)
        flush()
        headingLevel = outer
    }

    /// `MsoToc1` to `MsoToc9`, `TOC1` to `TOC9`, and their headings.
    static func isContents(_ name: String) -> Bool {
        let rest = name.hasPrefix("MsoToc") ? name.dropFirst(6) : name.hasPrefix("TOC") ? name.dropFirst(3) : nil
        return rest.map { $0 == "Heading" || $0.count == 1 && ("1"..."9").contains($0) } ?? false
    }

    /// Word writes its paragraph styles as classes of a web page.
    mutating func byClass(
        _ role: MarkupRole, _ attributes: MarkupAttributes, _ frame: inout Frame
    ) -> MarkupRole {
        guard isParagraph, let name = attributes.value("class"), !name.isEmpty else { return role }
        switch name {
        case _ where MarkupHandler.isContents(name):
            dropDepth = frames.count + 1
            dropRule = .contents
            return .dropped
        case "ZA", "ZB", "ZT", "ZU", "ZV", "ZD", "ZG", "ZH", "ZGSM":
            dropDepth = frames.count + 1
            dropRule = .frontMatter
            return .dropped
        case "PL": return .codeLine
        case "TH", "TF", "MsoCaption": return tables.isEmpty ? .caption : role
        case "TAH":
            if !tables.isEmpty { tables[tables.count - 1].markHeader() }
            return role
        case "NO", "EX", "EW", "NF", "TAN": frame.kind = .note
        case "B1", "B2", "B3", "B4", "B5", "B6": frame.kind = .listItem
        default: return role
        }
        flush()
        if tables.isEmpty { classKind = frame.kind } else { frame.kind = nil }
        return role
    }
}
