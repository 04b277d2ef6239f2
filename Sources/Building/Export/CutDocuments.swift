import Packing
import Parallel
import Shards

/// The documents of one side that stand in pieces anywhere: their framed tokens one behind the other in a temporary file, and in a second one
/// which of them carry loss. Memory: 16 bytes a document that was cut.
struct CutDocuments: Sendable {
    /// The documents of a part that were cut: their positions in packing order, ascending, and where each begins in the files.
    private struct Places: Sendable {
        var positions: [Int] = []
        var starts: [Int] = []

        func start(of position: Int) -> Int? {
            var low = 0
            var high = positions.count
            while low < high {
                let middle = (low + high) / 2
                if positions[middle] < position { low = middle + 1 } else { high = middle }
            }
            return low < positions.count && positions[low] == position ? starts[low] : nil
        }
    }

    private let places: [Places]
    private let spill: TokenSpill
    private let losses: TokenSpill?

    /// Reads the pieces out of all shards, workers side by side. Nil where no document was cut.
    ///
    /// - Parameters:
    ///   - width: bytes of an id, 2 or 4.
    ///   - folder: where the temporary files lie.
    init?(
        _ blocks: PlacedBlocks, width: Int, in folder: String, _ pool: WorkerPool, _ meter: WorkMeter
    ) throws {
        var end = 0
        places = blocks.parts.map { part in
            var places = Places()
            for position in part.order.indices {
                let framed = part.layout.framedCount(ofDocument: position)
                if framed <= part.layout.options.length { continue }
                places.positions.append(position)
                places.starts.append(end)
                end += framed
            }
            return places
        }
        if end == 0 { return nil }
        let spill = try TokenSpill(in: folder, width: width)
        let losses = blocks.dataset.hasLossSpans ? try TokenSpill(in: folder, width: 2) : nil
        let places = places
        try pool.forEach(blocks.dataset.index.shards.count) { shard, _ in
            try blocks.forEach(ofShard: shard) { block, part, segments in
                var ids: [UInt32] = []
                for segment in segments {
                    guard let start = places[part].start(of: segment.document) else { continue }
                    if ids.isEmpty { ids = block.tokens }
                    try ids[segment.start..<segment.end].withUnsafeBufferPointer {
                        try spill.write($0, at: start + segment.offset)
                    }
                    guard let losses else { continue }
                    let flags = CutDocuments.flags(block.lossSpans, segment.start..<segment.end)
                    try flags.withUnsafeBufferPointer { try losses.write($0, at: start + segment.offset) }
                }
            }
            meter.add(1)
        }
        self.spill = spill
        self.losses = losses
    }

    /// Where a document begins; nil for one that was not cut.
    func start(part: Int, position: Int) -> Int? { places[part].start(of: position) }

    /// The `count` framed tokens of the document that begins at `start`.
    func document(at start: Int, count: Int) throws -> GrowingDocument {
        let ids = try CutDocuments.read(spill, start, count)
        let loss = try losses.map { CutDocuments.spans(of: try CutDocuments.read($0, start, count)) }
        var document = GrowingDocument()
        ids.withUnsafeBufferPointer { document.append($0, of: 0..<count, loss: loss) }
        return document
    }

    private static func read(_ spill: TokenSpill, _ start: Int, _ count: Int) throws -> [UInt32] {
        try [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            try spill.read(start, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            filled = count
        }
    }

    /// 1 for each place of a stretch that carries loss, else 0.
    private static func flags(_ spans: [Range<Int>]?, _ stretch: Range<Int>) -> [UInt32] {
        guard let spans else { return [UInt32](repeating: 1, count: stretch.count) }
        var flags = [UInt32](repeating: 0, count: stretch.count)
        for span in spans where span.overlaps(stretch) {
            for place in span.clamped(to: stretch) { flags[place - stretch.lowerBound] = 1 }
        }
        return flags
    }

    private static func spans(of flags: [UInt32]) -> [Range<Int>] {
        var spans: [Range<Int>] = []
        var place = 0
        while let start = flags[place...].firstIndex(of: 1) {
            place = flags[start...].firstIndex(of: 0) ?? flags.count
            spans.append(start..<place)
        }
        return spans
    }
}
