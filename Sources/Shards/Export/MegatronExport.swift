internal import Files

extension ShardDataset {
    /// Writes `PREFIX.bin` and `PREFIX.idx` for Megatron-LM: a sequence for each record, each a document of its own. Ids have 16 bits
    /// (`uint16`) where the vocabulary fits, else 32 (`int32`). The index gets its name last. Memory: one shard, the longest document,
    /// and 4 bytes for each record. Throws `ShardFailure.invalidValue` for an id or a document that the format cannot hold, and
    /// `ExportFailure` for a data set with loss spans, for which it has no place, unless `dropsLossSpans`.
    public func exportMegatron(
        to prefix: String, unit: ExportUnit = .document, dropsLossSpans: Bool = false,
        progress: @escaping ExportProgress = { _, _ in }
    ) throws -> ExportSummary {
        try exportMegatron(to: prefix, unit: unit, of: nil, dropsLossSpans: dropsLossSpans, progress: progress)
    }

    /// The same; the records of the unit `document` are `documents`, if given.
    package func exportMegatron(
        to prefix: String, unit: ExportUnit, of documents: (any WholeDocuments)?, dropsLossSpans: Bool = false,
        progress: @escaping ExportProgress = { _, _ in }
    ) throws -> ExportSummary {
        if hasLossSpans, !dropsLossSpans {
            throw ExportFailure.noPlaceForLossSpans(path: folder, format: "megatron")
        }
        let size = fitsUInt16 ? 2 : 4
        let largest: UInt32 = size == 2 ? UInt32(UInt16.max) : UInt32(Int32.max)
        var summary = ExportSummary()
        var lengths: [Int32] = []
        var bin = try AtomicFile(prefix + ".bin")
        var bytes: [UInt8] = []
        try forEachRecord(unit, of: documents, progress: progress) { record in
            guard let length = Int32(exactly: record.ids.count) else {
                throw ShardFailure.invalidValue(
                    column: "sequence \(lengths.count)", expected: "at most \(Int32.max) tokens",
                    found: "\(record.ids.count)")
            }
            var bits: UInt32 = 0
            for id in record.ids { bits |= id }
            guard bits <= largest else {
                throw ShardFailure.invalidValue(
                    column: "sequence \(lengths.count)", expected: "ids up to \(largest)",
                    found: "\(record.ids.max() ?? 0)")
            }
            lengths.append(length)
            summary.tokens += record.ids.count
            bytes.removeAll(keepingCapacity: true)
            bytes.append(record.ids, size: size)
            try bin.write(bytes)
        }
        summary.records = lengths.count
        var index = try AtomicFile(prefix + ".idx")
        try MegatronIndex.write(lengths, elementSize: size, to: &index)
        summary.bytes = bin.count + index.count
        try bin.commit()
        try index.commit()
        return summary
    }
}

private enum MegatronIndex {
    static func write(_ lengths: [Int32], elementSize: Int, to file: inout AtomicFile) throws {
        var bytes = MegatronLayout.magic
        bytes.append(littleEndian: MegatronLayout.version)
        bytes.append(elementSize == 2 ? 8 : 4)
        bytes.append(littleEndian: UInt64(lengths.count))
        bytes.append(littleEndian: UInt64(lengths.count + 1))
        try file.write(bytes)
        try column(lengths.count, to: &file) { bytes, sequence in bytes.append(littleEndian: lengths[sequence]) }
        var pointer: Int64 = 0
        try column(lengths.count, to: &file) { bytes, sequence in
            bytes.append(littleEndian: pointer)
            pointer += Int64(lengths[sequence]) * Int64(elementSize)
        }
        try column(lengths.count + 1, to: &file) { bytes, document in bytes.append(littleEndian: Int64(document)) }
    }

    private static func column(
        _ count: Int, to file: inout AtomicFile, _ append: (inout [UInt8], Int) -> Void
    ) throws {
        var bytes: [UInt8] = []
        for place in 0..<count {
            append(&bytes, place)
            if bytes.count < 1 << 16, place + 1 < count { continue }
            try file.write(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
    }
}
