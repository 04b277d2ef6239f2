/// One formula of Office mathematics while it is being read: its structures and runs as a tree in flat arrays.
struct FormulaTree {
    /// How the letters of a run look (`m:sty`, `m:nor`).
    enum Style: UInt8 { case italic, upright, bold, boldItalic, normal }

    /// The alphabet of a run (`m:scr`).
    enum Alphabet: UInt8 { case roman, script, fraktur, doubleStruck, sansSerif, monospace }

    /// How a fraction is drawn (`m:type`).
    enum FractionType: UInt8 { case bar, skewed, linear, noBar }

    /// More parts are no formula: real ones have some hundreds.
    static let mostParts = 200_000

    /// A character property that a formula does not state.
    static let unstated = UInt32.max

    struct Node {
        var element: WordElement
        var parent: Int
        var firstChild = -1
        var lastChild = -1
        var next = -1
        var textStart = 0
        var textEnd = 0
        /// The operator, accent or grouping character: 0 where it is stated as empty.
        var character = FormulaTree.unstated
        var begin = FormulaTree.unstated
        var end = FormulaTree.unstated
        var separator = FormulaTree.unstated
        var isOnTop = false
        var isShown = true
        var isAligned = false
        var style = Style.italic
        var alphabet = Alphabet.roman
        var fraction = FractionType.bar
    }

    private(set) var nodes = [Node(element: .formula, parent: -1)]
    /// Text of the runs, one after another.
    private(set) var text: [UInt8] = []
    private var open = 0

    /// Whether nothing has been read.
    var isEmpty: Bool { nodes.count == 1 }

    /// The structure whose properties are being read.
    var current: Node {
        get { nodes[open] }
        set { nodes[open] = newValue }
    }

    /// Opens a structure, an argument or a run inside the one that is open.
    mutating func start(_ element: WordElement) {
        let index = nodes.count
        nodes.append(Node(element: element, parent: open))
        if nodes[open].lastChild >= 0 {
            nodes[nodes[open].lastChild].next = index
        } else {
            nodes[open].firstChild = index
        }
        nodes[open].lastChild = index
        nodes[index].textStart = text.count
        nodes[index].textEnd = text.count
        open = index
    }

    /// Closes the innermost part; an end that belongs to none is ignored.
    mutating func end(_ element: WordElement) {
        if open > 0, nodes[open].element == element { open = nodes[open].parent }
    }

    /// Appends text to the open run, or to one of its own where none is open.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if nodes[open].element == .formulaRun {
            text.append(contentsOf: bytes)
            nodes[open].textEnd = text.count
            return
        }
        start(.formulaRun)
        append(bytes)
        end(.formulaRun)
    }
}
