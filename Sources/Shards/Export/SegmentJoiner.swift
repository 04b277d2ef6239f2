/// Puts documents together from the segments of blocks in their order: the last segment of a block goes on in the first of the next
/// where both are of one document and no padding stands between them.
struct SegmentJoiner {
    /// A whole document.
    struct Joined {
        /// Its row, where the blocks name rows.
        var row: UInt32?
        var content = GrowingDocument()
        /// The number of the block it begins in.
        var block: Int
    }

    /// Whether the last segment of a block may go on in the first of the next: as `concatenate` packs, and no other strategy.
    private let joins: Bool
    private var open: Joined?
    /// Documents that are whole, in order; the reader takes them from the front.
    private var whole: [Joined] = []
    private var taken = 0

    init(joins: Bool) { self.joins = joins }

    /// The next document that is whole.
    mutating func next() -> Joined? {
        guard taken < whole.count else {
            whole.removeAll(keepingCapacity: true)
            taken = 0
            return nil
        }
        defer { taken += 1 }
        return whole[taken]
    }

    /// Tokens of the document that may go on.
    var openCount: Int { open?.content.ids.count ?? 0 }

    /// Adds a block: its ids, the ends and rows of its segments, as many as there are ends or none at all, and where it carries loss, nil for
    /// everywhere.
    mutating func add(
        block: Int, _ ids: UnsafeBufferPointer<UInt32>, ends: [UInt32], rows: [UInt32], loss: [Range<Int>]?
    ) {
        var start = 0
        for (number, end) in ends.enumerated() {
            let row = rows.isEmpty ? nil : rows[number]
            if !(joins && number == 0 && row != nil && open?.row == row) {
                close()
                open = Joined(row: row, block: block)
            }
            open?.content.append(ids, of: start..<Int(end), loss: loss)
            start = Int(end)
        }
        // What does not reach the end of the block, or names no row, does not go on.
        if start < ids.count || rows.isEmpty { close() }
    }

    /// Nothing follows.
    mutating func close() {
        if let open { whole.append(open) }
        open = nil
    }
}
