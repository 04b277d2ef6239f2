/// Reads the blocks of a data set in an order that its user knows some way ahead, as `BlockReader` does in an order of its own: of a data
/// set that does not fit into the cache every shard of the next stretch is decoded once, and the blocks that it is needed for are kept,
/// as many as `ShardReadingOptions.cacheBytes` hold. One thread at a time.
public struct BlockLookahead {
    private let dataset: ShardDataset
    /// Nil where blocks in any order are cheap.
    private var window: BlockWindow?
    /// The blocks of the window that were not asked for yet.
    private var waiting: ArraySlice<Int> = []

    /// A reader of a data set.
    public init(_ dataset: ShardDataset) {
        self.dataset = dataset
        if !dataset.isCheapInAnyOrder { window = BlockWindow() }
    }

    /// The block of a number. `upcoming` is asked now and then for the numbers of that many blocks, this one first, in the order in which
    /// they will be asked for; it may give fewer. An order that changes costs what was decoded for the old one.
    ///
    /// Throws `ShardFailure` that names the shard and its blocks, when the block is asked for.
    public mutating func block(_ number: Int, upcoming: (Int) -> [Int]) throws -> TokenBlock {
        guard var window else { return try dataset.block(number) }
        self.window = nil
        defer { self.window = window }
        if waiting.first != number {
            waiting = upcoming(window.nextCount(of: dataset))[...]
            window.fill(Array(waiting), of: dataset, load: dataset.freshShard)
        }
        guard waiting.first == number, let taken = window.takeFirst() else {
            waiting = []
            return try dataset.block(number)
        }
        waiting.removeFirst()
        let place = try taken.get()
        return try dataset.block(number, at: place.range, in: place.shard, number: dataset.shard(ofBlock: number))
    }
}
