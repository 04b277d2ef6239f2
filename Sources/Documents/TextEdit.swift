/// A stretch of a text that goes, and what stands there instead.
public struct TextEdit: Sendable, Equatable {
    /// First byte and one past the last, at the beginnings of characters.
    public var range: Range<Int>
    /// The rule that the ledger books it under.
    public var rule: String
    /// What takes its place, in UTF-8; empty: nothing.
    public var replacement: [UInt8]

    /// An edit.
    public init(_ range: Range<Int>, rule: String, replacement: [UInt8] = []) {
        self.range = range
        self.rule = rule
        self.replacement = replacement
    }

    /// The edits in the order of the text, none overlapping another: of what two take the earlier keeps its beginning, the later one what is
    /// left of it; empty edits go. Of two that begin together the longer is the first, then the one that stands first in `edits`.
    public static func ordered(_ edits: [TextEdit]) -> [TextEdit] {
        let sorted = edits.enumerated().sorted {
            ($0.element.range.lowerBound, -$0.element.range.count, $0.offset)
                < ($1.element.range.lowerBound, -$1.element.range.count, $1.offset)
        }
        var ordered: [TextEdit] = []
        var end = 0
        for var edit in sorted.map(\.element) {
            if edit.range.lowerBound < end {
                // What is left of a stretch whose beginning is gone already goes without a mark of its own.
                edit.range = end..<max(end, edit.range.upperBound)
                edit.replacement = []
            }
            if edit.range.isEmpty { continue }
            end = edit.range.upperBound
            ordered.append(edit)
        }
        return ordered
    }
}
