public import Files
internal import Parallel

/// The order in which a run sees the blocks: each epoch a keyed permutation of all of them, computed, not stored. The whole
/// state is (seed, epoch, position), so a run resumes exactly, and on any number of ranks.
public struct DataOrder: Sendable, Equatable {
    /// Number of blocks.
    public let count: Int
    /// The seed.
    public let seed: UInt64
    /// The current epoch, from 0.
    public private(set) var epoch: Int
    /// Blocks already taken of the current epoch; below `count`, or 0 for no blocks.
    public private(set) var position: Int
    private var permutation: KeyedPermutation

    /// The order of `count` blocks under `seed`, at a state.
    public init(count: Int, seed: UInt64, epoch: Int = 0, position: Int = 0) throws(ShardFailure) {
        guard count >= 0, epoch >= 0, position >= 0, position < max(count, 1) else {
            throw .malformedOrder(
                expected: "a position below \(count) blocks", found: "epoch \(epoch), position \(position)")
        }
        self.count = count
        self.seed = seed
        self.epoch = epoch
        self.position = position
        permutation = DataOrder.permutation(count, seed, epoch)
    }

    static func permutation(_ count: Int, _ seed: UInt64, _ epoch: Int) -> KeyedPermutation {
        KeyedPermutation(count: count, seed: KeyedHash.mix(UInt64(epoch), seed: seed))
    }

    /// Takes the next block, going on to the next epoch after the last one; nil where there are no blocks.
    public mutating func next() -> Int? {
        if count == 0 { return nil }
        let block = permutation[position]
        advance(by: 1)
        return block
    }

    /// The block `ahead` places after the next one, across epochs; nil where there are no blocks. Nothing is taken.
    public func block(ahead: Int) -> Int? {
        if count == 0 || ahead < 0 { return nil }
        let (steps, overflow) = position.addingReportingOverflow(ahead)
        if overflow { return nil }
        if steps < count { return permutation[steps] }
        return DataOrder.permutation(count, seed, epoch + steps / count)[steps % count]
    }

    /// Takes `steps` blocks at once.
    public mutating func advance(by steps: Int) {
        if count == 0 || steps <= 0 { return }
        let (total, overflow) = position.addingReportingOverflow(steps)
        precondition(!overflow, "\(steps) blocks after \(position)")
        position = total % count
        if total >= count {
            epoch += total / count
            permutation = DataOrder.permutation(count, seed, epoch)
        }
    }

    /// Equal states of equal data sets; the permutation follows from them.
    public static func == (left: DataOrder, right: DataOrder) -> Bool {
        left.count == right.count && left.seed == right.seed && left.epoch == right.epoch
            && left.position == right.position
    }

    /// As a JSON object; the seed as text because it has 64 bits.
    public var json: JSONValue {
        .object([
            "blocks": .integer(count), "seed": .string(String(seed)), "epoch": .integer(epoch),
            "position": .integer(position),
        ])
    }

    /// From the object that `json` gives; throws where it does not belong to a data set of `count` blocks.
    public init(json: JSONValue, count: Int) throws(ShardFailure) {
        guard let blocks = json["blocks"]?.int, let seed = json["seed"]?.string.flatMap(UInt64.init),
            let epoch = json["epoch"]?.int, let position = json["position"]?.int
        else {
            throw .malformedOrder(expected: "the members blocks, seed, epoch and position", found: json.text())
        }
        guard blocks == count else { throw .malformedOrder(expected: "\(count) blocks", found: "\(blocks)") }
        try self.init(count: count, seed: seed, epoch: epoch, position: position)
    }
}
