/// How to find the columns of a block in the samples of shards of one set of columns.
struct BlockReadingPlan: Sendable {
    let columns: [MDSColumn]
    let columnSizes: [Int?]
    private let tokens: Int
    private let ends: Int?
    private let documents: Int?
    private let loss: Int?
    private let forms: [StoredForm]
    private let variableColumns: Int
    private let fixedBytes: Int

    /// Whether blocks carry segments.
    var hasSegments: Bool { ends != nil }
    /// Whether blocks say which positions carry loss.
    var hasLossSpans: Bool { loss != nil }
    /// Tokens in a block, where the columns fix it.
    var blockLength: Int? {
        if case .fixedArray(_, let shape) = columns[tokens].encoding { return shape.reduce(1, *) }
        return nil
    }

    init(_ entry: MDSShardEntry, column: String, bytesElement: MDSElement?, path: String) throws(ShardFailure) {
        let columns = entry.columns
        self.columns = columns
        columnSizes = entry.columnSizes
        forms = columns.map { StoredForm($0.encoding, bytesElement: bytesElement) }
        guard let tokens = columns.firstIndex(where: { $0.name == column }) else {
            throw .unreadableColumn(
                path: path, column: column, expected: "a column of token ids of this name; name another one",
                found: "the columns " + columns.map(\.name).joined(separator: ", "))
        }
        self.tokens = tokens
        func unreadable(_ index: Int) -> ShardFailure {
            .unreadableColumn(
                path: path, column: columns[index].name,
                expected: "an ndarray of whole numbers, or bytes and the number type they hold",
                found: columns[index].encoding.text)
        }
        switch columns[tokens].encoding {
        case .fixedArray(let element, _), .array(let element): if !element.isInteger { throw unreadable(tokens) }
        case .anyArray: break
        case .bytes: if bytesElement?.isInteger != true { throw unreadable(tokens) }
        default: throw unreadable(tokens)
        }
        ends = columns.firstIndex { $0.name == BlockSchema.segmentEnds && $0.encoding == .array(.uint32) }
        documents = columns.firstIndex { $0.name == BlockSchema.segmentDocuments && $0.encoding == .array(.uint32) }
        loss = columns.firstIndex { $0.name == BlockSchema.lossSpans && $0.encoding == .array(.uint32) }
        variableColumns = columnSizes.count { $0 == nil }
        var sum = 4 * variableColumns
        for size in columnSizes { sum += size ?? 0 }
        fixedBytes = sum
    }

    /// What is wrong with a sample.
    struct Fault: Error {
        var expected: String
        var found: String
    }

    /// The block in a sample whose bytes stand at `range`; throws where the sample's lengths lie, where its arrays are not what the columns say, or where
    /// its segments or loss spans do not ascend to the end of the block at most.
    func block(_ index: Int, sample: Int, at range: Range<Int>, of shard: DecodedShard) throws(Fault) -> TokenBlock {
        guard range.count >= fixedBytes else {
            throw Fault(expected: "at least \(fixedBytes) bytes in sample \(sample)", found: "\(range.count)")
        }
        var length = range.lowerBound
        var start = range.lowerBound + 4 * variableColumns
        var ranges = (tokens: 0..<0, ends: 0..<0, documents: 0..<0, loss: 0..<0)
        for (column, size) in columnSizes.enumerated() {
            var bytes = size ?? 0
            if size == nil {
                bytes = Int(shard.word(length))
                length += 4
            }
            guard bytes <= range.upperBound - start else {
                throw Fault(
                    expected:
                        "at most \(range.upperBound - start) bytes of column \(columns[column].name) in sample \(sample)",
                    found: "\(bytes)")
            }
            let place = start..<start + bytes
            if column == tokens { ranges.tokens = place }
            if column == ends { ranges.ends = place }
            if column == documents { ranges.documents = place }
            if column == loss { ranges.loss = place }
            start += bytes
        }
        guard start == range.upperBound else {
            throw Fault(
                expected: "columns of \(range.count) bytes in sample \(sample)", found: "\(start - range.lowerBound)")
        }
        let stored = try numbers(tokens, ranges.tokens, sample, shard)
        if let value = stored.firstOutsideUInt32(shard) {
            throw Fault(expected: "ids from 0 to \(UInt32.max) in sample \(sample)", found: "\(value)")
        }
        guard let ends else {
            return TokenBlock(
                index: index, segmentEnds: stored.count == 0 ? [] : [UInt32(clamping: stored.count)],
                segmentDocuments: [], lossBounds: try lossBounds(ranges.loss, sample, shard, below: stored.count),
                shard: shard, stored: stored)
        }
        let segmentEnds = try numbers(ends, ranges.ends, sample, shard).values(shard)
        var previous = 0
        for end in segmentEnds {
            guard end > previous, end <= stored.count else {
                throw Fault(
                    expected: "segment ends from \(previous + 1) to \(stored.count) in sample \(sample)",
                    found: "\(end)")
            }
            previous = Int(end)
        }
        var segmentDocuments: [UInt32] = []
        if let documents {
            segmentDocuments = try numbers(documents, ranges.documents, sample, shard).values(shard)
            guard segmentDocuments.count == segmentEnds.count else {
                throw Fault(
                    expected: "\(segmentEnds.count) segment documents in sample \(sample)",
                    found: "\(segmentDocuments.count)")
            }
        }
        return TokenBlock(
            index: index, segmentEnds: segmentEnds, segmentDocuments: segmentDocuments,
            lossBounds: try lossBounds(ranges.loss, sample, shard, below: previous), shard: shard, stored: stored)
    }

    /// The pairs of the column of loss spans; nil where there is none.
    private func lossBounds(
        _ range: Range<Int>, _ sample: Int, _ shard: DecodedShard, below end: Int
    ) throws(Fault) -> [UInt32]? {
        guard let loss else { return nil }
        let bounds = try numbers(loss, range, sample, shard).values(shard)
        guard bounds.count % 2 == 0 else {
            throw Fault(expected: "pairs of loss spans in sample \(sample)", found: "\(bounds.count) numbers")
        }
        if bounds == [0, 0] { return bounds }
        var least = 0
        for (place, bound) in bounds.enumerated() {
            guard bound >= least, bound <= end else {
                throw Fault(
                    expected: "bounds of loss spans from \(least) to \(end) in sample \(sample)", found: "\(bound)")
            }
            // No span is empty; one may begin where the last ends.
            least = Int(bound) + (place % 2 == 0 ? 1 : 0)
        }
        return bounds
    }

    private func numbers(
        _ column: Int, _ range: Range<Int>, _ sample: Int, _ shard: DecodedShard
    ) throws(Fault) -> StoredNumbers {
        guard let stored = StoredNumbers(shard, range: range, form: forms[column]), stored.element.isInteger else {
            throw Fault(
                expected: "column \(columns[column].name) as \(columns[column].encoding.text) in sample \(sample)",
                found: "\(range.count) bytes that are no such array")
        }
        return stored
    }
}
