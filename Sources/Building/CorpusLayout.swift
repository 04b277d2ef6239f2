import Files
import Packing
import Parallel

/// Which rows of a corpus stand in which blocks and shards: layer after layer, in each of them the rows of a side in an order of their own. Made
/// from ids and counts alone, so that anybody who has the documents of a corpus can say what is in every shard.
struct CorpusLayout: Sendable {
    /// What of a document decides where it stands.
    struct Row: Sendable {
        var id: String
        var split: Split
        /// How often it is packed, on the side of training.
        var copies: Int
        var tokens: Int
    }

    /// The rows of one side in one layer.
    struct Part: Sendable {
        let split: Split
        let layer: Int
        /// Rows in packing order; a row stands as often as it is packed.
        let order: [Int]
        /// The blocks over that order.
        let layout: BlockLayout
        /// Blocks of this side in the layers before.
        let firstBlock: Int
        /// Shards of this side in the layers before.
        let firstShard: Int

        /// The blocks of the shards of the part, counted from the part's first.
        func shards(blocks size: Int) -> [Range<Int>] {
            stride(from: 0, to: layout.blockCount, by: size).map { $0..<min(layout.blockCount, $0 + size) }
        }
    }

    /// The parts, those of a side together.
    let parts: [Part]
    private let length: Int

    /// - Parameters:
    ///   - layers: documents of each layer.
    ///   - cuts: where a row that is longer than a block may be cut.
    init(
        rows: [Row], layers: [Int], seed: UInt64, packing: PackingOptions, blocksPerShard: Int,
        cuts: (_ row: Int) throws -> [StructureCut]
    ) throws {
        var parts: [Part] = []
        for split in Split.allCases {
            var (start, block, shard) = (0, 0, 0)
            for (layer, count) in layers.enumerated() {
                let order = CorpusLayout.order(rows, start..<start + count, split, seed: seed)
                let layout = try BlockLayout(tokenCounts: order.map { rows[$0].tokens }, options: packing) {
                    try cuts(order[$0])
                }
                let part = Part(
                    split: split, layer: layer, order: order, layout: layout, firstBlock: block, firstShard: shard)
                parts.append(part)
                start += count
                block += layout.blockCount
                shard += (layout.blockCount + blocksPerShard - 1) / blocksPerShard
            }
        }
        self.parts = parts
        length = packing.length
    }

    /// The parts of one side.
    func parts(_ split: Split) -> [Part] { parts.filter { $0.split == split } }

    /// The balance of one side.
    func ledger(_ split: Split) -> PackingLedger {
        var ledger = PackingLedger(length: length)
        for part in parts(split) { ledger.merge(part.layout.ledger) }
        return ledger
    }

    /// What packing did to the documents of one side.
    func fragments(_ split: Split) -> FragmentCounts {
        var counts = FragmentCounts()
        for part in parts(split) { counts.merge(part.layout.fragments) }
        return counts
    }

    /// For each row where its first token is packed: the first place in packing order; block -1 where it is packed nowhere.
    func places(rows: Int) -> [(block: Int, offset: Int)] {
        var places = [(block: Int, offset: Int)](repeating: (-1, 0), count: rows)
        for part in parts {
            for (position, row) in part.order.enumerated() where places[row].block < 0 {
                let place = part.layout.place(ofDocument: position)
                // In a dropped tail, or without tokens: in no block.
                if place.block >= part.layout.blockCount { continue }
                places[row] = (part.firstBlock + place.block, place.offset)
            }
        }
        return places
    }

    /// The rows of one side by a keyed hash of id and copy: an order that a new document does not disturb.
    private static func order(_ rows: [Row], _ range: Range<Int>, _ side: Split, seed: UInt64) -> [Int] {
        var keyed: [(key: UInt64, row: Int)] = []
        for row in range where rows[row].split == side {
            let hash = XXHash3.hash64(rows[row].id)
            // Validation holds every document once: repeats would only weigh its loss.
            for copy in 0..<(side == .train ? rows[row].copies : 1) {
                keyed.append((KeyedHash.mix(hash &+ UInt64(copy), seed: seed), row))
            }
        }
        keyed.sort { ($0.key, $0.row) < ($1.key, $1.row) }
        return keyed.map(\.row)
    }
}
