public import Files

/// What can be wrong with a data set of shards, and with what is to become one.
public enum ShardFailure: Failure, Equatable {
    /// `index.json` is not what the format asks for; `place` names the member.
    case malformedIndex(path: String, place: String, expected: String, found: String)
    /// A shard whose bytes cannot be trusted; `blocks` are the numbers of the samples that are lost with it.
    case damagedShard(path: String, blocks: Range<Int>, fault: ShardFault, expected: String, found: String)
    /// Neither the compressed nor the raw file of a shard is there.
    case missingShard(path: String, blocks: Range<Int>)
    /// The data set has no column of tokens that can be read.
    case unreadableColumn(path: String, column: String, expected: String, found: String)
    /// A value that its column cannot hold.
    case invalidValue(column: String, expected: String, found: String)
    /// Columns, sizes or names that no shard can have.
    case invalidLayout(String)
    /// A block number beyond the data set.
    case noSuchBlock(path: String, block: Int, count: Int)
    /// A state of reading that does not belong to this data set.
    case malformedOrder(expected: String, found: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .malformedIndex, .damagedShard, .unreadableColumn, .malformedOrder: .unreadableInput
        case .missingShard: .missingInput
        case .noSuchBlock, .invalidLayout: .usage
        case .invalidValue: .internalFailure
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .malformedIndex(let path, let place, let expected, let found):
            "\(path): \(place): expected \(expected), found \(found); write the index again or restore it"
        case .damagedShard(let path, let blocks, _, let expected, let found):
            "\(path): \(ShardFailure.text(of: blocks)): expected \(expected), found \(found); rebuild this shard"
        case .missingShard(let path, let blocks):
            "\(path): \(ShardFailure.text(of: blocks)): no such file; restore or rebuild this shard"
        case .unreadableColumn(let path, let column, let expected, let found):
            "\(path): column \(column): expected \(expected), found \(found)"
        case .invalidValue(let column, let expected, let found):
            "column \(column): expected \(expected), found \(found)"
        case .invalidLayout(let message): "shard layout: \(message)"
        case .noSuchBlock(let path, let block, let count):
            count == 0
                ? "\(path): block \(block): the data set is empty"
                : "\(path): block \(block): expected 0 to \(count - 1)"
        case .malformedOrder(let expected, let found):
            "data order: expected \(expected), found \(found); resume on the data set the run began with"
        }
    }

    static func text(of blocks: Range<Int>) -> String {
        switch blocks.count {
        case 0: "no blocks"
        case 1: "block \(blocks.lowerBound)"
        default: "blocks \(blocks.lowerBound) to \(blocks.upperBound - 1)"
        }
    }
}
