/// What one record of an export is.
public enum ExportUnit: String, Sendable, CaseIterable {
    /// A document, put together from its segments where they stand one after the other; padding is left out.
    case document
    /// A block as it is, with its padding.
    case block
}

/// What an export wrote.
public struct ExportSummary: Sendable, Equatable {
    /// Documents or blocks.
    public var records = 0
    /// Token ids, of blocks with their padding.
    public var tokens = 0
    /// Bytes of all files.
    public var bytes = 0

    /// A summary.
    public init(records: Int = 0, tokens: Int = 0, bytes: Int = 0) {
        self.records = records
        self.tokens = tokens
        self.bytes = bytes
    }
}

/// A record on its way into an export.
struct ExportRecord {
    var ids: UnsafeBufferPointer<UInt32>
    var segmentEnds: [UInt32]
    var rows: [UInt32]
}

extension ShardDataset {
    /// Calls `body` with every record in the stored order. Memory is one shard and the longest document.
    func forEachRecord(_ unit: ExportUnit, _ body: (ExportRecord) throws -> Void) throws {
        var joiner = SegmentJoiner(joins: index.joinsSegments)
        func flush() throws {
            while let document = joiner.next() {
                try document.ids.withUnsafeBufferPointer {
                    try body(
                        ExportRecord(
                            ids: $0, segmentEnds: [UInt32(clamping: $0.count)], rows: document.row.map { [$0] } ?? []))
                }
            }
        }
        var buffer: [UInt32] = []
        for shard in index.shards.indices {
            try forEachBlock(ofShard: shard) { block in
                if buffer.count < block.count { buffer = [UInt32](repeating: 0, count: block.count) }
                try buffer.withUnsafeMutableBufferPointer { buffer in
                    let own = UnsafeMutableBufferPointer(rebasing: buffer[..<block.count])
                    block.copyTokens(to: own)
                    let ids = UnsafeBufferPointer(own)
                    switch unit {
                    case .block:
                        try body(ExportRecord(ids: ids, segmentEnds: block.segmentEnds, rows: block.segmentDocuments))
                    case .document:
                        joiner.add(
                            block: block.index, ids, ends: block.segmentEnds, rows: block.segmentDocuments)
                    }
                }
                try flush()
            }
        }
        joiner.close()
        try flush()
    }

    /// Whether every id that may occur fits into 16 bits.
    var fitsUInt16: Bool {
        if let vocabularySize { return vocabularySize <= 1 << 16 }
        return index.shards.allSatisfy { entry in
            switch entry.columns.first(where: { $0.name == options.tokensColumn })?.encoding {
            case .fixedArray(let element, _), .array(let element): element == .uint8 || element == .uint16
            case .bytes: options.bytesElement == .uint8 || options.bytesElement == .uint16
            default: false
            }
        }
    }
}
