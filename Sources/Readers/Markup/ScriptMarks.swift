/// What stands around a raised or lowered stretch in plain text.
struct ScriptMarks {
    /// What is raised behind a number without a meaning of its own; any other letter may be the mark of a note.
    private static let ordinals: Set<String> = ["st", "nd", "rd", "th", "ST", "ND", "RD", "TH"]

    let opening: [UInt8]
    let closing: [UInt8]

    /// `behind` is the byte before it, `isReference` whether it holds a link: 10⁻³ becomes `10^{-3}`, x² `x^2`, a reference to note 4
    /// `[4]`. Ordinals such as 1st need no mark, and neither does a reference that has brackets already.
    init(_ content: [UInt8], behind: UInt8, isRaised: Bool, isReference: Bool) {
        let scalars = MarkupTextCounter.scalars(content)
        if isReference {
            let isNumber = content.allSatisfy { $0 < 0x3A && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") }
            (opening, closing) = isNumber ? ([UInt8(ascii: "[")], [UInt8(ascii: "]")]) : ([], [])
        } else if isRaised, ScriptMarks.ordinals.contains(String(decoding: content, as: UTF8.self)), behind >= 0x30,
            behind <= 0x39
        {
            (opening, closing) = ([], [])
        } else {
            let mark = isRaised ? UInt8(ascii: "^") : UInt8(ascii: "_")
            let isOne = scalars.visible + scalars.white == 1
            (opening, closing) = isOne ? ([mark], []) : ([mark, UInt8(ascii: "{")], [UInt8(ascii: "}")])
        }
    }
}
