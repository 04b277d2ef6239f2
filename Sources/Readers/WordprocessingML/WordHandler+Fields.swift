import Glibc

extension WordHandler {
    /// A complex field that is open.
    struct Field {
        /// Whether its instruction is being read: that is dropped, the result behind it kept.
        var isInstruction = true
        /// The first letters of the instruction, in lower case.
        var name: UInt32 = 0
        /// Whether the name has been read to its end.
        var isNamed = false
        /// Where its result begins in the paragraph.
        var resultStart = 0

        /// `EQ`: a formula in the instruction.
        var isEquation: Bool { name == 0x6571 }
        /// `INDEX`; four letters are kept of a name.
        var isIndex: Bool { name == 0x696E_6465 }
    }

    /// Whether an index field is open.
    var isInIndex: Bool { fields.contains { $0.isIndex } }

    mutating func fieldCharacter(_ attributes: WordAttributes) {
        if attributes.equals(names.fieldCharacterType, "begin") {
            if fields.count < 256 {
                fields.append(Field())
                instructions += 1
            }
        } else if attributes.equals(names.fieldCharacterType, "separate") {
            if let last = fields.indices.last, fields[last].isInstruction {
                fields[last].isInstruction = false
                fields[last].resultStart = paragraph.text.count
                instructions -= 1
            }
        } else if let last = fields.popLast() {
            if last.isInstruction { instructions -= 1 }
            if last.isEquation, instructions == 0, last.isInstruction || paragraph.text.count <= last.resultStart {
                equationPlaceholder()
            }
        }
    }

    /// Notes the name of the field whose instruction is being read.
    mutating func readInstruction(_ bytes: UnsafeRawBufferPointer) {
        guard let last = fields.indices.last, fields[last].isInstruction, !fields[last].isNamed else { return }
        for byte in bytes {
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
            if isLetter {
                fields[last].name = fields[last].name << 8 | UInt32(byte | 0x20)
                fields[last].isNamed = fields[last].name >= 0x100_0000
            } else if fields[last].name != 0 {
                fields[last].isNamed = true
            }
            if fields[last].isNamed { return }
        }
    }

    /// An instruction never goes beyond its paragraph: a field without an end must not swallow the document.
    mutating func endInstructions() {
        if instructions == 0 { return }
        for index in fields.indices { fields[index].isInstruction = false }
        instructions = 0
    }

    /// Stands for a formula that is kept as a field or an object.
    mutating func equationPlaceholder() {
        let text = "[equation]"
        counts.add(.equationPlaceholder, text.utf8.count)
        if formulas > 0 { return Array(text.utf8).withUnsafeBytes { formula.append($0) } }
        paragraph.text += text.utf8
    }

    /// An embedded object: those of equation editors leave a placeholder.
    mutating func embeddedObject(_ attributes: WordAttributes) {
        guard instructions == 0, let program = attributes.value(names.program) else { return }
        if program.starts(with: "Equation".utf8) || program.starts(with: "MathType".utf8) { equationPlaceholder() }
    }
}
