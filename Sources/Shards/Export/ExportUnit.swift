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

extension ShardDataset {
    /// Calls `body` with every record in the stored order. Memory is one shard and the longest document.
    package func forEachRecord(
        _ unit: ExportUnit, progress: ExportProgress = { _, _ in }, _ body: (ExportRecord) throws -> Void
    ) throws {
        var joiner = SegmentJoiner(joins: index.joinsSegments)
        func flush() throws {
            while let joined = joiner.next() {
                try joined.content.ids.withUnsafeBufferPointer {
                    try body(ExportRecord(joined.content, row: joined.row, $0))
                }
            }
        }
        var buffer: [UInt32] = []
        for shard in index.shards.indices {
            progress(shard, index.shards.count)
            try forEachBlock(ofShard: shard) { block in
                if buffer.count < block.count { buffer = [UInt32](repeating: 0, count: block.count) }
                try buffer.withUnsafeMutableBufferPointer { buffer in
                    let own = UnsafeMutableBufferPointer(rebasing: buffer[..<block.count])
                    block.copyTokens(to: own)
                    let ids = UnsafeBufferPointer(own)
                    switch unit {
                    case .block: try body(ExportRecord(block, ids))
                    case .document:
                        joiner.add(
                            block: block.index, ids, ends: block.segmentEnds, rows: block.segmentDocuments,
                            loss: block.lossSpans)
                    }
                }
                try flush()
            }
        }
        joiner.close()
        try flush()
        progress(index.shards.count, index.shards.count)
    }

    /// Calls `body` with the records of an export.
    func forEachRecord(
        _ unit: ExportUnit, of documents: (any WholeDocuments)?, progress: @escaping ExportProgress,
        _ body: (ExportRecord) throws -> Void
    ) throws {
        if unit == .document, let documents { return try documents.forEach(progress: progress, body) }
        try forEachRecord(unit, progress: progress, body)
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
