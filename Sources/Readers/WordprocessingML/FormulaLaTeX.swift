import Glibc

/// Writes a formula as LaTeX and counts what it adds: every scalar of the source is either written or counted as replaced.
///
/// Recursion is bounded by the depth of elements that the handler admits.
struct FormulaLaTeX {
    private(set) var out: [UInt8] = []
    /// Scalars written beyond those of the source.
    var added = 0
    let tree: FormulaTree
    /// Inside a table a bare `|` would end the cell of a Markdown table.
    let isInTable: Bool
    /// Whether the text so far ends in a command of letters, which swallows a letter that follows.
    private var endsInCommand = false
    private var rendered: [Bool]
    /// Depth of scripts around the place being written.
    var scripts = 0
    /// Whether an ampersand of the source stands for alignment here.
    var alignsHere = false
    /// Whether the runs being written name a function.
    var isFunctionName = false

    init(_ tree: FormulaTree, isInTable: Bool) {
        self.tree = tree
        self.isInTable = isInTable
        rendered = [Bool](repeating: false, count: tree.nodes.count)
    }

    /// Writes the whole formula.
    mutating func write() { if !isBlank(0) { children(of: 0) } }

    // MARK: Output

    /// Writes text of ours.
    mutating func markup(_ text: String) {
        if text.isEmpty { return }
        added += append(text)
    }

    /// Writes `text` for one scalar of the source, or for several.
    mutating func replacement(_ text: String, for scalars: Int = 1) {
        added += text.isEmpty ? -scalars : append(text) - scalars
    }

    /// Writes a scalar of the source as it is.
    mutating func source(_ scalar: UInt32) {
        guard let scalar = Unicode.Scalar(scalar) else { return added -= 1 }
        added += append(String(Character(scalar))) - 1
    }

    /// Appends, with a space where a command would run into a letter; the number of scalars.
    private mutating func append(_ text: String) -> Int {
        var count = 0
        if endsInCommand, let first = text.utf8.first, FormulaLaTeX.isLetter(first) {
            out.append(0x20)
            count = 1
        }
        out += text.utf8
        endsInCommand = false
        // A command and its backslash come in one piece.
        let ending = text.utf8.reversed().prefix { FormulaLaTeX.isLetter($0) }.count
        if ending > 0, ending < text.utf8.count {
            endsInCommand = text.utf8.dropLast(ending).last == UInt8(ascii: "\\")
        }
        return count + text.unicodeScalars.count
    }

    /// Whether the text so far ends in a letter, a digit or a closed group.
    var endsInWord: Bool {
        guard let last = out.last else { return false }
        return FormulaLaTeX.isLetter(last) && !endsInCommand || last >= 0x30 && last <= 0x39
            || last == UInt8(ascii: "}") || last == UInt8(ascii: ")")
    }

    static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

    // MARK: Tree

    /// Writes the children of a node that have not been written, runs of one look together.
    mutating func children(of parent: Int) {
        var index = tree.nodes[parent].firstChild
        while index >= 0 {
            if rendered[index] {
                index = tree.nodes[index].next
            } else if tree.nodes[index].element == .formulaRun {
                index = runs(from: index)
            } else {
                node(index)
                index = tree.nodes[index].next
            }
        }
    }

    /// The first child of a kind that has not been written, -1 where there is none.
    func child(_ parent: Int, _ element: WordElement) -> Int {
        var index = tree.nodes[parent].firstChild
        while index >= 0 {
            if tree.nodes[index].element == element, !rendered[index] { return index }
            index = tree.nodes[index].next
        }
        return -1
    }

    /// Writes the content of an argument, nothing where there is none.
    mutating func content(_ index: Int) {
        if index < 0 { return }
        rendered[index] = true
        children(of: index)
    }

    /// Writes an argument in braces.
    mutating func braced(_ index: Int) {
        markup("{")
        content(index)
        markup("}")
    }

    /// Writes a script in braces, nothing where it is empty.
    mutating func script(_ mark: String, _ index: Int) {
        if index < 0 || isBlank(index) {
            if index >= 0 { content(index) }
            return
        }
        markup(mark)
        scripts += 1
        let wasAligning = alignsHere
        let wasName = isFunctionName
        alignsHere = false
        isFunctionName = false
        braced(index)
        alignsHere = wasAligning
        isFunctionName = wasName
        scripts -= 1
    }

    /// Whether a part holds no text and no structure that would show.
    func isBlank(_ index: Int) -> Bool {
        let node = tree.nodes[index]
        if node.element == .formulaRun { return node.textStart == node.textEnd }
        var child = node.firstChild
        if child < 0 { return true }
        while child >= 0 {
            let element = tree.nodes[child].element
            if element == .delimited || !isBlank(child) { return false }
            child = tree.nodes[child].next
        }
        return true
    }

    /// The only child of a node that is not blank; -1 where there are none or several.
    func onlyChild(_ parent: Int) -> Int {
        var only = -1
        var index = tree.nodes[parent].firstChild
        while index >= 0 {
            if !isBlank(index) {
                if only >= 0 { return -1 }
                only = index
            }
            index = tree.nodes[index].next
        }
        return only
    }

    /// Marks a part as written: its parent lays it out by itself.
    mutating func take(_ index: Int) { rendered[index] = true }

    /// The children of a kind, in order.
    func children(_ parent: Int, _ element: WordElement) -> [Int] {
        var found: [Int] = []
        var index = tree.nodes[parent].firstChild
        while index >= 0 {
            if tree.nodes[index].element == element { found.append(index) }
            index = tree.nodes[index].next
        }
        return found
    }
}
