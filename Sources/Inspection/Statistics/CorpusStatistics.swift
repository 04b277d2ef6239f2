public import Building
import Documents
import Files
public import Packing
public import Parallel
import Shards
import Tokenization

/// The figures of a built corpus: documents, tokens, words and bytes, per source, per kind of text and in total, lengths, how documents lie
/// in blocks, what packing saves, how the vocabulary is used, what is repeated.
///
/// Exact, from every record of `documents/` and every block: everything but the tokens of each kind of text (`StatisticsOptions.encodedBytes`),
/// n-grams (`.ngramTokens`) and, where there are very many, repeated paragraphs (`.paragraphs`). Samples are drawn by hashes under
/// `.seed`, so that they do not depend on threads.
public struct CorpusStatistics: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 1
    /// The lengths of blocks for which packing is compared with truncation, beside the corpus's own.
    public static let comparedLengths = [512, 1024, 2048, 4096, 8192]

    /// The seal of the corpus.
    public let manifest: Manifest
    /// Each source, in the order of the recipe.
    public let sources: [SourceStatistics]
    /// All documents.
    public let total: SourceStatistics
    /// How documents lie in the blocks of each side of the split; empty where blocks were not read.
    public let blocks: [Split: BlockStatistics]
    /// The ids that the blocks use; nil where they were not read.
    public let vocabulary: VocabularyUse?
    /// What truncation would lose at several lengths of blocks, the corpus's own among them.
    public let packing: [PackVersusTruncate]
    /// Paragraphs that come again.
    public let paragraphs: RepeatedParagraphs
    /// Frequent sequences of tokens in a sample of blocks; empty where blocks were not read.
    public let ngrams: [TokenNgrams]
    /// How the samples were drawn.
    public let options: StatisticsOptions
    /// Blocks in which n-grams were counted.
    public let sampledBlocks: Int
    /// Tokens in them.
    public let sampledTokens: Int
    /// The corpus's own tokenizer, where its folder holds it.
    let tokenizer: Tokenizer?
    /// Why there are no texts of tokens and no tokens by kind of text: the folder lacks its tokenizer. Nil where it does not.
    public let missingTokenizer: String?

    /// Reads the document records, a part to a worker, and every block, a shard to a worker. Memory: one part's line and one shard for
    /// each worker, 4 bytes for each document and worker, and the samples.
    public init(_ corpus: BuiltCorpus, pool: WorkerPool, options: StatisticsOptions = StatisticsOptions()) throws {
        let manifest = corpus.manifest
        self.manifest = manifest
        self.options = options
        let plan = SamplePlan(corpus, options: options)
        missingTokenizer = plan.missing
        tokenizer = plan.tokenizer
        let named = manifest.sources.map(\.name)
        let rowSources = RowTable(count: corpus.documentCount)

        let tallies = PerWorkerValue(pool) { DocumentTally(plan, blockLength: manifest.blockLength, options: options) }
        // A tally numbers its sources as it meets them; rows get the number in the manifest.
        let numbers = Dictionary(zip(named, named.indices), uniquingKeysWith: { first, _ in first })
        try pool.forEach(manifest.documentParts.count) { part, worker in
            let tally = tallies[worker]
            try corpus.forEachElement(ofPart: part) { row, element, record in
                try tally.add(element, record, row: row)
                rowSources.set(row, source: numbers[record.source] ?? named.count, copies: record.copies)
            }
            tally.endPart()
        }
        var merged: [String: SourceStatistics] = [:]
        var paragraphs = ParagraphTally(most: options.paragraphs)
        var frequent = FrequentParagraphs()
        for tally in tallies.all {
            for source in tally.sources {
                merged[
                    source.name,
                    default: SourceStatistics(name: source.name, blockLength: manifest.blockLength)
                ].merge(source)
            }
            paragraphs.merge(tally.paragraphs)
            frequent.merge(tally.frequent)
        }
        let unnamed = merged.keys.filter { numbers[$0] == nil }.sorted(by: precedesInByteOrder)
        var sources = (named + unnamed).map {
            merged[$0] ?? SourceStatistics(name: $0, blockLength: manifest.blockLength)
        }
        var total = SourceStatistics(name: "total", blockLength: manifest.blockLength)
        for source in sources { total.merge(source) }
        packing = Set(CorpusStatistics.comparedLengths + [manifest.blockLength]).sorted().map {
            PackVersusTruncate(tokenCounts: total.lengthList.lazy.map { Int($0) }, length: $0)
        }
        self.paragraphs = try CorpusStatistics.repeated(paragraphs, frequent, corpus, pool)

        if options.readsBlocks {
            let read = try BlockPass(corpus, plan, rowSources, sources: named.count + 1, options: options, pool: pool)
            blocks = read.blocks
            vocabulary = VocabularyUse(read.total, tokenizer: plan.tokenizer)
            for index in named.indices where index < read.perSource.count {
                sources[index].usedIDs = read.perSource[index].counts.count { $0 > 0 }
            }
            total.usedIDs = vocabulary?.used
            sampledBlocks = read.sampled.count
            sampledTokens = read.sampled.reduce(0) { $0 + $1.ids.count }
            ngrams = try pool.map(TokenNgrams.lengths.count) { index, _ in
                TokenNgrams(read.sampled, length: TokenNgrams.lengths[index], tokenizer: plan.tokenizer)
            }
        } else {
            blocks = [:]
            vocabulary = nil
            ngrams = []
            sampledBlocks = 0
            sampledTokens = 0
        }
        for index in sources.indices { sources[index].finish() }
        total.finish()
        self.sources = sources
        self.total = total
    }

    /// The texts of the paragraphs that take most. Cost: the parts they first stand in are read again.
    private static func repeated(
        _ tally: ParagraphTally, _ frequent: FrequentParagraphs, _ corpus: BuiltCorpus, _ pool: WorkerPool
    ) throws -> RepeatedParagraphs {
        let heaviest = RepeatedParagraphs.heaviest(tally, frequent)
        var wanted: [Int: [Int]] = [:]
        for (index, entry) in heaviest.enumerated() {
            let row = Int(entry.place.row)
            if let part = corpus.part(ofRow: row) { wanted[part, default: []].append(index) }
        }
        let parts = wanted.keys.sorted()
        let wantedOf = wanted
        let found = try pool.map(parts.count) { number, _ -> [(Int, RepeatedParagraphs.Paragraph)] in
            let indices = wantedOf[parts[number]] ?? []
            var found: [(Int, RepeatedParagraphs.Paragraph)] = []
            try corpus.forEachElement(ofPart: parts[number]) { row, element, record in
                for index in indices where Int(heaviest[index].place.row) == row {
                    guard let text = element["text"]?.utf8 else { continue }
                    let entry = heaviest[index]
                    let start = Int(entry.place.offset)
                    guard start <= text.count else { continue }
                    let shown = text[
                        start..<min(text.count, start + min(Int(entry.bytes), RepeatedParagraphs.shownBytes))]
                    found.append(
                        (
                            index,
                            RepeatedParagraphs.Paragraph(
                                count: Int(entry.count), isExact: entry.hash.trailingZeroBitCount >= tally.level,
                                bytes: Int(entry.bytes), text: TextCut.whole(shown),
                                document: record.id)
                        ))
                }
            }
            return found
        }
        let top = found.joined().sorted { $0.0 < $1.0 }.map(\.1)
        return RepeatedParagraphs(tally, top: top)
    }
}
