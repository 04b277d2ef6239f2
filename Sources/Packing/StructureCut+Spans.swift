public import Documents

extension StructureCut {
    /// Where something ends in a text: clauses before each heading that does not follow another one, paragraphs at line ends and at the ends of
    /// spans, rows at line ends inside tables. Ascending in bytes, one rank a place. Cost: a pass over the text.
    ///
    /// - Parameter text: UTF-8.
    /// - Parameter spans: Ascending, as a `Document` has them; a text without spans has paragraphs only.
    public static func places(in text: [UInt8], spans: [TextSpan]) -> [(byte: Int, rank: Rank)] {
        var places: [(byte: Int, rank: Rank)] = []
        func add(_ byte: Int, _ rank: Rank) {
            guard byte > 0, byte < text.count else { return }
            if let last = places.last, last.byte == byte {
                places[places.count - 1].rank = max(last.rank, rank)
            } else {
                places.append((byte, rank))
            }
        }
        var span = 0
        var line = 0
        while line < text.count {
            let end = text[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
            while span < spans.count, spans[span].end <= line { span += 1 }
            // The span that the next line begins in says what ends here.
            var next = span
            while next < spans.count, spans[next].end <= end { next += 1 }
            let isInTable = span < spans.count && spans[span].kind == .table && spans[span].start < end
            let isInHeading = span < spans.count && spans[span].kind == .heading && spans[span].start < end
            let staysInTable = isInTable && next == span
            let headingFollows =
                next < spans.count && spans[next].kind == .heading && isBlank(text[end..<max(end, spans[next].start)])
            if isInHeading {
                // A heading and what it is the title of stay together.
            } else if headingFollows {
                add(end, .clause)
            } else if staysInTable {
                add(end, .row)
            } else {
                add(end, .paragraph)
            }
            line = end
        }
        return places
    }

    private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }
}
