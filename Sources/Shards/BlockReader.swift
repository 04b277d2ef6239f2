internal import Files
internal import Parallel

/// Reads the blocks of a data set one after the other, in the stored order or globally shuffled, epoch after epoch, its share where
/// several ranks read together.
///
/// The shuffle is a keyed permutation of all blocks, computed and not stored. A shuffled reader of a data set that does not fit into
/// the cache looks ahead: it decodes every shard of the next stretch of the order once and keeps the blocks it will need, as many as
/// `ShardReadingOptions.cacheBytes` hold, so that an epoch decodes each shard about (size of the data set ÷ cache) times and not once
/// for each block. With a scratch folder each shard is decoded once.
///
/// Ranks take turns of `blocksPerTurn` blocks. The state belongs to all of them: together they see, from any state on and whatever
/// their number, each block of the order exactly once. One thread at a time.
public struct BlockReader {
    /// What happens at a shard that is missing or damaged.
    public enum DamagePolicy: Sendable, Equatable {
        /// `next()` throws; called again, it goes on with the next block.
        case fail
        /// Its blocks are passed over and counted.
        case skip
    }

    /// The data set.
    public let dataset: ShardDataset
    /// This rank, from 0.
    public let rank: Int
    /// How many ranks read together.
    public let ranks: Int
    /// Blocks that were passed over for damage.
    public private(set) var skippedBlocks = 0
    /// What was wrong with the shards of the blocks that were passed over: the first problem of each, in the order they were met.
    public private(set) var skippedShards: [ShardProblem] = []

    private let seed: UInt64?
    private let turn: Int
    private let policy: DamagePolicy
    /// Blocks that all ranks had taken when the reader was made, and where it ends.
    private let start: Int
    private let end: Int
    /// Blocks taken by this rank, and the epoch whose permutation is at hand.
    private var taken = 0
    private var isAtEnd = false
    private var permutation: (epoch: Int, order: KeyedPermutation)?
    private var window: BlockWindow?
    /// The shard at hand in the stored order.
    private var current: (number: Int, shard: DecodedShard)?
    private var unreadableShards: [Int: ShardFailure] = [:]

    /// A reader that goes on from `state`. `epochs`: where it ends, counted from the first; nil for endless reading. Throws for a state
    /// of another data set and for a rank that is none.
    public init(
        _ dataset: ShardDataset, from state: ReadingState, epochs: Int? = 1, rank: Int = 0, ranks: Int = 1,
        blocksPerTurn: Int = 1, onDamage policy: DamagePolicy = .fail
    ) throws(ShardFailure) {
        guard state.blocks == dataset.blockCount else {
            throw .malformedOrder(
                expected: "a state of \(dataset.blockCount) blocks", found: "one of \(state.blocks)")
        }
        guard ranks > 0, rank >= 0, rank < ranks, blocksPerTurn > 0, epochs ?? 0 >= 0 else {
            throw .malformedOrder(
                expected: "a rank below the number of ranks and turns of at least one block",
                found: "rank \(rank) of \(ranks), turns of \(blocksPerTurn)")
        }
        self.dataset = dataset
        self.rank = rank
        self.ranks = ranks
        self.policy = policy
        turn = blocksPerTurn
        seed = state.seed
        start = state.taken
        let (all, overflow) = dataset.blockCount.multipliedReportingOverflow(by: epochs ?? Int.max)
        end = dataset.blockCount == 0 ? 0 : overflow ? Int.max : all
        if seed != nil, !dataset.isCheapInAnyOrder { window = BlockWindow() }
    }

    /// A reader from the beginning: shuffled under `seed`, in the stored order for nil.
    public init(_ dataset: ShardDataset, seed: UInt64?, epochs: Int? = 1) throws(ShardFailure) {
        try self.init(dataset, from: ReadingState(blocks: dataset.blockCount, seed: seed), epochs: epochs)
    }

    /// The state of all ranks when each has finished the turns that this one has finished, or found nothing more to take.
    public var state: ReadingState {
        let last = max(start, end)
        let (together, overflow) = (taken / turn).multipliedReportingOverflow(by: ranks * turn)
        let isBeyond = isAtEnd || overflow || together > last - start
        return ReadingState(blocks: dataset.blockCount, seed: seed, taken: isBeyond ? last : start + together)
    }

    /// The next block of this rank; nil at the end. Throws `ShardFailure` that names the shard and its blocks where one is missing or
    /// damaged and that is not to be skipped.
    public mutating func next() throws -> TokenBlock? {
        while let number = block(after: 0) {
            do {
                let block = try window == nil ? direct(number) : ahead(number)
                taken += 1
                return block
            } catch {
                taken += 1
                guard policy == .skip, let problem = problem(error, number) else { throw error }
                skippedBlocks += 1
                if !skippedShards.contains(where: { $0.shard == problem.shard }) { skippedShards.append(problem) }
            }
        }
        isAtEnd = true
        return nil
    }

    /// The number of the block `ahead` places after the next one of this rank; nil where the reader ends before it.
    private mutating func block(after ahead: Int) -> Int? {
        let own = taken + ahead
        let place = start + own / turn * ranks * turn + rank * turn + own % turn
        guard place < end else { return nil }
        let (epoch, position) = place.quotientAndRemainder(dividingBy: dataset.blockCount)
        guard let seed else { return position }
        if let permutation, permutation.epoch == epoch { return permutation.order[position] }
        let order = DataOrder.permutation(dataset.blockCount, seed, epoch)
        permutation = (epoch, order)
        return order[position]
    }

    private func problem(_ error: any Error, _ block: Int) -> ShardProblem? {
        ShardProblem(error, shard: dataset.shard(ofBlock: block))
    }

    /// A shard that is passed over is tried once: one that is damaged would be read again for every block.
    private mutating func shard(_ number: Int, _ load: (Int) throws -> DecodedShard) throws -> DecodedShard {
        if let known = unreadableShards[number] { throw known }
        do { return try load(number) } catch let failure as ShardFailure {
            if policy == .skip { unreadableShards[number] = failure }
            throw failure
        }
    }

    private mutating func direct(_ number: Int) throws -> TokenBlock {
        if let current, dataset.blocks(ofShard: current.number).contains(number) {
            return try dataset.block(number, in: current.shard, number: current.number)
        }
        let shardNumber = dataset.shard(ofBlock: number)
        current = nil
        // In the stored order the cache would only keep memory from being used again.
        let shard = try shard(shardNumber, seed == nil ? dataset.freshShard : dataset.loadedShard)
        if seed == nil { current = (shardNumber, shard) }
        return try dataset.block(number, in: shard, number: shardNumber)
    }

    private mutating func ahead(_ number: Int) throws -> TokenBlock {
        if window?.isEmpty == true { try fillWindow() }
        guard let place = try window?.takeFirst()?.get() else { return try direct(number) }
        return try dataset.block(number, at: place.range, in: place.shard, number: dataset.shard(ofBlock: number))
    }

    private mutating func fillWindow() throws {
        guard var window else { return }
        self.window = nil
        defer { self.window = window }
        var numbers: [Int] = []
        let count = window.nextCount(of: dataset)
        while numbers.count < count, let number = block(after: numbers.count) { numbers.append(number) }
        window.fill(numbers, of: dataset) { number in try shard(number, dataset.freshShard) }
    }
}
