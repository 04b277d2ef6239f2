internal import Files

extension ShardDataset {
    /// Writes JSON Lines, `{"input_ids": […], "segment_ends": […], "documents": […], "loss_spans": […]}` a record; `documents` only where they are
    /// named, `loss_spans` in every record of a data set that has them, and `"continues": false` where a record that names the document the one
    /// before ends with must not be joined to it. A path that ends with `.zst` is compressed. Memory: one shard and
    /// the longest document.
    public func exportJSONLines(
        to path: String, unit: ExportUnit = .block, progress: @escaping ExportProgress = { _, _ in }
    ) throws -> ExportSummary {
        try exportJSONLines(to: path, unit: unit, of: nil, progress: progress)
    }

    /// The same; the records of the unit `document` are `documents`, if given.
    package func exportJSONLines(
        to path: String, unit: ExportUnit, of documents: (any WholeDocuments)?,
        progress: @escaping ExportProgress = { _, _ in }
    ) throws -> ExportSummary {
        var summary = ExportSummary()
        var plain: AtomicFile?
        var compressed: ZstdFileWriter?
        if path.hasSuffix(".zst") {
            compressed = try ZstdFileWriter(path, level: 3)
        } else {
            plain = try AtomicFile(path)
        }
        let standsAlone = !index.joinsSegments || unit == .document && documents != nil
        var line: [UInt8] = []
        try forEachRecord(unit, of: documents, progress: progress) { record in
            line.removeAll(keepingCapacity: true)
            line += #"{"input_ids": ["#.utf8
            TokenLine.append(record.ids, to: &line)
            line += #"], "segment_ends": ["#.utf8
            record.segmentEnds.withUnsafeBufferPointer { TokenLine.append($0, to: &line) }
            if !record.rows.isEmpty {
                line += #"], "documents": ["#.utf8
                record.rows.withUnsafeBufferPointer { TokenLine.append($0, to: &line) }
            }
            if hasLossSpans {
                line += #"], "loss_spans": ["#.utf8
                record.statedLossBounds.withUnsafeBufferPointer { TokenLine.append($0, to: &line) }
            }
            line += (standsAlone ? "], \"continues\": false}\n" : "]}\n").utf8
            summary.records += 1
            summary.tokens += record.ids.count
            try plain?.write(line)
            try compressed?.write(line)
        }
        try plain?.commit()
        try compressed?.commit()
        summary.bytes = try Folder.fileSize(path)
        return summary
    }
}

private enum TokenLine {
    static func append(_ numbers: UnsafeBufferPointer<UInt32>, to line: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 12) { digits in
            for (place, number) in numbers.enumerated() {
                var start = 12
                var rest = number
                repeat {
                    start -= 1
                    digits[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                } while rest > 0
                if place > 0 {
                    start -= 1
                    digits[start] = 0x20
                    line.append(0x2C)
                }
                line.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
            }
        }
    }
}
