/// A formula in MathML, read event by event and written as LaTeX.
///
/// Source: MathML 3, presentation elements. What has no counterpart is written as its content, so no character is lost.
struct MathMLFormula {
    private struct Node {
        var name: String
        var open = ""
        var close = ""
        var children: [String] = []
        var text = ""
        var isDropped = false
    }

    private var nodes: [Node] = [Node(name: "math")]
    /// Visible scalars of character data, dropped ones included.
    private(set) var visible = 0

    mutating func start(_ name: String, _ attributes: MarkupAttributes) {
        var node = Node(name: name)
        if name == "mfenced" {
            node.open = attributes.value("open") ?? "("
            node.close = attributes.value("close") ?? ")"
        }
        // Other forms of the same formula, for machines.
        node.isDropped = nodes[nodes.count - 1].isDropped || name == "annotation" || name == "annotation-xml"
        nodes.append(node)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        visible += MarkupTextCounter.scalars(bytes).visible
        if !nodes[nodes.count - 1].isDropped { nodes[nodes.count - 1].text += String(decoding: bytes, as: UTF8.self) }
    }

    mutating func end() {
        guard nodes.count > 1, let node = nodes.popLast(), !node.isDropped else { return }
        let written = MathMLFormula.latex(node)
        if !written.isEmpty || MathMLFormula.takesEmptyArguments.contains(nodes[nodes.count - 1].name) {
            nodes[nodes.count - 1].children.append(written)
        }
    }

    /// The formula in LaTeX, without dollar signs.
    var latex: String {
        let top = nodes[0]
        return MathMLFormula.joined(top.children + [MathMLFormula.escaped(top.text)])
    }

    private static let takesEmptyArguments: Set<String> = [
        "mfrac", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mroot", "mtr", "mmultiscripts",
    ]

    private static func latex(_ node: Node) -> String {
        let parts = node.children
        func part(_ index: Int) -> String { index < parts.count ? parts[index] : "" }
        func grouped(_ index: Int) -> String { "{\(part(index))}" }
        switch node.name {
        case "mi", "mn", "mo": return escaped(node.text)
        case "mtext", "ms":
            let text = joined([escaped(node.text)] + parts)
            return text.isEmpty ? "" : "\\text{\(text)}"
        case "mfrac": return "\\frac\(grouped(0))\(grouped(1))"
        case "msqrt": return "\\sqrt{\(joined(parts))}"
        case "mroot": return "\\sqrt[\(part(1))]\(grouped(0))"
        case "msub": return "\(base(part(0)))_\(grouped(1))"
        case "msup": return "\(base(part(0)))^\(grouped(1))"
        case "msubsup": return "\(base(part(0)))_\(grouped(1))^\(grouped(2))"
        case "munder": return "\\underset\(grouped(1))\(grouped(0))"
        case "mover": return accent(part(0), part(1))
        case "munderover": return "\(base(part(0)))_\(grouped(1))^\(grouped(2))"
        case "mfenced": return escaped(node.open) + parts.joined(separator: ", ") + escaped(node.close)
        case "mtable": return "\\begin{matrix}\(parts.joined(separator: " \\\\ "))\\end{matrix}"
        case "mtr", "mlabeledtr": return parts.joined(separator: " & ")
        default: return joined(parts + [escaped(node.text)])
        }
    }

    private static let accents = [
        "¯": "\\overline", "‾": "\\overline", "^": "\\hat", "ˆ": "\\hat", "~": "\\tilde", "˜": "\\tilde", "→": "\\vec",
        "˙": "\\dot", "¨": "\\ddot", "⏞": "\\overbrace",
    ]

    private static func accent(_ base: String, _ mark: String) -> String {
        let plain = mark == "\\hat{}" ? "^" : mark == "\\sim{}" ? "~" : mark
        return accents[plain].map { "\($0){\(base)}" } ?? "\\overset{\(mark)}{\(base)}"
    }

    /// A base of several tokens is grouped, so that the script belongs to all of it.
    private static func base(_ text: String) -> String { text.count == 1 ? text : "{\(text)}" }

    private static func joined(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: " ") }

    private static func words(_ text: String) -> String {
        text.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }.joined(separator: " ")
    }

    /// Characters that LaTeX gives a meaning stand for themselves.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in words(text) {
            switch character {
            case "{", "}", "#", "%", "&", "_", "$": out += "\\\(character)"
            case "\\": out += "\\backslash{}"
            case "^": out += "\\hat{}"
            case "~": out += "\\sim{}"
            default: out.append(character)
            }
        }
        return out
    }
}
