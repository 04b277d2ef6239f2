internal import Files

/// A data set of blocks on disk, ours or a plain MDS folder with a column of tokens, read by the number of the block.
///
/// Any number of threads at a time. Opening reads the index alone. A shard is read, checked and decompressed when its first
/// block is asked for, and kept while the cache has room: access is cheap in runs of neighbouring blocks, and costs one
/// decompression of a shard at worst.
public final class ShardDataset: Sendable {
    /// The folder of `index.json`.
    public let folder: String
    /// The index.
    public let index: MDSIndex
    /// Blocks in all shards.
    public let blockCount: Int
    /// How the data set is read.
    public let options: ShardReadingOptions
    /// The first block of each shard, and the total.
    let firstBlocks: [Int]
    private let plans: [BlockReadingPlan]
    private let planOfShard: [Int]
    private let cache: ShardCache
    private let scratch: ShardScratch?
    let loader: ShardLoader

    /// Opens a folder with an `index.json`. An index without shards is a valid, empty data set.
    public init(_ folder: String, options: ShardReadingOptions = ShardReadingOptions()) throws {
        self.folder = folder
        self.options = options
        index = try MDSIndex(folder: folder, toleratesEdits: options.toleratesEditedIndex)
        var firstBlocks = [0]
        var plans: [BlockReadingPlan] = []
        var planOfShard: [Int] = []
        for entry in index.shards {
            firstBlocks.append(firstBlocks[firstBlocks.count - 1] + entry.samples)
            if let known = plans.lastIndex(where: {
                $0.columns == entry.columns && $0.columnSizes == entry.columnSizes
            }) {
                planOfShard.append(known)
            } else {
                plans.append(
                    try BlockReadingPlan(
                        entry, column: options.tokensColumn, bytesElement: options.bytesElement,
                        path: PathText.join(folder, MDSIndex.fileName)))
                planOfShard.append(plans.count - 1)
            }
        }
        self.firstBlocks = firstBlocks
        self.plans = plans
        self.planOfShard = planOfShard
        blockCount = firstBlocks[firstBlocks.count - 1]
        cache = ShardCache(budget: options.cacheBytes)
        loader = ShardLoader(folder: folder)
        if let scratchFolder = options.scratchFolder {
            scratch = try ShardScratch(
                folder: scratchFolder, sizes: index.shards.map { $0.zipData == nil ? 0 : $0.rawData.bytes },
                limit: options.scratchBytes)
        } else {
            scratch = nil
        }
    }

    /// Whether every block carries segments; without, a block is one segment.
    public var hasSegments: Bool { plans.allSatisfy(\.hasSegments) }

    /// Whether any block says which of its positions carry loss; without, all but padding do.
    public var hasLossSpans: Bool { plans.contains(where: \.hasLossSpans) }

    /// Tokens in a block where all shards fix the same number; nil where blocks may differ, and for an empty data set that
    /// does not state it.
    public var blockLength: Int? {
        guard let first = plans.first else { return index.attributes["block_length"]?.int }
        return plans.allSatisfy { $0.blockLength == first.blockLength } ? first.blockLength : nil
    }

    /// The number of ids of the tokenizer, where the index states it.
    public var vocabularySize: Int? { index.attributes["vocabulary_size"]?.int }

    /// The digest of the tokenizer, where the index states it.
    public var tokenizerDigest: String? { index.attributes["tokenizer_digest"]?.string }

    /// The blocks of a shard.
    public func blocks(ofShard shard: Int) -> Range<Int> { firstBlocks[shard]..<firstBlocks[shard + 1] }

    /// The shard that holds a block. Cost: a binary search.
    public func shard(ofBlock block: Int) -> Int {
        var low = 0
        var high = index.shards.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if firstBlocks[middle] <= block { low = middle } else { high = middle }
        }
        return low
    }

    /// A block. Throws `ShardFailure` that names the file and the blocks lost with it.
    public func block(_ block: Int) throws -> TokenBlock {
        guard block >= 0, block < blockCount else {
            throw ShardFailure.noSuchBlock(path: folder, block: block, count: blockCount)
        }
        let number = shard(ofBlock: block)
        return try self.block(block, in: loadedShard(number), number: number)
    }

    /// A shard in memory, from the cache where it is there. Throws what is wrong with the shard as a whole.
    func loadedShard(_ number: Int) throws -> DecodedShard {
        let entry = index.shards[number]
        if let place = scratch?.place(number) {
            if let ready = place.ready { return ready }
            let shard = try loader.load(
                entry, blocks: blocks(ofShard: number), hashes: hashCheck, scratch: place)
            place.keep(shard)
            return shard
        }
        return try cache.shard(number) { try freshShard(number) }
    }

    /// A shard in memory that stays out of the cache.
    func freshShard(_ number: Int) throws -> DecodedShard {
        try loader.load(index.shards[number], blocks: blocks(ofShard: number), hashes: hashCheck)
    }

    private var hashCheck: ShardLoader.HashCheck { options.verifiesHashes ? .cheapest : .fast }

    /// Whether blocks in any order are read without decoding shards again: all of them fit into the cache, or into the scratch file,
    /// or are not compressed.
    var isCheapInAnyOrder: Bool {
        let bytes = decodedBytes
        return bytes <= options.cacheBytes || (scratch != nil && bytes <= options.scratchBytes)
    }

    /// Bytes of all compressed shards when they are decoded.
    var decodedBytes: Int { index.shards.reduce(0) { $0 + ($1.zipData == nil ? 0 : $1.rawData.bytes) } }

    /// Calls `body` with every block of a shard in order. The shard is loaded once and stays out of the cache, so workers that
    /// each take whole shards do not disturb one another.
    public func forEachBlock(ofShard number: Int, _ body: (TokenBlock) throws -> Void) throws {
        let blocks = blocks(ofShard: number)
        let shard = try freshShard(number)
        for block in blocks { try body(self.block(block, in: shard, number: number)) }
    }

    /// A block of a shard that is loaded.
    func block(_ block: Int, in shard: DecodedShard, number: Int) throws -> TokenBlock {
        try self.block(block, at: shard.range(ofSample: block - firstBlocks[number]), in: shard, number: number)
    }

    /// A block whose sample stands at `range`.
    func block(_ block: Int, at range: Range<Int>, in shard: DecodedShard, number: Int) throws -> TokenBlock {
        do throws(BlockReadingPlan.Fault) {
            return try plans[planOfShard[number]].block(
                block, sample: block - firstBlocks[number], at: range, of: shard)
        } catch {
            throw ShardFailure.damagedShard(
                path: loader.path(index.shards[number]), blocks: block..<block + 1, fault: .block,
                expected: error.expected, found: error.found)
        }
    }
}
