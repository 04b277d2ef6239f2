public import Files
public import Parallel

/// Something wrong with a data set.
public struct ShardProblem: Sendable, Equatable {
    /// The shard's number.
    public var shard: Int
    /// The blocks that are lost or wrong.
    public var blocks: Range<Int>
    /// One line that names the file, the blocks, what was expected and what was found.
    public var message: String

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "shard": .integer(shard), "first_block": .integer(blocks.lowerBound),
            "last_block": .integer(blocks.upperBound - 1), "message": .string(message),
        ])
    }
}

extension ShardDataset {
    /// Reads every byte of every shard and lists all problems in the order of the shards: missing files, sizes, all hashes,
    /// the frame checksum, structure, segments, and ids beyond the vocabulary where the index states its size.
    public func verify(pool: WorkerPool) throws -> [ShardProblem] {
        try pool.map(index.shards.count) { shard, _ in self.problems(ofShard: shard) }.flatMap { $0 }
    }

    /// The problems of one shard. Damaged samples are listed one by one, at most a hundred.
    public func problems(ofShard number: Int) -> [ShardProblem] {
        let entry = index.shards[number]
        let blocks = blocks(ofShard: number)
        func problem(_ error: any Error, _ blocks: Range<Int>) -> ShardProblem {
            ShardProblem(shard: number, blocks: blocks, message: "\(error)")
        }
        let shard: DecodedShard
        do { shard = try loader.load(entry, blocks: blocks, hashes: .all) } catch { return [problem(error, blocks)] }
        var problems: [ShardProblem] = []
        if let limit = entry.sizeLimit, entry.rawData.bytes > limit {
            let failure = ShardFailure.damagedShard(
                path: loader.path(entry), blocks: blocks, expected: "at most size_limit \(limit) bytes",
                found: "\(entry.rawData.bytes)")
            problems.append(problem(failure, blocks))
        }
        var ids: [UInt32] = []
        for block in blocks {
            if problems.count >= 100 { break }
            do {
                let read = try self.block(block, in: shard, number: number)
                guard let vocabularySize else { continue }
                if ids.count < read.count { ids = [UInt32](repeating: 0, count: read.count) }
                let largest = ids.withUnsafeMutableBufferPointer { ids in
                    read.copyTokens(to: ids)
                    return ids[..<read.count].max() ?? 0
                }
                if read.count > 0, largest >= vocabularySize {
                    throw ShardFailure.damagedShard(
                        path: loader.path(entry), blocks: block..<block + 1,
                        expected: "ids below \(vocabularySize)", found: "\(largest)")
                }
            } catch {
                problems.append(problem(error, block..<block + 1))
            }
        }
        return problems
    }
}
