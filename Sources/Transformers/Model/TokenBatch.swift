public import Tensors

/// Tokens to run through a model: any number of rows of any lengths, one after the other without padding.
///
/// Attention never crosses a row. With isolation it never crosses a segment either, positions start at 0 in each segment, and the last
/// token of a segment has no label: one document never changes what another one yields.
public struct TokenBatch: Sendable {
    /// All tokens.
    public let tokens: [Int32]
    /// What each token should predict; negative for nothing.
    public let labels: [Int32]
    /// The position of each token for the rotary embedding.
    public let positions: [Int32]
    /// Who sees whom.
    public let segments: [AttentionSegment]
    /// Where each row starts in `tokens`, and the end of the last.
    public let rowStarts: [Int]

    /// Number of tokens.
    public var count: Int { tokens.count }
    /// Number of tokens that have a label: what a mean loss divides by.
    public var labelCount: Int { labels.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) } }

    /// A batch from everything stated: `segments` cover all tokens.
    public init(tokens: [Int32], labels: [Int32], positions: [Int32], segments: [AttentionSegment]) {
        precondition(labels.count == tokens.count && positions.count == tokens.count)
        precondition(segments.reduce(0) { $0 + $1.queryCount } == tokens.count, "segments must cover all tokens")
        self.tokens = tokens
        self.labels = labels
        self.positions = positions
        self.segments = segments
        rowStarts = [0, tokens.count]
    }

    /// Rows whose tokens predict the next token of their row.
    ///
    /// - Parameters:
    ///   - rows: the tokens of each row.
    ///   - segmentEnds: for each row the ends of its segments, rising, at most the row's length; what follows the last end is padding
    ///     and left out. Nil: every row is one segment.
    ///   - isolatesSegments: false lets attention, positions and labels run through a whole row.
    ///   - learns: for each token of each row whether predicting it counts; nil: all.
    public init(
        rows: [[Int32]], segmentEnds: [[Int]]? = nil, isolatesSegments: Bool = true, learns: [[Bool]]? = nil
    ) {
        precondition(segmentEnds == nil || segmentEnds?.count == rows.count, "segment ends of every row or of none")
        precondition(learns == nil || learns?.count == rows.count, "a mask for every row or for none")
        var tokens: [Int32] = []
        var labels: [Int32] = []
        var positions: [Int32] = []
        var ends: [Int] = []
        var rowStarts = [0]
        for (index, row) in rows.enumerated() {
            let start = tokens.count
            let stated = segmentEnds?[index] ?? [row.count]
            let length = stated.last ?? 0
            precondition(length <= row.count, "a segment ends at \(length) of a row of \(row.count)")
            let cuts = isolatesSegments ? stated : [length]
            tokens += row[..<length]
            var segmentStart = 0
            for end in cuts where end > segmentStart {
                for place in segmentStart..<end {
                    let predicts = place + 1 < end && learns?[index][place + 1] != false
                    labels.append(predicts ? row[place + 1] : -1)
                    positions.append(Int32(place - segmentStart))
                }
                ends.append(start + end)
                segmentStart = end
            }
            rowStarts.append(tokens.count)
        }
        precondition(labels.count == tokens.count, "segment ends must rise")
        self.tokens = tokens
        self.labels = labels
        self.positions = positions
        self.segments = AttentionSegment.segments(endingAt: ends)
        self.rowStarts = rowStarts
    }
}
