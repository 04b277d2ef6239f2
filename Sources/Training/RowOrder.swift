internal import Evaluation
internal import Files
internal import Parallel
internal import Shards
internal import Transformers

/// The rows of all data sets in the order in which a run sees them.
///
/// A row is a block, or one of the equal parts of it where `sequence_length` is shorter. Each source is walked in its own keyed
/// permutation of rows, epoch after epoch. With several sources the next row comes from the one that is furthest behind its
/// share. The state is the number of rows taken from each source: nothing else decides what comes next.
struct RowOrder {
    private struct Lane {
        let dataset: ShardDataset
        let rowsPerBlock: Int
        let share: Double
        var order: DataOrder
        var blocks: BlockLookahead
        var taken = 0

        /// A block, and those of the rows after it, which no other source changes.
        mutating func block(_ number: Int) throws -> TokenBlock {
            let (order, rowsPerBlock) = (order, rowsPerBlock)
            return try blocks.block(number) { count in
                var rest = order
                return [number] + (1..<max(1, count)).compactMap { _ in rest.next().map { $0 / rowsPerBlock } }
            }
        }
    }

    private var lanes: [Lane]
    private let sequenceLength: Int?
    /// Rows taken so far.
    private(set) var taken = 0

    /// Rows of one epoch: of each source as many as it has, times its weight.
    let rowsPerEpoch: Int

    init(_ data: TrainingData, sequenceLength: Int?, seed: UInt64) throws {
        self.sequenceLength = sequenceLength
        var lanes: [Lane] = []
        var total = 0.0
        for (index, source) in data.sources.enumerated() {
            let rows = try RowOrder.rowsPerBlock(source.dataset, sequenceLength)
            let count = source.dataset.blockCount * rows
            let share = (source.weight ?? 1) * Double(count)
            total += share
            lanes.append(
                Lane(
                    dataset: source.dataset, rowsPerBlock: rows, share: share,
                    order: try DataOrder(count: count, seed: KeyedHash.mix(UInt64(index), seed: seed)),
                    blocks: BlockLookahead(source.dataset)))
        }
        self.lanes = lanes
        rowsPerEpoch = max(1, Int(total.rounded()))
    }

    private static func rowsPerBlock(_ dataset: ShardDataset, _ sequenceLength: Int?) throws -> Int {
        guard let sequenceLength else { return 1 }
        guard let length = dataset.blockLength else {
            throw TrainingFailure.wrongOption(
                name: "sequence_length", expected: "none, since the blocks of \(dataset.folder) differ in length",
                found: "\(sequenceLength)")
        }
        guard sequenceLength <= length else {
            throw TrainingFailure.wrongOption(
                name: "sequence_length", expected: "at most the \(length) tokens of a block of \(dataset.folder)",
                found: "\(sequenceLength)")
        }
        return (length + sequenceLength - 1) / sequenceLength
    }

    /// Epochs so far: 1.5 is half-way through the second.
    var epoch: Double { Double(taken) / Double(rowsPerEpoch) }

    /// Adds the next row to a batch.
    mutating func appendNext(to batcher: inout RowBatcher) throws {
        guard let row = next() else { return }
        let block = try lanes[row.source].block(row.block)
        let length = sequenceLength ?? block.count
        let start = row.part * length
        batcher.append(block, min(start, block.count)..<min(start + length, block.count))
    }

    /// A row by its place in the data.
    struct Place: Equatable {
        /// The number of the data set.
        let source: Int
        let block: Int
        /// Which of the equal parts of the block.
        let part: Int
        /// How often all rows of the data set were taken before.
        let epoch: Int
    }

    /// Takes the next row; nil where there is none. Nothing is read.
    mutating func next() -> Place? {
        let lane = nextLane()
        let epoch = lanes[lane].order.epoch
        guard let row = lanes[lane].order.next() else { return nil }
        lanes[lane].taken += 1
        taken += 1
        let (block, part) = row.quotientAndRemainder(dividingBy: lanes[lane].rowsPerBlock)
        return Place(source: lane, block: block, part: part, epoch: epoch)
    }

    /// Takes rows without looking at them. Cost: nothing with one data set, else a few comparisons a row.
    mutating func skip(_ rows: Int) {
        if lanes.count == 1 {
            lanes[0].order.advance(by: rows)
            lanes[0].taken += rows
            taken += rows
        } else {
            for _ in 0..<rows { _ = next() }
        }
    }

    /// The source furthest behind its share of the rows up to the next one; of equals the first.
    private func nextLane() -> Int {
        if lanes.count == 1 { return 0 }
        let shares = lanes.reduce(0) { $0 + $1.share }
        var best = 0
        var largest = -Double.infinity
        for (index, lane) in lanes.enumerated() {
            let behind = lane.share / shares * Double(taken + 1) - Double(lane.taken)
            if behind > largest { (best, largest) = (index, behind) }
        }
        return best
    }

    /// The state as JSON.
    var json: JSONValue { .array(lanes.map(\.order.json)) }

    /// Takes up the state that `json` gave, for the same data.
    mutating func restore(_ json: JSONValue, path: String) throws {
        guard let states = json.items, states.count == lanes.count else {
            throw TrainingFailure.malformed(
                path: path, place: "data", expected: "the state of \(lanes.count) data sets", found: json.text())
        }
        taken = 0
        for index in lanes.indices {
            let seed = lanes[index].order.seed
            lanes[index].order = try DataOrder(json: states[index], count: lanes[index].order.count)
            guard lanes[index].order.seed == seed else {
                throw TrainingFailure.malformed(
                    path: path, place: "data.seed", expected: "\(seed)", found: "\(lanes[index].order.seed)")
            }
            lanes[index].taken = lanes[index].order.epoch * lanes[index].order.count + lanes[index].order.position
            taken += lanes[index].taken
        }
    }
}
