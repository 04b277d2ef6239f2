public import Files

/// What a repair found in a corpus, and what became of it.
public struct RepairReport: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// What became of something damaged.
    public enum Outcome: String, Sendable {
        /// Found only: nothing is written on a dry run.
        case found
        /// The bytes are those of the build.
        case restored
        /// The content is that of the build; this libzstd compresses it to other bytes, and the index names their hashes.
        case recompressed
        /// It cannot be made from what the folder holds.
        case beyondRepair = "beyond_repair"
    }

    /// A shard, an index, a part of `documents/` or `rejected/`, a file of `tokenizer/`.
    public struct Item: Sendable {
        /// The path of the file.
        public let file: String
        /// The first and one past the last block of a shard; nil for other files.
        public let blocks: Range<Int>?
        /// What is wrong with it, one line each.
        public let problems: [String]
        /// What became of it.
        public internal(set) var outcome: Outcome

        var json: JSONValue {
            var members: [String: JSONValue] = [
                "file": .string(file), "problems": .array(problems.map { .string($0) }),
                "outcome": .string(outcome.rawValue),
            ]
            if let blocks {
                members["first_block"] = .integer(blocks.lowerBound)
                members["last_block"] = .integer(blocks.upperBound - 1)
            }
            return .object(members)
        }
    }

    /// Damaged or missing shards, in order.
    public internal(set) var shards: [Item] = []
    /// Damaged or missing indices.
    public internal(set) var indices: [Item] = []
    /// Damaged or missing parts of `documents/`, from which shards are made; they come from `work/`, where that is there.
    public internal(set) var documents: [Item] = []
    /// The file of `rejected/`, where it is damaged or missing.
    public internal(set) var rejected: [Item] = []
    /// Damaged or missing files of `tokenizer/`, which come from the tokenizer that the recipe names.
    public internal(set) var tokenizer: [Item] = []
    /// Why something could not be made again, where that is known.
    public internal(set) var obstacle: String?

    /// All of it.
    public var items: [Item] { tokenizer + documents + rejected + indices + shards }

    /// Whether nothing was wrong.
    public var isSound: Bool { items.isEmpty }

    /// What is wrong still: nil where everything was sound or was restored.
    public var failure: SealedFailure? {
        let lost = items.filter { $0.outcome == .beyondRepair }
        return lost.isEmpty ? nil : .beyondRepair(files: lost.map(\.file), obstacle: obstacle)
    }

    /// One JSON object.
    public var json: JSONValue {
        .object([
            "schema": .integer(RepairReport.schemaVersion), "sound": .bool(isSound),
            "shards": .array(shards.map(\.json)), "indices": .array(indices.map(\.json)),
            "documents": .array(documents.map(\.json)), "rejected": .array(rejected.map(\.json)),
            "tokenizer": .array(tokenizer.map(\.json)),
        ])
    }
}
