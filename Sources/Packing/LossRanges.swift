/// Which own tokens of a document carry loss, where not all do.
///
/// A document without such ranges carries loss everywhere, its separators included. With ranges the begin token carries none, and the end
/// token does where the last own token does: what is learnt up to its end is learnt to end there.
public struct LossRanges: Sendable, Equatable {
    /// Own tokens of the document.
    public let count: Int
    /// Own tokens that carry loss: ascending, not empty, none touches the next.
    public let carrying: [Range<Int>]

    /// Tokens of these ranges carry loss, of which there may be empty and touching ones, in any order; what is beyond the document
    /// is cut off.
    public init(carrying ranges: [Range<Int>], count: Int) {
        self.count = count
        var merged: [Range<Int>] = []
        for range in ranges.map({ $0.clamped(to: 0..<count) }).filter({ !$0.isEmpty }).sorted(by: {
            $0.lowerBound < $1.lowerBound
        }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        carrying = merged
    }

    /// Tokens of these ranges carry none, all others do.
    public init(without ranges: [Range<Int>], count: Int) {
        let none = LossRanges(carrying: ranges, count: count).carrying
        var carrying: [Range<Int>] = []
        var start = 0
        for range in none {
            carrying.append(start..<range.lowerBound)
            start = range.upperBound
        }
        carrying.append(start..<count)
        self.init(carrying: carrying, count: count)
    }

    /// Whether every own token carries loss: such a document needs no ranges.
    public var isComplete: Bool { carrying == [0..<count] || count == 0 }

    /// The tokens that have a byte in one of these ranges of bytes, ascending and apart. Cost: one pass over both.
    ///
    /// - Parameters:
    ///   - starts: For each own token the first byte of the text it stands for, ascending.
    ///   - ends: One past the last byte of each, ascending; a token of no bytes belongs to none.
    public static func tokens(overlapping bytes: [Range<Int>], starts: [Int], ends: [Int]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var next = 0
        for (token, (start, end)) in zip(starts, ends).enumerated() {
            while next < bytes.count, bytes[next].isEmpty || bytes[next].upperBound <= start { next += 1 }
            if next == bytes.count { break }
            if bytes[next].lowerBound < end, start < end {
                if let last = ranges.last, last.upperBound == token {
                    ranges[ranges.count - 1] = last.lowerBound..<token + 1
                } else {
                    ranges.append(token..<token + 1)
                }
            }
        }
        return ranges
    }
}

extension BlockLayout {
    /// The positions of a block that carry loss: ascending, not empty, none touches the next. Padding never does.
    ///
    /// - Parameter ranges: What carries loss in a document; nil: all of it. Asked once for each segment.
    public func lossSpans(
        ofBlock block: Int, ranges: (_ document: Int) throws -> LossRanges?
    ) rethrows -> [Range<Int>] {
        var spans: [Range<Int>] = []
        func add(_ span: Range<Int>) {
            if span.isEmpty { return }
            if let last = spans.last, last.upperBound == span.lowerBound {
                spans[spans.count - 1] = last.lowerBound..<span.upperBound
            } else {
                spans.append(span)
            }
        }
        let leading = options.separator.hasBegin ? 1 : 0
        for segment in segments(ofBlock: block) {
            guard let loss = try ranges(segment.document) else {
                add(segment.start..<segment.end)
                continue
            }
            precondition(
                loss.count == tokenCount(ofDocument: segment.document), "loss ranges of another document")
            // Framed tokens of the document that stand here.
            let here = segment.offset..<segment.offset + segment.count
            let shift = segment.start - segment.offset
            // A document may have many ranges, most of them in other blocks.
            let first = firstIndex(below: loss.carrying.count) {
                loss.carrying[$0].upperBound + leading + 1 > here.lowerBound
            }
            for range in loss.carrying[first...] {
                var framed = range.lowerBound + leading..<range.upperBound + leading
                if framed.lowerBound >= here.upperBound { break }
                if range.upperBound == loss.count, options.separator.hasEnd {
                    framed = framed.lowerBound..<framed.upperBound + 1
                }
                let span = framed.clamped(to: here)
                add(span.lowerBound + shift..<span.upperBound + shift)
            }
        }
        return spans
    }
}
