import Documents
public import Files

/// A stretch of a document's text that stands under one heading.
public struct ClausePlace: Sendable, Equatable {
    /// Number and title of every heading from the top, ` › ` between them; empty for what stands before the first.
    public let label: String
    /// Bytes of the document's text.
    public let bytes: Range<Int>

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "clause": .string(label), "first_byte": .integer(bytes.lowerBound), "end_byte": .integer(bytes.upperBound),
        ])
    }

    /// The stretches that a document is made of, in order. Of a record that is a clause itself the headings above it come first.
    static func all(in document: Document) -> [ClausePlace] {
        let outline = ClauseOutline(document)
        let above = (document.metadata.other["clause_path"]?.items ?? []).compactMap(\.string)
        var places: [ClausePlace] = []
        var start = 0
        var label = above.joined(separator: " › ")
        func close(_ end: Int) {
            if end > start { places.append(ClausePlace(label: label, bytes: start..<end)) }
        }
        for (index, heading) in outline.headings.enumerated() {
            let begin = min(max(document.spans[heading.span].start, start), document.text.count)
            close(begin)
            start = begin
            let own = outline.path(to: index).map { outline.headings[$0].label.text }
            let prefix = above.last == own.first ? above.dropLast() : above[...]
            label = (prefix + own).joined(separator: " › ")
        }
        close(document.text.count)
        return places
    }
}
