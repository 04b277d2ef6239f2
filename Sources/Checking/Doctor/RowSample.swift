import Parallel
import Shards

/// What some rows of a data set are like: evenly spread shards, evenly spread rows of each.
struct RowSample {
    static let rowsPerShard = 128

    var rows = 0
    var tokens = 0
    /// Positions behind the last segment.
    var padding = 0
    var shortest = Int.max
    var longest = 0
    var largestID = UInt32(0)
    /// Positions that carry loss, of rows that say so; nil: none does.
    var lossTokens: Int?
    /// Rows that hold the end token.
    var rowsWithEnd = 0
    /// Rows that end in the same id twice or more, by that id: how many rows, and tokens of the runs.
    var runs: [UInt32: (rows: Int, tokens: Int)] = [:]
    /// Rows whose last two tokens differ, and do not end in the end token, by their length.
    var openRows: [Int: Int] = [:]

    /// The id that most rows end in repeatedly, the smallest of equals: padding, if it is many.
    var paddingRun: (id: UInt32, rows: Int, tokens: Int)? {
        runs.sorted { (-$0.value.rows, $0.key) < (-$1.value.rows, $1.key) }.first.map {
            ($0.key, $0.value.rows, $0.value.tokens)
        }
    }

    mutating func add(_ block: TokenBlock, end: UInt32?) {
        let ids = block.tokens
        rows += 1
        tokens += ids.count
        shortest = min(shortest, ids.count)
        longest = max(longest, ids.count)
        padding += ids.count - block.paddingStart
        if let bounds = block.lossBounds {
            lossTokens = stride(from: 0, to: bounds.count, by: 2).reduce(lossTokens ?? 0) {
                $0 + Int(bounds[$1 + 1] - bounds[$1])
            }
        }
        let own = ids[..<block.paddingStart]
        for id in own where id > largestID { largestID = id }
        if let end, own.contains(end) { rowsWithEnd += 1 }
        guard let last = own.last else { return }
        var run = 1
        while run < own.count, own[own.endIndex - run - 1] == last { run += 1 }
        if run > 1 {
            let before = runs[last] ?? (0, 0)
            runs[last] = (before.rows + 1, before.tokens + run)
        } else if last != end {
            openRows[ids.count, default: 0] += 1
        }
    }

    /// Looks at up to `shards` shards. Throws what is wrong with the first that cannot be read.
    static func take(_ dataset: ShardDataset, end: UInt32?, shards: Int) throws -> RowSample {
        var sample = RowSample()
        let all = dataset.index.shards.count
        let wanted = min(all, max(1, shards))
        for place in 0..<wanted {
            let shard = wanted == 1 ? 0 : place * (all - 1) / (wanted - 1)
            let blocks = dataset.blocks(ofShard: shard)
            let stride = max(1, (blocks.count + rowsPerShard - 1) / rowsPerShard)
            try dataset.forEachBlock(ofShard: shard) { block in
                if (block.index - blocks.lowerBound) % stride == 0 { sample.add(block, end: end) }
            }
        }
        return sample
    }
}
