import Documents

/// Places of a text that become something else, in order and without overlap; what happens to them is booked by rule.
struct TextEdits {
    private var edits: [TextEdit] = []
    private let rules: [String]

    /// No edits; `rules` are the names in the ledger, told apart by their index.
    init(rules: [String]) { self.rules = rules }

    var isEmpty: Bool { edits.isEmpty }

    /// Replaces the bytes of `range`, which must begin and end between scalars and not before the last edit.
    mutating func replace(_ range: Range<Int>, with text: some Sequence<UInt8>, rule: Int) {
        edits.append(TextEdit(range, rule: rules[rule], replacement: Array(text)))
    }

    /// Edits the text of `document`; see `Document.apply`. White space around what goes stays.
    func apply(to document: inout Document) { document.apply(edits, closesGaps: false) }
}
