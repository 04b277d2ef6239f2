/// What becomes of the matches that a text is split at.
enum SplitBehavior: String, Sendable, CaseIterable {
    /// They go.
    case removed = "Removed"
    /// Each is a piece.
    case isolated = "Isolated"
    /// Each ends the piece before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// Each begins the piece behind it.
    case mergedWithNext = "MergedWithNext"
    /// A row of them is one piece.
    case contiguous = "Contiguous"

    /// A match, or what is between two.
    struct Segment {
        var range: Range<Int>
        var isMatch: Bool
    }

    /// Calls `body` with the pieces that `segments`, which cover a text, come to.
    func forEachPart(_ segments: [Segment], _ body: (Range<Int>) -> Void) {
        switch self {
        case .removed: for segment in segments where !segment.isMatch { body(segment.range) }
        case .isolated: for segment in segments { body(segment.range) }
        case .contiguous: join(segments, body) { $0.isMatch == $1.isMatch }
        case .mergedWithPrevious: join(segments, body) { !$0.isMatch && $1.isMatch }
        case .mergedWithNext: join(segments, body) { $0.isMatch && !$1.isMatch }
        }
    }

    /// Joins segments to the one before where `joins` says so of the two.
    private func join(_ segments: [Segment], _ body: (Range<Int>) -> Void, _ joins: (Segment, Segment) -> Bool) {
        var start = 0
        for index in segments.indices where index > 0 && !joins(segments[index - 1], segments[index]) {
            body(segments[start].range.lowerBound..<segments[index - 1].range.upperBound)
            start = index
        }
        if let last = segments.last { body(segments[start].range.lowerBound..<last.range.upperBound) }
    }
}
