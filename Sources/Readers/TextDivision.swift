import CXML2
import Documents
import Files
import Glibc

/// Divides a text that is too long into parts that follow one another without loss: the parts in order are the text.
struct TextDivision {
    let limit: Int

    /// Where the part that begins at `start` ends: the last paragraph end within the limit, else the last line end, else the last
    /// scalar boundary.
    func end(ofPartFrom start: Int, in text: UnsafeRawBufferPointer) -> Int {
        let limit = max(self.limit, 4)
        if text.count - start <= limit { return text.count }
        let window = start + limit
        var line = -1
        var index = window
        while index > start {
            guard let hit = memrchr(text.baseAddress! + start, 0x0A, index - start) else { break }
            let feed = text.baseAddress!.distance(to: hit)
            if line < 0 { line = feed + 1 }
            if feed > start, endsParagraph(feed, text, start) { return feed + 1 }
            index = feed
        }
        if line > start { return line }
        var boundary = window
        while boundary > start, text[boundary] & 0xC0 == 0x80 { boundary -= 1 }
        return boundary > start ? boundary : window
    }

    /// Whether the line feed at `feed` follows another one, with nothing but white space between.
    private func endsParagraph(_ feed: Int, _ text: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        var index = feed - 1
        while index > start, text[index] == 0x0D || text[index] == 0x20 || text[index] == 0x09 { index -= 1 }
        return index > start && text[index] == 0x0A
    }
}

extension Document {
    /// Emits the document, or its parts where `text` is longer than `limit`. `place` is the document's own place in its file.
    ///
    /// `text` stands in for `self.text`. Every part carries the spans that fall
    /// into it and the id of the whole in `metadata.other["whole"]`. The first part carries the rules of the ledger, every other one
    /// what it holds, so the parts close if and only if the whole closes.
    func emitDivided(
        _ text: consuming [UInt8], input: InputFile, place: String, limit: Int, _ emit: (Document) throws -> Void
    ) throws {
        if text.count > limit {
            return try text.withUnsafeBytes {
                try emitDivided($0, input: input, place: place, limit: limit, emit)
            }
        }
        var whole = self
        whole.text = text
        try emit(whole)
    }

    /// Emits the document as above; of memory that is not ours a part is copied at a time.
    func emitDivided(
        _ text: UnsafeRawBufferPointer, input: InputFile, place: String, limit: Int, _ emit: (Document) throws -> Void
    ) throws {
        var whole = self
        if text.count <= limit {
            whole.text = Array(text)
            return try emit(whole)
        }
        let division = TextDivision(limit: limit)
        var start = 0
        var number = 1
        var firstSpan = 0
        let firstEnd = division.end(ofPartFrom: 0, in: text)
        let rest = unicodeScalarCount(UnsafeRawBufferPointer(rebasing: text[firstEnd...]))
        while start < text.count {
            let end = number == 1 ? firstEnd : division.end(ofPartFrom: start, in: text)
            let slice = UnsafeRawBufferPointer(rebasing: text[start..<end])
            var part = Document(
                id: Document.identifier(
                    source: source, relativePath: input.relativePath, place: "\(place)#part-\(number)"),
                source: source, text: Array(slice), metadata: metadata, place: self.place)
            if !fragment.isEmpty { part.narrow(to: fragment) }
            part.narrow(to: "part-\(number)")
            part.metadata.part = number
            if part.metadata.other["whole"] == nil { part.metadata.other["whole"] = .string(id) }
            part.spans = Document.spans(spans, in: start..<end, from: &firstSpan)
            if number == 1 {
                part.ledger = ledger
                part.ledger.source -= rest
                part.ledger.written -= rest
            } else {
                let scalars = unicodeScalarCount(slice)
                part.ledger = ExtractionLedger(source: scalars, written: scalars)
            }
            try emit(part)
            start = end
            number += 1
        }
    }

    /// The spans that touch `range`, cut to it and counted from its start. `first` moves on to the first span that may touch what
    /// follows.
    private static func spans(_ all: [TextSpan], in range: Range<Int>, from first: inout Int) -> [TextSpan] {
        var found: [TextSpan] = []
        var index = first
        while index < all.count, all[index].start < range.upperBound {
            var span = all[index]
            if span.end <= range.upperBound { first = index + 1 }
            span.start = max(span.start, range.lowerBound) - range.lowerBound
            span.end = min(span.end, range.upperBound) - range.lowerBound
            if span.end > span.start { found.append(span) }
            index += 1
        }
        return found
    }
}
