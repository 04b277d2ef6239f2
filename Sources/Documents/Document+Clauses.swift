import Files

extension Document {
    /// The document as one record a clause: a heading and the text up to the next one that begins a clause.
    ///
    /// A heading with a number begins one, or with a dash where its number would be (`– SIB1`, as 3GPP names the types of a protocol); so
    /// does a heading at the top level of the document, and every heading where none has a number.
    /// What stands before the first is a record of its own. A document without headings is one record, itself.
    ///
    /// The records hold the document's text in order; blank lines between them are booked as `clause-separator`. Their ledgers add up to the
    /// document's: the first carries its rules. `metadata.other` gains `clause` (the number), `clause_title`, `clause_path` (number and title of
    /// every heading from the top), `parent` (the id of the record it stands under) and `whole` (the id of the document, unless the document is
    /// part of a whole itself). The id of a record is a hash of the document's id and its number, of its path where it has no number; a
    /// further clause of one number is told apart by its text. Cost: a copy of the text.
    public func clauses() -> [Document] {
        let outline = ClauseOutline(self)
        let starts = Document.clauseStarts(outline)
        if starts.isEmpty { return [self] }
        var firstSpans = starts.map { outline.headings[$0].span }
        var owners: [Int?] = starts
        // The cut is where the first heading begins; what is before it has no heading.
        if spans[firstSpans[0]].start > 0 {
            firstSpans.insert(0, at: 0)
            owners.insert(nil, at: 0)
        }
        var ids: [Int: String] = [:]
        var taken: [String: Int] = [:]
        var records: [Document] = []
        for (index, owner) in owners.enumerated() {
            let start = index == 0 ? 0 : spans[firstSpans[index]].start
            let last = index + 1 == owners.count
            let end = last ? text.count : spans[firstSpans[index + 1]].start
            var trimmed = end
            if !last { while trimmed > start, Document.isWhite(text[trimmed - 1]) { trimmed -= 1 } }
            let content = Array(text[start..<trimmed])
            var record = Document(
                id: clauseIdentifier(outline, owner, content, &taken), source: source, text: content,
                metadata: metadata, place: place)
            if !fragment.isEmpty { record.narrow(to: fragment) }
            for span in spans[firstSpans[index]..<(last ? spans.count : firstSpans[index + 1])] {
                record.spans.append(
                    TextSpan(
                        kind: span.kind, start: min(span.start, trimmed) - start, end: min(span.end, trimmed) - start,
                        level: span.level))
            }
            let scalars = content.withUnsafeBytes(unicodeScalarCount)
            record.ledger = ExtractionLedger(source: scalars + end - trimmed, written: scalars)
            record.ledger.remove(end - trimmed, rule: "clause-separator")
            if let owner {
                ids[owner] = record.id
                record.describeClause(outline, owner, ids)
                let label = outline.headings[owner].label
                record.narrow(to: "clause " + (label.number ?? label.title))
            }
            if record.metadata.other["whole"] == nil { record.metadata.other["whole"] = .string(id) }
            records.append(record)
        }
        // What reading added and removed, and a ledger that is open, stay with the first.
        let written = records.reduce(0) { $0 + $1.ledger.source }
        records[0].ledger.source += ledger.source - written
        records[0].ledger.added.merge(ledger.added, uniquingKeysWith: +)
        records[0].ledger.removed.merge(ledger.removed, uniquingKeysWith: +)
        return records
    }

    /// The stretches of the text that `clauses` makes records of, in order, without white space at their ends; all of the text where it
    /// has no headings.
    public func clauseRanges() -> [Range<Int>] {
        let outline = ClauseOutline(self)
        var starts = Document.clauseStarts(outline).map { spans[outline.headings[$0].span].start }
        if starts.first != 0 { starts.insert(0, at: 0) }
        return starts.indices.compactMap { index in
            var end = index + 1 < starts.count ? starts[index + 1] : text.count
            while end > starts[index], Document.isWhite(text[end - 1]) { end -= 1 }
            return end > starts[index] ? starts[index]..<end : nil
        }
    }

    /// The indices of the headings that begin a clause.
    private static func clauseStarts(_ outline: ClauseOutline) -> [Int] {
        let isNumbered = outline.headings.contains { !$0.label.parts.isEmpty }
        let top = outline.headings.map(\.level).min()
        return outline.headings.indices.filter {
            let heading = outline.headings[$0]
            return !isNumbered || !heading.label.parts.isEmpty || heading.level == top || heading.label.isDashed
        }
    }

    private func clauseIdentifier(
        _ outline: ClauseOutline, _ owner: Int?, _ content: [UInt8], _ taken: inout [String: Int]
    ) -> String {
        var place = "clause"
        if let owner {
            let heading = outline.headings[owner]
            if let number = heading.label.number {
                place += " " + number
            } else {
                for step in outline.path(to: owner) { place += "/" + outline.headings[step].label.text }
            }
        }
        let copies = taken[place] ?? 0
        taken[place] = copies + 1
        if copies == 0 { return Document.identifier(source: source, relativePath: id, place: place) }
        // Clauses of one number are told apart by what they say, equal ones by how many equal ones stand before.
        place += "#" + Hexadecimal.text(of: content.withUnsafeBytes { XXHash3.hash64($0) })
        let equals = taken[place] ?? 0
        taken[place] = equals + 1
        return Document.identifier(
            source: source, relativePath: id, place: place + (equals == 0 ? "" : "#\(equals)"))
    }

    private mutating func describeClause(_ outline: ClauseOutline, _ owner: Int, _ ids: [Int: String]) {
        let label = outline.headings[owner].label
        if let number = label.number { metadata.other["clause"] = .string(number) }
        metadata.other["clause_title"] = .string(label.title)
        let path = outline.path(to: owner)
        metadata.other["clause_path"] = .array(path.map { .string(outline.headings[$0].label.text) })
        if let parent = path.dropLast().last(where: { ids[$0] != nil }) {
            metadata.other["parent"] = .string(ids[parent] ?? "")
        }
    }

    private static func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }
}

extension HeadingLabel {
    /// Number and title in one line: `5.3.2 General`, `Annex A Change history`.
    public var text: String {
        let front = number.map { isAnnex ? "Annex \($0)" : $0 } ?? ""
        return front.isEmpty || title.isEmpty ? front + title : "\(front) \(title)"
    }
}
