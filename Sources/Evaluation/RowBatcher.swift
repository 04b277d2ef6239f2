public import Shards
internal import Tensors
public import Transformers

/// Puts rows, which are whole blocks or parts of them, into one batch without padding.
///
/// Every token predicts the next one of its segment (of its block where segments are not isolated), the last token of a cut row
/// too: only a segment's own last token has no target. A token outside the loss spans of its block is read and is no target. Positions
/// start at 0 where the segment or the row starts.
public struct RowBatcher {
    /// Whether attention, positions and targets stay inside a segment.
    public let isolatesSegments: Bool
    private var tokens: [Int32] = []
    private var labels: [Int32] = []
    private var positions: [Int32] = []
    private var segments: [AttentionSegment] = []

    /// An empty batch.
    public init(isolatesSegments: Bool = true) { self.isolatesSegments = isolatesSegments }

    /// Number of tokens so far.
    public var count: Int { tokens.count }

    /// Adds the tokens of `block` at the positions of `range`, but for padding.
    public mutating func append(_ block: TokenBlock, _ range: Range<Int>) {
        append(
            block.tokens, segmentEnds: block.segmentEnds.map { Int($0) }, range, lossSpans: block.lossSpans)
    }

    /// - Parameter lossSpans: The positions that are learnt, ascending and apart; nil: all.
    mutating func append(
        _ ids: [UInt32], segmentEnds: [Int], _ range: Range<Int>, lossSpans: [Range<Int>]? = nil
    ) {
        let ends = isolatesSegments ? segmentEnds : segmentEnds.suffix(1)
        var segmentStart = 0
        var span = 0
        func isTarget(_ place: Int) -> Bool {
            guard let lossSpans else { return true }
            while span < lossSpans.count, lossSpans[span].upperBound <= place { span += 1 }
            return span < lossSpans.count && lossSpans[span].lowerBound <= place
        }
        for segmentEnd in ends {
            let start = max(segmentStart, range.lowerBound)
            let end = min(segmentEnd, range.upperBound)
            segmentStart = segmentEnd
            if start >= end { continue }
            segments.append(
                AttentionSegment(
                    queryStart: tokens.count, queryCount: end - start, keyStart: tokens.count, keyCount: end - start))
            for place in start..<end {
                // Ids that do not fit are clamped: the model then refuses them as outside its vocabulary.
                tokens.append(Int32(clamping: ids[place]))
                labels.append(
                    place + 1 < segmentEnd && isTarget(place + 1) ? Int32(clamping: ids[place + 1]) : -1)
                positions.append(Int32(place - start))
            }
        }
    }

    /// The rows so far as a batch; the next `append` starts an empty one.
    public mutating func take() -> TokenBatch {
        let batch = TokenBatch(tokens: tokens, labels: labels, positions: positions, segments: segments)
        self = RowBatcher(isolatesSegments: isolatesSegments)
        return batch
    }
}
