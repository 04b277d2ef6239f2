public import Files

/// Something wrong with a shard.
public struct ShardProblem: Sendable, Equatable {
    /// The shard's number.
    public var shard: Int
    /// The path of its file.
    public var file: String
    /// The blocks that are lost or wrong.
    public var blocks: Range<Int>
    /// In what way.
    public var fault: ShardFault
    /// What was expected.
    public var expected: String
    /// What was found.
    public var found: String
    /// One line that names the file, the blocks, what was expected and what was found.
    public var message: String

    /// The problem that reading the shard ended with; nil for a failure that is not the shard's, such as a full disk.
    init?(_ error: any Error, shard: Int) {
        switch error {
        case ShardFailure.missingShard(let path, let blocks):
            self.init(shard, path, blocks, .missing, "a file", "none", "\(error)")
        case ShardFailure.damagedShard(let path, let blocks, let fault, let expected, let found):
            self.init(shard, path, blocks, fault, expected, found, "\(error)")
        default: return nil
        }
    }

    init(
        _ shard: Int, _ file: String, _ blocks: Range<Int>, _ fault: ShardFault, _ expected: String, _ found: String,
        _ message: String
    ) {
        self.shard = shard
        self.file = file
        self.blocks = blocks
        self.fault = fault
        self.expected = expected
        self.found = found
        self.message = message
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "shard": .integer(shard), "file": .string(file), "first_block": .integer(blocks.lowerBound),
            "last_block": .integer(blocks.upperBound - 1), "fault": .string(fault.rawValue),
            "expected": .string(expected), "found": .string(found), "message": .string(message),
        ])
    }
}
