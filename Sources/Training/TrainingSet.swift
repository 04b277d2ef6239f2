internal import Files
public import Shards

/// One data set as it stands on disk: what is learned from, what is held out beside it, and what keeps it from being trained on. What `train`
/// refuses and what `doctor` warns of are told here, in one place.
public struct TrainingSet: Sendable {
    /// Something that keeps data from being trained on.
    public struct Problem: Sendable, Equatable {
        /// The folder or file.
        public var path: String
        /// What was expected.
        public var expected: String
        /// What was found.
        public var found: String
        /// What to do.
        public var hint: String
        /// The failure that a training ends with.
        var failure: TrainingFailure { .unusableData(path: path, expected: expected, found: "\(found); \(hint)") }
    }

    /// The folders of a data set.
    public struct Folders: Sendable, Equatable {
        /// What is learned from.
        public let train: String
        /// What is held out; nil where nothing can be.
        public let validation: String?
    }

    /// The folder as it was given.
    public let path: String
    /// How often an epoch takes each of its rows, on average; nil: once.
    public let weight: Double?
    /// What is learned from.
    public let train: ShardDataset
    /// What is held out; nil where nothing is.
    public let validation: ShardDataset?

    /// A data set that is open.
    public init(path: String, weight: Double?, train: ShardDataset, validation: ShardDataset?) {
        self.path = path
        self.weight = weight
        self.train = train
        self.validation = validation
    }

    /// Opens the indices of a data set. Throws what keeps one from being read; nothing else is looked at.
    public init(_ path: String, weight: Double?, reading: ShardReadingOptions = ShardReadingOptions()) throws {
        guard Folder.exists(path) else { throw FileFailure.missing(path: path) }
        let folders = TrainingSet.folders(of: path)
        self.init(
            path: path, weight: weight, train: try ShardDataset(folders.train, options: reading),
            validation: try folders.validation.map { try ShardDataset($0, options: reading) })
    }

    /// The folders that a path stands for: `train` and `validation` of what a build made, the path itself of anything else. A build always
    /// writes both: where one has no index it is damaged, not absent.
    public static func folders(of path: String) -> Folders {
        let (train, held) = (PathText.join(path, "train"), PathText.join(path, "validation"))
        let isSealed = Folder.exists(PathText.join(path, "manifest.json"))
        let isPlain = Folder.exists(PathText.join(path, MDSIndex.fileName))
        guard isSealed || Folder.exists(PathText.join(train, MDSIndex.fileName)) || !isPlain && Folder.isFolder(train)
        else { return Folders(train: path, validation: nil) }
        return Folders(train: train, validation: isSealed || Folder.isFolder(held) ? held : nil)
    }

    /// What keeps it alone from being trained on: its weight, a lack of blocks, files of shards that are not there in the size that the
    /// index states. Cost: one look at the file system a shard; none is opened.
    public var problems: [Problem] {
        var problems: [Problem] = []
        if let weight, !(weight > 0 && weight <= 1e6) {
            problems.append(
                Problem(
                    path: path, expected: "a weight above 0, at most 1000000", found: "\(weight)",
                    hint: "write DIR=0.5 to take half of it, or leave the data set out"))
        }
        if train.blockCount == 0 {
            problems.append(
                Problem(
                    path: train.folder, expected: "at least one block", found: "none",
                    hint: "look at rejected/ and the recipe's sources"))
        }
        for dataset in [train, validation].compactMap({ $0 }) {
            let files = dataset.fileProblems()
            guard let first = files.first else { continue }
            problems.append(
                Problem(
                    path: first.file, expected: first.expected,
                    found: first.found
                        + (files.count > 1 ? ", and \(files.count - 1) more of its shards are damaged" : ""),
                    hint: "`shardmill repair` makes shards of a built corpus again"))
        }
        return problems
    }

    /// What keeps data sets from being trained on together: blocks of different tokenizers.
    public static func disagreements(_ sets: [TrainingSet]) -> [Problem] {
        guard let first = sets.first?.train, let expected = first.tokenizerDigest else { return [] }
        let all = sets.map(\.train) + sets.compactMap(\.validation).filter { $0.blockCount > 0 }
        return all.compactMap { dataset in
            guard let found = dataset.tokenizerDigest, found != expected else { return nil }
            return Problem(
                path: dataset.folder, expected: "the tokenizer of \(first.folder) (\(expected.prefix(12)))",
                found: "another one (\(found.prefix(12)))", hint: "build all data with one tokenizer")
        }
    }
}
