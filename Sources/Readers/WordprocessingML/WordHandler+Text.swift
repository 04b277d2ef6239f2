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
        case .instruction: return counts.remove(.fieldInstruction, unicodeScalarCount(bytes))
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
        // A line end in the XML is white space to Word, never the end of a line.
        if memchr(bytes.baseAddress!, 0x0A, bytes.count) != nil {
            for index in start..<paragraph.text.count where paragraph.text[index] == 0x0A {
                paragraph.text[index] = 0x20
            }
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
            if let scalar = SymbolFonts.scalar(code, font: font) {
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

    mutating func fieldCharacter(_ attributes: WordAttributes) {
        if attributes.equals(names.fieldCharacterType, "begin") {
            if fields.count < 256 {
                fields.append(.instruction)
                instructions += 1
            }
        } else if attributes.equals(names.fieldCharacterType, "separate") {
            if let last = fields.indices.last, fields[last] == .instruction {
                fields[last] = .result
                instructions -= 1
            }
        } else if let last = fields.popLast(), last == .instruction {
            instructions -= 1
        }
    }

    /// An instruction never goes beyond its paragraph: a field without an end must not swallow the document.
    mutating func endInstructions() {
        if instructions == 0 { return }
        for index in fields.indices { fields[index] = .result }
        instructions = 0
    }

    /// Tracked changes: what goes is dropped, what stays is transparent; marks inside properties change their owner.
    mutating func startRevision(_ element: WordElement) {
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
