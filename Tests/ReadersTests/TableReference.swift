import Documents

@testable import Readers

/// A slow reading of the tables of a main document, apart from the reader: it walks the tags with a stack of names and knows the usual
/// prefixes only.
struct TableReference {
    struct Cell: Equatable {
        var text = ""
        var column = 0
        var span = 1
        var continues = false
        var isMerged = false
        /// What the text cannot be compared in: order of boxes, layout of formulas, labels that are computed.
        var hasFormula = false
        var hasBox = false
        var hasNested = false
        var hasLabel = false
    }

    struct Table {
        var rows: [[Cell]] = []
        var isCover = false
        var befores: [Int] = []
        var afters: [Int] = []

        var isEmpty: Bool { rows.allSatisfy { $0.allSatisfy { $0.text.isEmpty && !$0.hasNested } } }
    }

    private(set) var tables: [Table] = []

    private var stack: [String] = []
    /// Tables that are open, each with its row and cell being read.
    private var open: [Table] = []
    private var hasHeading = false
    private var style = ""
    private var instructions: [Bool] = []
    private let styleNames: [String: String]
    private static let gone: Set<String> = [
        "mc:Fallback", "w:del", "w:moveFrom", "w:rPrChange", "w:pPrChange", "w:tcPrChange",
    ]

    init(document: [UInt8], styleNames: [String: String]) {
        self.styleNames = styleNames
        var index = 0
        while index < document.count {
            var end = index
            if document[index] == UInt8(ascii: "<") {
                while end < document.count, document[end] != UInt8(ascii: ">") { end += 1 }
                take(tag: document[(index + 1)..<end])
                index = end + 1
            } else {
                while end < document.count, document[end] != UInt8(ascii: "<") { end += 1 }
                if stack.last == "w:t" || stack.last == "m:t" { take(text: document[index..<end]) }
                index = end
            }
        }
    }

    private mutating func take(tag: ArraySlice<UInt8>) {
        guard let first = tag.first, first != UInt8(ascii: "?"), first != UInt8(ascii: "!") else { return }
        let isEmpty = tag.last == UInt8(ascii: "/")
        let name = String(
            decoding: tag.drop { $0 == UInt8(ascii: "/") }.prefix { $0 != 0x20 && $0 != UInt8(ascii: "/") },
            as: UTF8.self)
        if first == UInt8(ascii: "/") {
            stack.removeLast()
            return end(name)
        }
        start(name, tag)
        stack.append(name)
        if isEmpty {
            stack.removeLast()
            end(name)
        }
    }

    private var isGone: Bool { stack.contains { TableReference.gone.contains($0) } }

    private mutating func start(_ name: String, _ tag: ArraySlice<UInt8>) {
        switch name {
        case "w:tbl":
            change { $0.hasNested = true }
            open.append(Table())
        case "w:tr":
            if open.isEmpty { return }
            open[open.count - 1].rows.append([])
            open[open.count - 1].befores.append(0)
            open[open.count - 1].afters.append(0)
        case "w:tc":
            if !open.isEmpty, !open[open.count - 1].rows.isEmpty {
                let table = open.count - 1
                let row = open[table].rows.count - 1
                var cell = Cell()
                cell.column = open[table].rows[row].last.map { $0.column + $0.span } ?? open[table].befores[row]
                open[table].rows[row].append(cell)
            }
        case "w:gridSpan": if !isGone { change { $0.span = max(1, TableReference.number(tag)) } }
        case "w:vMerge":
            if isGone { return }
            change {
                $0.isMerged = true
                $0.continues = TableReference.value(tag) != "restart"
            }
        case "w:gridBefore":
            if let table = open.indices.last {
                open[table].befores[open[table].befores.count - 1] = TableReference.number(tag)
            }
        case "w:gridAfter":
            if let table = open.indices.last {
                open[table].afters[open[table].afters.count - 1] = TableReference.number(tag)
            }
        case "w:p": style = ""
        case "w:pStyle":
            if !isGone { style = styleNames[TableReference.value(tag)] ?? TableReference.value(tag).lowercased() }
        case "w:numPr", "w:footnoteReference", "w:endnoteReference", "w:object": change { $0.hasLabel = true }
        case "m:oMath": change { $0.hasFormula = true }
        case "w:txbxContent": change { $0.hasBox = true }
        case "w:noBreakHyphen": if isShown { change { $0.text += "-" } }
        case "w:sym": if isShown { symbol(tag) }
        case "w:fldChar":
            switch TableReference.attribute("w:fldCharType", tag) {
            case "begin": instructions.append(true)
            case "separate": if !instructions.isEmpty { instructions[instructions.count - 1] = false }
            default: _ = instructions.popLast()
            }
        default: break
        }
    }

    private var isShown: Bool { !isGone && !instructions.contains(true) }

    private mutating func symbol(_ tag: ArraySlice<UInt8>) {
        guard let code = UInt32(TableReference.attribute("w:char", tag), radix: 16),
            let scalar = SymbolFonts.scalar(code, font: SymbolFonts.Font(name: TableReference.attribute("w:font", tag)))
        else { return }
        change { $0.text.unicodeScalars.append(scalar) }
    }

    private mutating func end(_ name: String) {
        if name == "w:p" { instructions = [] }
        if name == "w:p", style.hasPrefix("heading") || style == "h6", open.isEmpty { hasHeading = true }
        let covers = ["za", "zb", "zc", "zd", "zg", "zgsm", "zh", "zk", "zt", "ztd", "zu", "zv"]
        if name == "w:p", !hasHeading, covers.contains(style) || style == "fp" {
            for index in open.indices { open[index].isCover = true }
        }
        guard name == "w:tbl", let table = open.popLast() else { return }
        if open.isEmpty {
            if !isGone { tables.append(table) }
            return
        }
        let text = table.rows.flatMap { $0 }.map(\.text).joined()
        change { $0.text += text }
    }

    private mutating func take(text: ArraySlice<UInt8>) {
        if open.isEmpty || !isShown { return }
        var plain = String(decoding: text, as: UTF8.self)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            plain = plain.replacing(entity, with: character)
        }
        if stack.contains("m:oMath") { return }
        if plain.unicodeScalars.contains(where: { $0.value >= 0xF000 && $0.value <= 0xF0FF }) {
            // What it means depends on the font.
            plain.unicodeScalars.removeAll { $0.value >= 0xF000 && $0.value <= 0xF0FF }
            change { $0.hasLabel = true }
        }
        plain.unicodeScalars.removeAll { $0.value == 0x20 || $0.value == 0x09 || $0.value == 0x0A || $0.value == 0x0D }
        change { $0.text += plain }
    }

    private mutating func change(_ body: (inout Cell) -> Void) {
        guard let table = open.indices.last, let row = open[table].rows.indices.last,
            let cell = open[table].rows[row].indices.last
        else { return }
        body(&open[table].rows[row][cell])
    }

    private static func value(_ tag: ArraySlice<UInt8>) -> String { attribute("w:val", tag) }
    private static func number(_ tag: ArraySlice<UInt8>) -> Int { Int(value(tag)) ?? 0 }

    private static func attribute(_ name: String, _ tag: ArraySlice<UInt8>) -> String {
        let text = String(decoding: tag, as: UTF8.self)
        let pieces = text.split(separator: name + "=\"", maxSplits: 1, omittingEmptySubsequences: false)
        return pieces.count == 2 ? String(pieces[1].prefix { $0 != "\"" }) : ""
    }
}
