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
    /// `index.json`. Throws `TrainingFailure.unusableData` for the first thing that `TrainingSet` finds: no blocks, a weight that is not
    /// above 0, files of shards that are gone or cut short, data sets of different tokenizers. `reading` says how their blocks are read.
    public init(
        _ paths: [(path: String, weight: Double?)], reading: ShardReadingOptions = ShardReadingOptions()
    ) throws {
        var sets: [TrainingSet] = []
        for (path, weight) in paths {
            let set = try TrainingSet(path, weight: weight, reading: reading)
            if let problem = set.problems.first { throw problem.failure }
            sets.append(set)
        }
        if sets.isEmpty {
            throw TrainingFailure.wrongOption(name: "data", expected: "at least one data set", found: "none")
        }
        if let problem = TrainingSet.disagreements(sets).first { throw problem.failure }
        sources = sets.map { Source(path: $0.path, dataset: $0.train, weight: $0.weight) }
        validation = sets.compactMap(\.validation).filter { $0.blockCount > 0 }
    }

    /// What a reader should be told of data sets that other programs made: no segments to isolate.
    public var warnings: [String] {
        datasets.filter { !$0.hasSegments }.map {
            "\($0.folder): no segment_ends column: every block counts as one document, so attention crosses documents"
        }
    }

    /// Identity of all blocks: the digest of what every index says of them before compression, so that shards which a repair compressed
    /// otherwise are the same data.
    public func digest() -> String {
        var digest = SHA256Digest()
        for source in sources {
            digest.update(TrainingData.identity(source.dataset.index))
            digest.update("\(source.weight ?? 1)")
        }
        digest.update("validation")
        for dataset in validation { digest.update(TrainingData.identity(dataset.index)) }
        return digest.hexadecimal()
    }

    /// An index without its compressed files; one that has no hash of an uncompressed shard is named by the other file's.
    private static func identity(_ index: MDSIndex) -> [UInt8] {
        var index = index
        for number in index.shards.indices where !index.shards[number].rawData.hashes.isEmpty {
            index.shards[number].zipData = nil
        }
        return index.encoded()
    }

    /// Every data set, those to learn from first.
    var datasets: [ShardDataset] { sources.map(\.dataset) + validation }
}
