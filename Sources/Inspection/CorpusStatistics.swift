public import Building
import Files
import Packing
public import Parallel
import Shards

/// The figures of a built corpus: documents, tokens and bytes, per source and in total, lengths, what packing saves, and how
/// much of the vocabulary is used.
public struct CorpusStatistics: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// The seal of the corpus.
    public let manifest: Manifest
    /// Each source, in the order of the recipe.
    public let sources: [SourceStatistics]
    /// All documents.
    public let total: SourceStatistics
    /// The ids that the blocks use; nil where they were not read.
    public let vocabulary: VocabularyUse?

    /// Reads the document records, a part to a worker, and, unless `readsBlocks` is false, every block. Memory: one part's
    /// line and one shard for each worker.
    public init(_ corpus: BuiltCorpus, pool: WorkerPool, readsBlocks: Bool = true) throws {
        let manifest = corpus.manifest
        let parts = try pool.map(manifest.documentParts.count) { part, _ in
            var found: [String: SourceStatistics] = [:]
            try corpus.forEachRecord(ofPart: part) { _, record in
                found[record.source, default: SourceStatistics(name: record.source, blockLength: manifest.blockLength)]
                    .add(record)
                return true
            }
            return found
        }
        var merged: [String: SourceStatistics] = [:]
        for part in parts {
            for (name, statistics) in part {
                merged[name, default: SourceStatistics(name: name, blockLength: manifest.blockLength)].merge(statistics)
            }
        }
        let named = manifest.sources.map(\.name)
        let unnamed = merged.keys.filter { !named.contains($0) }.sorted(by: precedesInByteOrder)
        sources = (named + unnamed).map {
            merged[$0] ?? SourceStatistics(name: $0, blockLength: manifest.blockLength)
        }
        var total = SourceStatistics(name: "total", blockLength: manifest.blockLength)
        for source in sources { total.merge(source) }
        self.total = total
        self.manifest = manifest
        if readsBlocks {
            let datasets = try Split.allCases.map { try corpus.dataset($0) }
            let size = manifest.tokenizer["vocabulary_size"]?.int ?? datasets.compactMap(\.vocabularySize).max() ?? 0
            vocabulary = try VocabularyUse(datasets, vocabularySize: size, pool: pool)
        } else {
            vocabulary = nil
        }
    }
}
