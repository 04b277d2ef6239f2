import Documents

/// The block that lines are being joined to: a paragraph, a list item, a note, an equation.
struct OpenBlock {
    var isOpen = false
    var kind = TextSpan.Kind.prose
    var isTight = false
    var text: [UInt8] = []
    var font = PDFFont.usual
    /// Where its first line begins, and where the lines after it do (-1 as long as there is one line only).
    var left: Int32 = 0
    var hanging: Int32 = -1
    /// Where the text behind a label begins; `left` where there is no label.
    var textLeft: Int32 = 0
    /// Whether it is a term and, behind a tab, what it means.
    var isTerm = false
    /// The last line: twice its middle, its right end, its flow and page.
    var middle: Int32 = 0
    var right: Int32 = 0
    var flow: Int32 = 0
    var page = 0

    /// Whether the text so far ends as sentences and clauses do.
    var endsSentence: Bool {
        guard let last = text.last(where: { $0 != 0x20 && $0 != UInt8(ascii: ")") && $0 != 0x22 }) else { return true }
        return [UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(
            last)
    }
}
