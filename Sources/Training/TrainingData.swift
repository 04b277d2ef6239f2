internal import Files
internal import Parallel
public import Shards

/// The blocks that a run learns from and those it is measured on.
public struct TrainingData: Sendable {
    /// One data set and its weight.
    public struct Source: Sendable {
        /// The folder as it was given.
        public let path: String
        /// The blocks.
        public let dataset: ShardDataset
        /// How often an epoch takes each of its rows, on average: 0.5 takes half of them, 2 takes all of them twice; nil: 1.
        public let weight: Double?
    }

    /// What is learned from.
    public let sources: [Source]
    /// What the validation loss is measured on, in order; empty: it is not measured.
    public let validation: [ShardDataset]

    /// Opens data sets. A path is a folder that a build made (its `train` and `validation` are taken) or a folder with an
    /// `index.json`. Throws `TrainingFailure.unusableData` for one without blocks, a weight that is not above 0, or data sets of
    /// different tokenizers. `reading` says how their blocks are read.
    public init(
        _ paths: [(path: String, weight: Double?)], reading: ShardReadingOptions = ShardReadingOptions()
    ) throws {
        var sources: [Source] = []
        var measured: [ShardDataset] = []
        for (path, weight) in paths {
            if let weight, !(weight > 0 && weight <= 1e6) {
                throw TrainingFailure.unusableData(
                    path: path, expected: "a weight above 0, at most 1000000", found: "\(weight)")
            }
            guard Folder.exists(path) else { throw FileFailure.missing(path: path) }
            let train = PathText.join(path, "train")
            let isBuild = Folder.exists(PathText.join(train, MDSIndex.fileName))
            let dataset = try ShardDataset(isBuild ? train : path, options: reading)
            if dataset.blockCount == 0 {
                throw TrainingFailure.unusableData(path: dataset.folder, expected: "at least one block", found: "none")
            }
            sources.append(Source(path: path, dataset: dataset, weight: weight))
            let held = PathText.join(path, "validation")
            if isBuild, Folder.exists(PathText.join(held, MDSIndex.fileName)) {
                measured.append(try ShardDataset(held, options: reading))
            }
        }
        guard let first = sources.first else {
            throw TrainingFailure.wrongOption(name: "data", expected: "at least one data set", found: "none")
        }
        self.sources = sources
        self.validation = measured.filter { $0.blockCount > 0 }
        for dataset in sources.map(\.dataset) + self.validation {
            let expected = first.dataset.tokenizerDigest
            if let expected, let found = dataset.tokenizerDigest, found != expected {
                throw TrainingFailure.unusableData(
                    path: dataset.folder, expected: "the tokenizer of \(first.dataset.folder) (\(expected.prefix(12)))",
                    found: "another one (\(found.prefix(12)))")
            }
        }
    }

    /// What a reader should be told of data sets that other programs made: no segments to isolate.
    public var warnings: [String] {
        datasets.filter { !$0.hasSegments }.map {
            "\($0.folder): no segment_ends column: every block counts as one document, so attention crosses documents"
        }
    }

    /// Identity of all blocks: the digest of every index, in which the hashes of all shards stand.
    public func digest() -> String {
        var digest = SHA256Digest()
        for source in sources {
            digest.update(source.dataset.index.encoded())
            digest.update("\(source.weight ?? 1)")
        }
        digest.update("validation")
        for dataset in validation { digest.update(dataset.index.encoded()) }
        return digest.hexadecimal()
    }

    /// Every data set, those to learn from first.
    var datasets: [ShardDataset] { sources.map(\.dataset) + validation }
}
