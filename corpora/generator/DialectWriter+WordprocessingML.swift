import Parallel

extension DialectWriter {
    /// The style of a block in the names that 3GPP's template made common.
    private static func style(_ block: Block) -> StaticString? {
        switch block {
        case .heading(1): "Heading1"
        case .heading(2): "Heading2"
        case .heading(3): "Heading3"
        case .heading: "Heading4"
        case .body: nil
        case .item(1): "B1"
        case .item(2): "B2"
        case .item: "B3"
        case .note: "NO"
        case .example, .reference: "EX"
        case .abbreviation: "EW"
        case .caption: "TH"
        case .code: "PL"
        }
    }

    mutating func wordParagraph(_ block: Block) {
        beginParagraph(DialectWriter.style(block))
        runs(isCode: block == .code)
        out.append("</w:p>\n")
    }

    /// Writes `piece` as a paragraph of a named style, as the cover and the contents need them; empties it.
    mutating func wordParagraph(style: StaticString, isFramed: Bool = false) {
        beginParagraph(style, isFramed: isFramed)
        runs(isCode: false)
        out.append("</w:p>\n")
        piece.removeAll()
    }

    private mutating func beginParagraph(_ style: StaticString?, isFramed: Bool = false) {
        out.append("<w:p w:rsidR=\"00")
        out.append(number: 100_000 + layout.nextInt(below: 900_000))
        out.append("\" w:rsidRDefault=\"00DC309A\">")
        if let style {
            out.append("<w:pPr><w:pStyle w:val=\"")
            out.append(style)
            out.append(isFramed ? "\"/><w:framePr w:wrap=\"notBeside\"/></w:pPr>" : "\"/></w:pPr>")
        }
    }

    /// The piece as runs that are cut at a space now and then, as editing leaves them.
    private mutating func runs(isCode: Bool) {
        let bytes = piece.bytes
        var start = 0
        var cut = isCode ? Int.max : 40 + layout.nextInt(below: 260)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x09 {
                run(UnsafeBufferPointer(rebasing: bytes[start..<index]), isCode)
                out.append("<w:r><w:tab/></w:r>")
                start = index + 1
            } else if byte == 0x20, index >= cut {
                run(UnsafeBufferPointer(rebasing: bytes[start...index]), isCode)
                start = index + 1
                cut = index + 40 + layout.nextInt(below: 260)
            }
            index += 1
        }
        run(UnsafeBufferPointer(rebasing: bytes[start...]), isCode)
    }

    private mutating func run(_ text: UnsafeBufferPointer<UInt8>, _ isCode: Bool) {
        if text.isEmpty { return }
        out.append(isCode ? "<w:r><w:rPr><w:noProof/></w:rPr>" : "<w:r>")
        out.append("<w:t xml:space=\"preserve\">")
        escape(text)
        out.append("</w:t></w:r>")
    }

    /// Appends text as XML character data.
    mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in 0..<text.count {
            let byte = text[index]
            if byte != 0x3C, byte != 0x3E, byte != 0x26 { continue }
            out.append(UnsafeBufferPointer(rebasing: text[start..<index]))
            out.append(byte == 0x3C ? "&lt;" : byte == 0x3E ? "&gt;" : "&amp;")
            start = index + 1
        }
        out.append(UnsafeBufferPointer(rebasing: text[start...]))
    }

    mutating func beginWordTable() {
        out.append("<w:tbl><w:tblPr><w:tblW w:w=\"9600\" w:type=\"dxa\"/><w:jc w:val=\"center\"/></w:tblPr><w:tblGrid>")
        for _ in 0..<columns {
            out.append("<w:gridCol w:w=\"")
            out.append(number: 9600 / columns)
            out.append("\"/>")
        }
        out.append("</w:tblGrid>\n")
    }

    mutating func wordCell(_ style: CellStyle, _ span: Int, _ merge: VerticalMerge) {
        out.append("<w:tc><w:tcPr><w:tcW w:w=\"")
        out.append(number: 9600 / columns * span)
        out.append("\" w:type=\"dxa\"/>")
        if span > 1 {
            out.append("<w:gridSpan w:val=\"")
            out.append(number: span)
            out.append("\"/>")
        }
        switch merge {
        case .none: break
        case .begin: out.append("<w:vMerge w:val=\"restart\"/>")
        case .continued: out.append("<w:vMerge/>")
        }
        out.append("</w:tcPr><w:p><w:pPr><w:pStyle w:val=\"")
        switch style {
        case .head: out.append("TAH")
        case .left: out.append("TAL")
        case .centre: out.append("TAC")
        case .note: out.append("TAN")
        }
        out.append("\"/></w:pPr>")
        run(piece.bytes, false)
        out.append("</w:p></w:tc>")
    }
}
