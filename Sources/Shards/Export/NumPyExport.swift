internal import Files

extension ShardDataset {
    /// Writes a folder of NumPy arrays: `tokens.npy`, [blocks, length], `uint16` or `uint32` as stored; `segment_starts.npy`,
    /// [blocks + 1], `int64`: where in the following two the segments of each block begin; `segment_ends.npy` and, where documents are
    /// named, `segment_documents.npy`, [segments], `uint32`. Of a data set with loss spans also `loss_spans.npy`, [spans, 2], `uint32`, start
    /// and end of each, and `loss_starts.npy`, [blocks + 1], `int64`: where in it the spans of each block begin. The folder gets its name
    /// when all is written. Memory: one shard. The shards are read twice, since the arrays state their shapes first. Throws
    /// `ShardFailure.invalidLayout` for blocks that differ in length.
    public func exportNumPy(
        to folder: String, progress: @escaping ExportProgress = { _, _ in }
    ) throws -> ExportSummary {
        guard let length = blockLength else {
            throw ShardFailure.invalidLayout("a NumPy array needs blocks of one length; export JSON Lines instead")
        }
        var segments = 0
        var named = 0
        var spans = 0
        let shards = index.shards.count
        for shard in index.shards.indices {
            progress(shard, 2 * shards)
            try forEachBlock(ofShard: shard) { block in
                segments += block.segmentEnds.count
                named += block.segmentDocuments.count
                spans += block.lossSpans?.count ?? (block.paddingStart > 0 ? 1 : 0)
            }
        }
        let size = fitsUInt16 ? 2 : 4
        var target = try AtomicFolder(folder)
        var tokens = try NumPyFile(target("tokens.npy"), size == 2 ? "<u2" : "<u4", shape: [blockCount, length])
        var starts = try NumPyFile(target("segment_starts.npy"), "<i8", shape: [blockCount + 1])
        var ends = try NumPyFile(target("segment_ends.npy"), "<u4", shape: [segments])
        var rows: NumPyFile?
        if segments > 0, named == segments {
            rows = try NumPyFile(target("segment_documents.npy"), "<u4", shape: [segments])
        }
        var lossStarts: NumPyFile?
        var losses: NumPyFile?
        if hasLossSpans {
            lossStarts = try NumPyFile(target("loss_starts.npy"), "<i8", shape: [blockCount + 1])
            losses = try NumPyFile(target("loss_spans.npy"), "<u4", shape: [spans, 2])
        }
        var first: Int64 = 0
        var firstLoss: Int64 = 0
        try starts.write { $0.append(littleEndian: first) }
        try lossStarts?.write { $0.append(littleEndian: firstLoss) }
        try forEachRecord(.block, progress: { done, _ in progress(shards + done, 2 * shards) }) { record in
            if size == 2, let wrong = record.ids.first(where: { $0 > UInt32(UInt16.max) }) {
                throw ShardFailure.invalidValue(
                    column: options.tokensColumn, expected: "ids below the vocabulary size", found: "\(wrong)")
            }
            first += Int64(record.segmentEnds.count)
            try tokens.write { $0.append(record.ids, size: size) }
            try starts.write { $0.append(littleEndian: first) }
            try ends.write { bytes in record.segmentEnds.withUnsafeBufferPointer { bytes.append($0, size: 4) } }
            try rows?.write { bytes in record.rows.withUnsafeBufferPointer { bytes.append($0, size: 4) } }
            if hasLossSpans {
                let bounds = record.statedLossBounds
                firstLoss += Int64(bounds.count / 2)
                try lossStarts?.write { $0.append(littleEndian: firstLoss) }
                try losses?.write { bytes in bounds.withUnsafeBufferPointer { bytes.append($0, size: 4) } }
            }
        }
        var summary = ExportSummary(records: blockCount, tokens: blockCount * length)
        summary.bytes = try tokens.commit() + starts.commit() + ends.commit()
        summary.bytes += try rows?.commit() ?? 0
        summary.bytes += try lossStarts?.commit() ?? 0
        summary.bytes += try losses?.commit() ?? 0
        try target.commit()
        return summary
    }
}

/// One array in NumPy's format, version 1.0: magic, version, the length of the header in 16 bits, the header as a Python literal that
/// spaces and a line end fill up to a multiple of 64 bytes, then the numbers row by row.
private struct NumPyFile: ~Copyable {
    private var file: AtomicFile
    private var bytes: [UInt8] = []

    init(_ path: String, _ type: String, shape: [Int]) throws {
        let dimensions = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(dimensions)), }".utf8)
        let lead = 10
        header += repeatElement(UInt8(ascii: " "), count: 63 - (lead + header.count) % 64)
        header.append(UInt8(ascii: "\n"))
        var start = [0x93] + Array("NUMPY".utf8) + [1, 0]
        start.append(littleEndian: UInt16(header.count))
        var file = try AtomicFile(path)
        try file.write(start + header)
        self.file = file
    }

    mutating func write(_ append: (inout [UInt8]) throws -> Void) throws {
        bytes.removeAll(keepingCapacity: true)
        try append(&bytes)
        try file.write(bytes)
    }

    /// The bytes of the file.
    mutating func commit() throws -> Int {
        try file.commit()
        return file.count
    }
}
