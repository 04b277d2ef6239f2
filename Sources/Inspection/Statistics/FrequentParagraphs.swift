/// Paragraphs that come often within a part of `documents/`. Where a corpus has more different ones than can be remembered, these are how one
/// that stands everywhere is found all the same: what it has in each part where it is among the first adds up to a count that is not too large.
struct FrequentParagraphs {
    /// So many of each part.
    static let perPart = 64

    private var part = ParagraphTally(most: Int.max)
    private var found: [UInt64: ParagraphTally.Entry] = [:]

    /// In no order that means anything.
    var entries: [ParagraphTally.Entry] { Array(found.values) }

    mutating func add(_ entry: ParagraphTally.Entry) { part.insert(entry) }

    /// Takes the first of what was added since the part before.
    mutating func endPart() {
        for entry in part.heaviest(FrequentParagraphs.perPart) { take(entry) }
        part.removeAll()
    }

    mutating func merge(_ other: FrequentParagraphs) {
        for entry in other.found.values { take(entry) }
    }

    private mutating func take(_ entry: ParagraphTally.Entry) {
        guard var known = found[entry.hash] else {
            found[entry.hash] = entry
            return
        }
        known.count = known.count.addingReportingOverflow(entry.count).partialValue
        known.place = min(known.place, entry.place)
        found[entry.hash] = known
    }
}
