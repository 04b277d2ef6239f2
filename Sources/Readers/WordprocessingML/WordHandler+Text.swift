import Documents
import Glibc

extension WordHandler {
    /// Character data, anywhere.
    mutating func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        if textMode == .ignored { return }
        takeCharacters(UnsafeRawBufferPointer(bytes))
    }

    private mutating func takeCharacters(_ bytes: UnsafeRawBufferPointer) {
        switch textMode {
        case .text: if instructions > 0 { return counts.remove(.fieldInstruction, unicodeScalarCount(bytes)) }
        case .deleted: if !keepsDeleted { return counts.remove(.deletedText, unicodeScalarCount(bytes)) }
        case .instruction:
            readInstruction(bytes)
            return counts.remove(.fieldInstruction, unicodeScalarCount(bytes))
        case .dropped: return counts.remove(dropRule, unicodeScalarCount(bytes))
        case .ignored: return
        }
        if swallowedAppend >= 0 {
            swallowedAppend -= 1
            if swallowedAppend == -1 { return }
        }
        if formulas > 0 { return formula.append(bytes) }
        let start = paragraph.text.count
        paragraph.text.append(contentsOf: bytes)
        // A line end in the XML is white space to Word, never the end of a line; private-use characters begin with EF.
        var found: UInt8 = 0
        for byte in bytes { found |= (byte == 0x0A ? 1 : 0) | (byte == 0xEF ? 2 : 0) }
        if found == 0 { return }
        if found & 1 != 0 {
            for index in start..<paragraph.text.count where paragraph.text[index] == 0x0A {
                paragraph.text[index] = 0x20
            }
        }
        if found & 2 != 0 { mapPrivateUse(from: start) }
    }

    /// Puts Unicode in the place of characters of symbol fonts that stand in the text as F020 … F0FF.
    private mutating func mapPrivateUse(from start: Int) {
        var index = start
        var mapped: [UInt8] = []
        var copied = start
        while index + 2 < paragraph.text.count {
            let second = paragraph.text[index + 1]
            guard paragraph.text[index] == 0xEF, second >= 0x80, second <= 0x83 else {
                index += 1
                continue
            }
            let code = 0xF000 | UInt32(second & 0x3F) << 6 | UInt32(paragraph.text[index + 2] & 0x3F)
            if let scalar = SymbolFonts.scalar(code, font: runFont), scalar.value != code {
                mapped += paragraph.text[copied..<index]
                mapped += String(Character(scalar)).utf8
                copied = index + 3
            }
            index += 3
        }
        if copied == start { return }
        mapped += paragraph.text[copied...]
        paragraph.text.replaceSubrange(start..., with: mapped)
    }

    /// The font of a run, as far as it is one of symbols.
    mutating func setFont(_ attributes: WordAttributes) {
        guard depth > 2, stack[depth - 2] == .run, let pointers = attributes.pointers else { return }
        for index in 0..<attributes.count {
            let name = pointers[index * 5]
            guard name == names.ascii || name == names.highAnsi, let start = pointers[index * 5 + 3],
                let end = pointers[index * 5 + 4], start < end
            else { continue }
            // Symbol, Wingdings, Webdings.
            if start[0] | 0x20 != 0x73, start[0] | 0x20 != 0x77 { continue }
            let value = UnsafeBufferPointer(start: start, count: end - start)
            let font = SymbolFonts.Font(name: String(decoding: value, as: UTF8.self))
            if font != .text { runFont = font }
        }
    }

    /// An element that stands for one character.
    mutating func startCharacter(_ element: WordElement, _ attributes: WordAttributes) {
        if parent == .tabs || instructions > 0 { return }
        switch element {
        case .tab, .positionedTab: append(0x09, .tab)
        case .lineBreak:
            if !attributes.equals(names.type, "page"), !attributes.equals(names.type, "column") {
                append(0x0A, .lineBreak)
            }
        case .carriageReturn: append(0x0A, .lineBreak)
        case .noBreakHyphen: append(UInt8(ascii: "-"), .hyphen)
        default:
            guard
                let code = attributes.value(names.char).flatMap({
                    UInt32(String(decoding: $0, as: UTF8.self), radix: 16)
                })
            else { return }
            let font = attributes.value(names.font).map { String(decoding: $0, as: UTF8.self) } ?? ""
            if let scalar = SymbolFonts.scalar(code, font: SymbolFonts.Font(name: font)) {
                if formulas > 0 {
                    Array(String(Character(scalar)).utf8).withUnsafeBytes { formula.append($0) }
                    return counts.add(.symbol, 1)
                }
                paragraph.text += String(Character(scalar)).utf8
                counts.add(.symbol, 1)
            }
        }
    }

    private mutating func append(_ byte: UInt8, _ rule: WordRule) {
        if formulas > 0 {
            // White space in a formula is laid out by LaTeX.
            withUnsafeBytes(of: byte <= 0x20 ? 0x20 : byte) { formula.append($0) }
            return counts.add(rule, 1)
        }
        paragraph.text.append(byte)
        counts.add(rule, 1)
    }

    /// Tracked changes: what goes is dropped, what stays is transparent; marks inside properties change their owner.
    mutating func startRevision(_ element: WordElement) {
        hasRevisions = true
        let isInsertion = element == .inserted || element == .movedTo || element == .insertedCell
        let goes = isInsertion ? !keepsInserted : !keepsDeleted
        if !goes { return }
        let rule: WordRule = isInsertion ? .insertedText : .deletedText
        switch parent {
        case .runProperties: if depth > 2, stack[depth - 2] == .paragraphProperties { paragraph.isJoined = true }
        case .rowProperties: if depth > 2 { drop(rule, depth: depth - 2) }
        case .cellProperties: if depth > 2 { drop(rule, depth: depth - 2) }
        case .numbering, .paragraphProperties: break
        default: if element != .insertedCell, element != .deletedCell { drop(rule, depth: depth) }
        }
    }
}
