import Glibc

/// Tables in HTML, and tags that run over several lines.
extension Wikitext {
    /// The tables in HTML that are open at a place.
    struct OpenHTMLTables {
        fileprivate var count = 0
        /// Where the last one ends; asked for once a page.
        fileprivate var lastEnd: Int?
    }

    /// Writes a tag of a table in HTML as the mark of a wiki table, which becomes a table later; one past its end, nil where it is none.
    ///
    /// The mark is taken out again as markup when the table is read, so the tag is counted without it here.
    mutating func tableTag(
        _ source: UnsafeBufferPointer<UInt8>, _ start: Int, _ out: inout [UInt8], _ open: inout OpenHTMLTables
    ) -> Int? {
        guard let tag = Wikitext.htmlTag(source, start) else { return nil }
        let text = source[start..<tag.end]
        var mark: [UInt8] = []
        switch tag.name {
        case Wikitext.tableName where !tag.isEnd:
            if open.lastEnd == nil { open.lastEnd = Wikitext.lastTableEnd(source) }
            if start > open.lastEnd ?? 0 { return nil }
            open.count += 1
            mark = Array("{|\n".utf8)
        case Wikitext.tableName where open.count > 0:
            open.count -= 1
            mark = Array("|}\n".utf8)
        case Wikitext.rowName where open.count > 0: mark = Array(tag.isEnd ? "".utf8 : "|-\n".utf8)
        case Wikitext.cellName where open.count > 0, Wikitext.headerName where open.count > 0:
            if tag.isEnd { break }
            mark.append(tag.name == Wikitext.cellName ? UInt8(ascii: "|") : UInt8(ascii: "!"))
            for name in ["colspan", "rowspan"] as [StaticString] {
                let span = Wikitext.number(name, text)
                if span > 1 { mark += "\(name)=\(span) ".utf8 }
            }
            mark.append(UInt8(ascii: "|"))
        case Wikitext.captionName where open.count > 0: mark = Array(tag.isEnd ? "".utf8 : "|+|".utf8)
        default: return nil
        }
        counts.remove(.wikiMarkup, Wikitext.visible(text) - Wikitext.visible(mark))
        out.append(0x0A)
        out += mark
        return tag.end
    }

    private static let tableName = PackedName.of("table".utf8)
    private static let rowName = PackedName.of("tr".utf8)
    private static let cellName = PackedName.of("td".utf8)
    private static let headerName = PackedName.of("th".utf8)
    private static let captionName = PackedName.of("caption".utf8)

    private static func lastTableEnd(_ source: UnsafeBufferPointer<UInt8>) -> Int {
        var last = -1
        var index = 0
        while let end = find("</table", in: source, from: index, ignoringCase: true) {
            last = end
            index = end + 1
        }
        return last
    }

    /// Appends a tag that runs over several lines on one; one past its end, nil where it is none.
    static func tagOverLines(_ source: UnsafeBufferPointer<UInt8>, _ start: Int, _ out: inout [UInt8]) -> Int? {
        guard let tag = htmlTag(source, start), tags.contains(tag.name),
            first(0x0A, in: source[start..<tag.end], from: start) != nil
        else { return nil }
        for byte in source[start..<tag.end] { out.append(byte == 0x0A ? 0x20 : byte) }
        return tag.end
    }

    /// The tag that begins at `start`: its name, whether it is an end tag, and one past its end.
    private static func htmlTag(
        _ source: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> (name: UInt128, isEnd: Bool, end: Int)? {
        let isEnd = start + 1 < source.count && source[start + 1] == UInt8(ascii: "/")
        let name = tagName(source[min(source.count, start + (isEnd ? 2 : 1))...])
        guard !name.isEmpty,
            let end = first(
                UInt8(ascii: ">"), in: source[name.endIndex..<min(source.count, name.endIndex + longestTag)],
                from: name.endIndex)
        else { return nil }
        return (PackedName.of(name), isEnd, end + 1)
    }

    /// The letters and digits at the front.
    static func tagName(_ text: Text) -> Text {
        text.prefix {
            let small = MarkupTextCounter.lowered($0)
            return small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z") || $0 >= 0x30 && $0 <= 0x39
        }
    }
}
