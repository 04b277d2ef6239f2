internal import Files
public import Parallel

extension ShardDataset {
    /// Reads every byte of every shard, or of `shards`, and lists all problems in the order of the shards: entries of the index
    /// that were edited (where the data set was opened with `toleratesEditedIndex`), missing files, sizes, all hashes, the frame
    /// checksum, structure, segments, and ids beyond the vocabulary where the index states its size. One damaged shard does not keep
    /// the others from being read.
    public func verify(pool: WorkerPool, shards: [Int]? = nil) throws -> [ShardProblem] {
        let shards = shards ?? Array(index.shards.indices)
        return try pool.map(shards.count) { place, _ in self.problems(ofShard: shards[place]) }.flatMap { $0 }
    }

    /// The shards that have to be written again, in order: those with a problem of any kind.
    public func damagedShards(pool: WorkerPool) throws -> [Int] {
        var damaged: [Int] = []
        for problem in try verify(pool: pool) where damaged.last != problem.shard { damaged.append(problem.shard) }
        return damaged
    }

    /// What the file system alone says of the shards, in order: files that are not there or have another size than the index states. Cost: one
    /// look a shard; none is opened.
    public func fileProblems() -> [ShardProblem] {
        index.shards.indices.compactMap { number in
            loader.fileFailure(index.shards[number], blocks: blocks(ofShard: number)).flatMap {
                ShardProblem($0, shard: number)
            }
        }
    }

    /// The problems of one shard. Damaged blocks are listed one by one, at most a hundred.
    public func problems(ofShard number: Int) -> [ShardProblem] {
        let entry = index.shards[number]
        let blocks = blocks(ofShard: number)
        let path = loader.path(entry)
        var problems: [ShardProblem] = []
        func add(_ error: any Error) {
            problems.append(
                ShardProblem(error, shard: number)
                    ?? ShardProblem(number, path, blocks, .frame, "a file that can be read", "\(error)", "\(error)"))
        }
        for edit in index.edits where edit.shard == number {
            let message =
                "\(PathText.join(folder, MDSIndex.fileName)): \(edit.place): expected \(edit.expected), found \(edit.found)"
            problems.append(ShardProblem(number, path, blocks, .index, edit.expected, edit.found, message))
        }
        let shard: DecodedShard
        do { shard = try loader.load(entry, blocks: blocks, hashes: .all) } catch {
            add(error)
            return problems
        }
        if let limit = entry.sizeLimit, entry.rawData.bytes > limit {
            add(
                ShardFailure.damagedShard(
                    path: path, blocks: blocks, fault: .size, expected: "at most size_limit \(limit) bytes",
                    found: "\(entry.rawData.bytes)"))
        }
        if let difference = shard.configurationFault(entry) {
            add(
                ShardFailure.damagedShard(
                    path: path, blocks: blocks, fault: .structure, expected: difference.expected,
                    found: difference.found))
        }
        var ids: [UInt32] = []
        for block in blocks {
            if problems.count >= 100 { break }
            do {
                let read = try self.block(block, in: shard, number: number)
                guard let vocabularySize else { continue }
                if ids.count < read.count { ids = [UInt32](repeating: 0, count: read.count) }
                let largest = ids.withUnsafeMutableBufferPointer { ids in
                    read.copyTokens(to: UnsafeMutableBufferPointer(rebasing: ids[..<read.count]))
                    return ids[..<read.count].max() ?? 0
                }
                if read.count > 0, largest >= vocabularySize {
                    throw ShardFailure.damagedShard(
                        path: path, blocks: block..<block + 1, fault: .vocabulary,
                        expected: "ids below \(vocabularySize)", found: "\(largest)")
                }
            } catch {
                add(error)
            }
        }
        return problems
    }
}
