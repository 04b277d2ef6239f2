/// One block as it lies in its shard, which it keeps in memory. Sound: its segments ascend, end inside the block, and each has
/// a document where the data set names documents; its loss spans ascend and end where padding begins.
public struct TokenBlock: Sendable {
    /// The number of the block in its data set.
    public let index: Int
    /// One past the last position of each segment. A data set without segments has one over the whole block.
    public let segmentEnds: [UInt32]
    /// The document of each segment; empty where the data set does not name documents.
    public let segmentDocuments: [UInt32]
    /// The column `loss_spans` as it is stored: pairs start, end, or 0, 0 for none. Nil where the data set has none, and everything but padding carries
    /// loss.
    public let lossBounds: [UInt32]?
    let shard: DecodedShard
    let stored: StoredNumbers

    /// Tokens in the block, padding included.
    public var count: Int { stored.count }

    /// The first position of padding; `count` where there is none.
    public var paddingStart: Int { segmentEnds.last.map(Int.init) ?? 0 }

    /// The positions of a segment.
    public func range(ofSegment segment: Int) -> Range<Int> {
        (segment == 0 ? 0 : Int(segmentEnds[segment - 1]))..<Int(segmentEnds[segment])
    }

    /// The positions that carry loss, ascending and apart; nil: all but padding.
    public var lossSpans: [Range<Int>]? {
        lossBounds.map { bounds in
            bounds == [0, 0]
                ? [] : stride(from: 0, to: bounds.count, by: 2).map { Int(bounds[$0])..<Int(bounds[$0 + 1]) }
        }
    }

    /// All ids, padding included.
    public var tokens: [UInt32] { stored.values(shard) }

    /// Writes the ids to a buffer of at least `count`. Cost: one widening copy.
    public func copyTokens(to buffer: UnsafeMutableBufferPointer<UInt32>) {
        precondition(buffer.count >= count, "a buffer of \(buffer.count) ids for a block of \(count)")
        stored.copy(shard, to: buffer)
    }

    /// Calls `body` with the block's bytes where ids are stored with 16 bits, else returns nil. They may be unaligned.
    public func withStored16<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result? {
        guard stored.element == .uint16 else { return nil }
        return try shard.withBytes(stored.bytes, body)
    }
}
