import Documents
import Files
import TestSupport
import Testing

@testable import Readers

/// Every table of the real documents, cell by cell, against the slow reference.
@Suite(.enabled(if: TestData.isPresent)) struct RealTableTests {
    /// A cell as written: its place among the rows, its spans, its text without white space.
    private struct Written: Equatable {
        var row: Int
        var column: Int
        var columns: Int
        var rows: Int
        var text: String
    }

    @Test func cellsAreThoseOfTheReference() throws {
        let root = TestData.path("3gpp-docx")
        var tables = 0
        var cells = 0
        var faults: [String] = []
        for name in try Folder.filesBelow(root) where name.hasSuffix(".docx") {
            let path = root + "/" + name
            let document = try RealPackage.part("word/document.xml", of: path)
            let styles = WordReference.styleNames(try RealPackage.part("word/styles.xml", of: path))
            let reference = TableReference(document: document, styleNames: styles).tables.filter {
                !$0.isEmpty && !$0.isCover
            }
            for form in [ReadOptions.Tables.html, .markdown] {
                var options = ReadOptions()
                options.tables = form
                let read = ReaderFixture.read(file: path, options: options).documents
                let written = read.flatMap { document in
                    document.spans.filter { $0.kind == .table }.map { Array(document.text[$0.start..<$0.end]) }
                }
                if written.count != reference.count {
                    faults.append("\(name): \(written.count) tables, expected \(reference.count)")
                    continue
                }
                for (text, expected) in zip(written, reference) {
                    tables += 1
                    let found = form == .html ? RealTableTests.html(text) : RealTableTests.markdown(text)
                    let (wanted, sources) = RealTableTests.anchors(expected, hasSpans: form == .html)
                    cells += wanted.count
                    if let fault = RealTableTests.difference(found, wanted, sources, form) {
                        faults.append("\(name) table \(tables): \(fault)")
                    }
                }
            }
        }
        #expect(tables > 8_000)
        #expect(cells > 200_000)
        #expect(faults.isEmpty, "\(faults.count) of \(tables): \(faults.prefix(12).joined(separator: "\n"))")
    }

    private static func difference(
        _ found: [Written], _ wanted: [Written], _ sources: [TableReference.Cell], _ form: ReadOptions.Tables
    ) -> String? {
        let found = form == .html ? found : found.filter { !$0.text.isEmpty }
        let pairs = zip(wanted, sources).filter {
            form == .html || !$0.0.text.isEmpty || $0.1.hasFormula || $0.1.hasLabel || $0.1.hasBox
        }
        // A cell of a formula or label alone has no text in the reference and may have none of ours.
        if form == .html, found.count != pairs.count {
            let place = zip(found, pairs).first { $0 != $1.0 }
            return "\(found.count) cells, expected \(pairs.count): \(String(describing: place))"
        }
        var position = 0
        for (cell, source) in pairs {
            var own =
                position < found.count ? found[position] : Written(row: -1, column: 0, columns: 0, rows: 0, text: "")
            let isFree = source.hasFormula || source.hasBox || source.hasLabel || source.hasNested
            if form == .markdown, isFree, cell.text.isEmpty, own.row != cell.row || own.column != cell.column {
                continue
            }
            position += 1
            if form == .markdown { (own.columns, own.rows) = (cell.columns, cell.rows) }
            if isFree {
                if (own.row, own.column, own.columns, own.rows) != (cell.row, cell.column, cell.columns, cell.rows) {
                    return "\(own) expected \(cell)"
                }
                // The scalars must be there in order, boxes in any order.
                if !source.hasBox, !contains(own.text, cell.text) { return "\(own) lacks \(cell)" }
                if source.hasBox, own.text.unicodeScalars.count < cell.text.unicodeScalars.count {
                    return "\(own) short of \(cell)"
                }
            } else if own != cell {
                return "\(own) expected \(cell)"
            }
        }
        return position == found.count ? nil : "\(found.count - position) cells too many"
    }

    private static func contains(_ text: String, _ scalars: String) -> Bool {
        var rest = text.unicodeScalars[...]
        for scalar in scalars.unicodeScalars {
            guard let hit = rest.firstIndex(of: scalar) else { return false }
            rest = rest[rest.index(after: hit)...]
        }
        return true
    }

    /// The reference's cells as they should be written.
    private static func anchors(_ table: TableReference.Table, hasSpans: Bool) -> ([Written], [TableReference.Cell]) {
        var lines: Set<Int> = []
        for row in table.rows { for cell in row { lines.formUnion([cell.column, cell.column + cell.span]) } }
        let sorted = lines.sorted()
        let number = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        var written: [Written] = []
        var sources: [TableReference.Cell] = []
        for (index, row) in table.rows.filter({ !$0.isEmpty }).enumerated() {
            for cell in row {
                let first = number[cell.column] ?? 0
                if hasSpans, first > 0, cell == row[0] {
                    // What the row leaves out at its beginning is written as one empty cell.
                    written.append(Written(row: index, column: 0, columns: first, rows: 1, text: ""))
                    sources.append(TableReference.Cell())
                }
                let columns = (number[cell.column + cell.span] ?? 0) - first
                if hasSpans, cell.continues, cell.text.isEmpty, !cell.hasFormula, !cell.hasBox, !cell.hasLabel,
                    !cell.hasNested,
                    let above = written.lastIndex(where: {
                        $0.column == first && $0.columns == columns && $0.row + $0.rows == index
                    }),
                    sources[above].isMerged
                {
                    written[above].rows += 1
                    continue
                }
                written.append(Written(row: index, column: first, columns: columns, rows: 1, text: cell.text))
                sources.append(cell)
            }
        }
        return (written, sources)
    }

    // MARK: What was written, read back

    private static func html(_ text: [UInt8]) -> [Written] {
        var cells: [Written] = []
        var taken: Set<[Int]> = []
        var row = -1
        var column = 0
        var depth = 0
        var content: [UInt8] = []
        var index = 0
        func attribute(_ name: String, _ tag: String) -> Int {
            let pieces = tag.split(separator: name + "=\"", omittingEmptySubsequences: false)
            return pieces.count == 2 ? Int(pieces[1].prefix { $0 != "\"" }) ?? 1 : 1
        }
        while index < text.count {
            guard text[index] == UInt8(ascii: "<") else {
                content.append(text[index])
                index += 1
                continue
            }
            let end = text[index...].firstIndex(of: UInt8(ascii: ">")) ?? text.count - 1
            let tag = String(decoding: text[index + 1..<end], as: UTF8.self)
            index = end + 1
            if tag == "table" { depth += 1 }
            if tag == "/table" { depth -= 1 }
            if depth != 1 { continue }
            if tag == "tr" {
                row += 1
                column = 0
            } else if tag.hasPrefix("td") || tag.hasPrefix("th") {
                while taken.contains([row, column]) { column += 1 }
                let cell = Written(
                    row: row, column: column, columns: attribute("colspan", tag), rows: attribute("rowspan", tag),
                    text: "")
                for down in 0..<cell.rows {
                    for right in 0..<cell.columns { taken.insert([row + down, column + right]) }
                }
                column += cell.columns
                cells.append(cell)
                content = []
            } else if tag == "/td" || tag == "/th" {
                var plain = String(decoding: content, as: UTF8.self)
                for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
                    plain = plain.replacing(entity, with: character)
                }
                cells[cells.count - 1].text = squeezed(plain)
            }
        }
        return cells
    }

    private static func markdown(_ text: [UInt8]) -> [Written] {
        var cells: [Written] = []
        for (line, bytes) in text.split(separator: 0x0A).enumerated() {
            if line == 1 { continue }
            let row = line == 0 ? 0 : line - 1
            var column = -1
            var content: [UInt8] = []
            var index = bytes.startIndex
            while index < bytes.endIndex {
                let byte = bytes[index]
                if byte == UInt8(ascii: "\\"), index + 1 < bytes.endIndex, bytes[index + 1] == UInt8(ascii: "|") {
                    content.append(UInt8(ascii: "|"))
                    index += 2
                    continue
                }
                if byte == UInt8(ascii: "|") {
                    if column >= 0 {
                        let plain = String(decoding: content, as: UTF8.self).replacing("<br>", with: "")
                        cells.append(Written(row: row, column: column, columns: 1, rows: 1, text: squeezed(plain)))
                    }
                    column += 1
                    content = []
                } else {
                    content.append(byte)
                }
                index += 1
            }
        }
        // Without a header of its own a table has an empty first row.
        let hasHeader = cells.contains { $0.row == 0 && !$0.text.isEmpty }
        return hasHeader
            ? cells : cells.map { Written(row: $0.row - 1, column: $0.column, columns: 1, rows: 1, text: $0.text) }
    }

    private static func squeezed(_ text: String) -> String {
        var text = text
        text.unicodeScalars.removeAll { $0.value == 0x20 || $0.value == 0x09 || $0.value == 0x0A || $0.value == 0x0D }
        return text
    }
}
