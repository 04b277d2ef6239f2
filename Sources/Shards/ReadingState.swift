public import Files

/// Where a reader of blocks stands: all that is needed to go on, on any number of ranks.
public struct ReadingState: Sendable, Equatable {
    /// Blocks of the data set.
    public let blocks: Int
    /// The seed of the shuffle; nil for the order in which the blocks are stored.
    public let seed: UInt64?
    /// The epoch, from 0.
    public let epoch: Int
    /// Blocks of the epoch that all ranks together have taken.
    public let position: Int

    /// A state; throws where the position is not inside the epoch.
    public init(blocks: Int, seed: UInt64?, epoch: Int = 0, position: Int = 0) throws(ShardFailure) {
        guard blocks >= 0, epoch >= 0, position >= 0, position < max(blocks, 1),
            case let (start, isTooLong) = epoch.multipliedReportingOverflow(by: max(blocks, 1)), !isTooLong,
            !start.addingReportingOverflow(position).overflow
        else {
            throw .malformedOrder(
                expected: "a position below \(blocks) blocks", found: "epoch \(epoch), position \(position)")
        }
        self.blocks = blocks
        self.seed = seed
        self.epoch = epoch
        self.position = position
    }

    /// The state after `taken` blocks since the beginning of the first epoch.
    init(blocks: Int, seed: UInt64?, taken: Int) {
        self.blocks = blocks
        self.seed = seed
        epoch = blocks == 0 ? 0 : taken / blocks
        position = blocks == 0 ? 0 : taken % blocks
    }

    /// Blocks taken since the beginning of the first epoch.
    var taken: Int { epoch * blocks + position }

    /// As a JSON object; the seed as text because it has 64 bits.
    public var json: JSONValue {
        .object([
            "blocks": .integer(blocks), "seed": seed.map { .string(String($0)) } ?? .null, "epoch": .integer(epoch),
            "position": .integer(position),
        ])
    }

    /// From the object that `json` gives.
    public init(json: JSONValue) throws(ShardFailure) {
        let seed = json["seed"]?.string.flatMap(UInt64.init)
        guard let blocks = json["blocks"]?.int, let epoch = json["epoch"]?.int, let position = json["position"]?.int,
            seed != nil || json["seed"] == .null
        else {
            throw .malformedOrder(expected: "the members blocks, seed, epoch and position", found: json.text())
        }
        try self.init(blocks: blocks, seed: seed, epoch: epoch, position: position)
    }
}
