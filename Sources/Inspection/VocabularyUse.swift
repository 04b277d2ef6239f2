public import Files
import Parallel
import Shards

/// Which ids of the vocabulary the blocks use, padding left out.
public struct VocabularyUse: Sendable, Equatable {
    /// Ids of the tokenizer.
    public let size: Int
    /// Different ids that stand in the blocks.
    public let used: Int
    /// Tokens whose id is not below `size`: 0 in a sound corpus.
    public let outside: Int

    /// The share of ids that are used, 0 to 1.
    public var coverage: Double { size == 0 ? 0 : Double(used) / Double(size) }

    /// Reads every block. Memory: one byte an id for each worker.
    init(_ datasets: [ShardDataset], vocabularySize: Int, pool: WorkerPool) throws {
        let jobs = datasets.enumerated().flatMap { dataset, value in value.index.shards.indices.map { (dataset, $0) } }
        let seen = WorkerSlots(count: pool.threads) { IDSet(size: vocabularySize) }
        try pool.forEach(jobs.count) { job, worker in
            let (dataset, shard) = jobs[job]
            let set = seen[worker]
            try datasets[dataset].forEachBlock(ofShard: shard) { set.insert($0) }
        }
        var used = 0
        for id in 0..<vocabularySize where (0..<pool.threads).contains(where: { seen[$0].contains(id) }) { used += 1 }
        size = vocabularySize
        self.used = used
        outside = (0..<pool.threads).reduce(0) { $0 + seen[$1].outside }
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "size": .integer(size), "used": .integer(used), "coverage": .double(coverage), "outside": .integer(outside),
        ])
    }
}

/// A set of ids and the scratch to read blocks into. One worker's own.
private final class IDSet {
    private var seen: [UInt8]
    private var ids: [UInt32] = []
    private(set) var outside = 0

    init(size: Int) { seen = [UInt8](repeating: 0, count: max(0, size)) }

    func contains(_ id: Int) -> Bool { seen[id] != 0 }

    func insert(_ block: TokenBlock) {
        if ids.count < block.count { ids = [UInt32](repeating: 0, count: block.count) }
        var beyond = 0
        ids.withUnsafeMutableBufferPointer { ids in
            block.copyTokens(to: ids)
            seen.withUnsafeMutableBufferPointer { seen in
                for position in 0..<block.paddingStart {
                    let id = Int(ids[position])
                    if id < seen.count { seen[id] = 1 } else { beyond += 1 }
                }
            }
        }
        outside += beyond
    }
}

/// One object a worker.
private struct WorkerSlots<Value: AnyObject>: @unchecked Sendable {
    // @unchecked: a worker touches its own slot only, and the pool orders its writes before the merge.
    private let values: [Value]
    init(count: Int, _ make: () -> Value) { values = (0..<count).map { _ in make() } }
    subscript(worker: Int) -> Value { values[worker] }
}
