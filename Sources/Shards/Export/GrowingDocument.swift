/// Token ids that grow stretch by stretch, with the places of them that carry loss.
package struct GrowingDocument {
    /// The ids.
    package private(set) var ids: [UInt32] = []
    /// The places that carry loss: ascending, not empty, none touches the next; nil while no stretch said which of its own do, and all do.
    package private(set) var lossSpans: [Range<Int>]?

    /// Nothing yet.
    package init() {}

    /// Appends a stretch of a record. Cost: its ids, and a binary search in the spans.
    ///
    /// - Parameter loss: The places of the record that carry loss, ascending and apart; nil: all.
    package mutating func append(_ record: UnsafeBufferPointer<UInt32>, of stretch: Range<Int>, loss: [Range<Int>]?) {
        let start = ids.count
        ids.append(contentsOf: UnsafeBufferPointer(rebasing: record[stretch]))
        if loss == nil, lossSpans == nil { return }
        if lossSpans == nil { lossSpans = start > 0 ? [0..<start] : [] }
        guard let loss else { return add(start..<ids.count) }
        var low = 0
        var high = loss.count
        while low < high {
            let middle = (low + high) / 2
            if loss[middle].upperBound > stretch.lowerBound { high = middle } else { low = middle + 1 }
        }
        let shift = start - stretch.lowerBound
        for span in loss[low...] {
            if span.lowerBound >= stretch.upperBound { break }
            let here = span.clamped(to: stretch)
            add(here.lowerBound + shift..<here.upperBound + shift)
        }
    }

    private mutating func add(_ span: Range<Int>) {
        if span.isEmpty { return }
        if let last = lossSpans?.last, last.upperBound == span.lowerBound {
            lossSpans?.removeLast()
            lossSpans?.append(last.lowerBound..<span.upperBound)
        } else {
            lossSpans?.append(span)
        }
    }
}
