public import Files
public import Packing
public import Parallel
public import Shards

/// How documents of ids are packed into a data set.
public struct TokenPackingOptions: Sendable {
    /// Length, strategy, separators and padding of the blocks.
    public var packing = PackingOptions(separator: .none)
    /// The number of ids of the tokenizer; nil: the largest id that occurs and one.
    public var vocabularySize: Int?
    /// The digest of the tokenizer, for the index; nil where it is not known.
    public var tokenizerDigest: String?
    /// The separator policy that the index names, where the documents bring their separators along.
    public var ownSeparators: SeparatorPolicy?
    /// Blocks in a shard.
    public var blocksPerShard = 512
    /// zstd level of the shards.
    public var compressionLevel = 7

    /// The defaults.
    public init() {}
}

/// What a packing of ids wrote.
public struct TokenPackingSummary: Sendable {
    /// Documents that were read, all of at least one token.
    public var documents: Int
    /// Shards.
    public var shards: Int
    /// The number of ids that the index states.
    public var vocabularySize: Int
    /// The balance.
    public var ledger: PackingLedger
    /// Positions of the blocks that carry loss; nil where all but padding do.
    public var lossTokens: Int?
    /// How many documents were cut, and where.
    public var fragments: FragmentCounts

    /// One JSON object.
    public var json: JSONValue {
        .object([
            "schema": 1, "documents": .integer(documents), "shards": .integer(shards),
            "vocabulary_size": .integer(vocabularySize), "ledger": ledger.json, "fragments": fragments.json,
            "loss_tokens": lossTokens.map { .integer($0) } ?? .null,
        ])
    }
}

/// Packs token data of others, or of ours without a manifest, into a data set of our blocks: `index.json` and shards. Its segments name
/// documents by their number in the input; there is no `documents/`.
///
/// The ids lie in a temporary file in between, 4 bytes each: memory is 16 bytes a document, 16 more a span of those of which not all carries
/// loss, the longest document, and a shard a worker. Blocks say what carries loss where any document does; the separators of such a document
/// carry it as `LossRanges` says.
public struct TokenPacking: Sendable {
    /// What is being done, for a person.
    public enum Phase: String, Sendable { case read, pack }

    /// See `run`. While reading, `total` is 0 and `done` counts documents.
    public typealias Progress = @Sendable (_ phase: Phase, _ done: Int, _ total: Int) -> Void

    private let paths: [String]
    private let output: String
    private let reading: TokenImportOptions
    private let options: TokenPackingOptions

    /// Of the data at `paths`, one behind the other, into the new folder `output`. Throws `PackingFailure` for options that make no sense.
    public init(
        paths: [String], output: String, reading: TokenImportOptions = TokenImportOptions(),
        options: TokenPackingOptions = TokenPackingOptions()
    ) throws {
        try options.packing.validate()
        self.paths = paths
        self.output = output
        self.reading = reading
        self.options = options
    }

    /// Writes the data set. The folder gets its name when all is written. Throws `TokenImportFailure`, `ShardFailure` or `FileFailure`
    /// for input that is not what it claims to be.
    public func run(_ pool: WorkerPool, progress: @escaping Progress = { _, _, _ in }) throws -> TokenPackingSummary {
        var folder = try AtomicFolder(output)
        let spill = try TokenSpill(in: folder.temporaryPath, width: 4)
        let read = try read(into: spill, progress)
        let packing = options.packing
        var largest = max(read.largest, packing.paddingToken)
        if packing.separator.hasBegin { largest = max(largest, packing.beginToken ?? 0) }
        if packing.separator.hasEnd { largest = max(largest, packing.endToken ?? 0) }
        let size = options.vocabularySize ?? Int(largest) + 1
        guard largest < size else {
            throw TokenImportFailure.malformed(
                path: output, place: "begin, end and padding", expected: "ids below \(size)", found: "\(largest)")
        }
        let layout = try BlockLayout(tokenCounts: read.counts, options: packing)
        let part = CorpusLayout.Part(
            split: .train, layer: 0, order: Array(read.counts.indices), layout: layout, firstBlock: 0, firstShard: 0)
        let schema = BlockSchema(
            length: packing.length, vocabularySize: size, tokenizerDigest: options.tokenizerDigest ?? "",
            separatorPolicy: (options.ownSeparators ?? packing.separator).rawValue, paddingToken: packing.paddingToken,
            hasLossSpans: read.hasLossSpans, attributes: packing.indexAttributes)
        let filling = ShardFilling(
            schema: schema, options: packing, blocksPerShard: options.blocksPerShard,
            compression: .zstd(level: options.compressionLevel))
        let jobs = part.shards(blocks: options.blocksPerShard)
        let meter = WorkMeter(total: jobs.count) { progress(.pack, $0, $1) }
        let (target, starts) = (folder.temporaryPath, read.starts)
        let losses = read.hasLossSpans ? read.losses : nil
        let filled = try pool.map(jobs.count) { number, _ in
            let filled = try filling.shard(
                number, blocks: jobs[number], of: part, generation: 0, losses: losses.map { losses in { losses[$0] } }
            ) { document, range, buffer in
                try spill.read(starts[document] + range.lowerBound, into: buffer)
            }
            try filled.shard.write(to: target)
            meter.add(1)
            return (entry: filled.shard.entry, written: filled.written, lossTokens: filled.lossTokens)
        }
        var written = PackingLedger(length: packing.length)
        for shard in filled { written.merge(shard.written) }
        let lost = layout.ledger.dropped.values.reduce(0, +)
        guard layout.ledger.isClosed,
            written.documentTokens + written.separators + lost
                == layout.ledger.documentTokens + layout.ledger.separators
        else { throw BuildFailure.openLedger(what: "packing of \(output)", imbalance: layout.ledger.imbalance) }
        var attributes = schema.indexAttributes
        if options.tokenizerDigest == nil { attributes["tokenizer_digest"] = nil }
        try MDSIndex(shards: filled.map(\.entry), attributes: attributes).write(to: target)
        try folder.commit()
        return TokenPackingSummary(
            documents: read.counts.count, shards: filled.count, vocabularySize: size, ledger: layout.ledger,
            lossTokens: read.hasLossSpans ? filled.reduce(0) { $0 + ($1.lossTokens ?? 0) } : nil,
            fragments: layout.fragments)
    }

    struct Read {
        var counts: [Int] = []
        var starts: [Int] = []
        var largest: UInt32 = 0
        /// Whether any document says what of it carries loss.
        var hasLossSpans = false
        /// What carries loss in the documents of which not all does.
        var losses: [Int: LossRanges] = [:]
    }

    private func read(into spill: TokenSpill, _ progress: Progress) throws -> Read {
        var read = Read()
        var end = 0
        // Ids on their way to disk, of documents that are short.
        var pending: [UInt32] = []
        func flush() throws {
            try pending.withUnsafeBufferPointer { try spill.write($0, at: end - $0.count) }
            pending.removeAll(keepingCapacity: true)
        }
        for path in paths {
            var documents = try TokenImport.open(path, options: reading)
            while let document = try documents.next() {
                var largest: UInt32 = 0
                for id in document.ids { largest = max(largest, id) }
                if let size = options.vocabularySize, largest >= size {
                    throw TokenImportFailure.malformed(
                        path: document.place, place: "ids", expected: "ids below the vocabulary size \(size)",
                        found: "\(largest)")
                }
                read.largest = max(read.largest, largest)
                if let spans = document.lossSpans {
                    read.hasLossSpans = true
                    let ranges = LossRanges(carrying: spans, count: document.ids.count)
                    if !ranges.isComplete { read.losses[read.counts.count] = ranges }
                }
                read.starts.append(end)
                read.counts.append(document.ids.count)
                pending += document.ids
                end += document.ids.count
                if pending.count >= 1 << 18 { try flush() }
                if read.counts.count % 1024 == 0 { progress(.read, read.counts.count, 0) }
                if read.counts.count > Int(UInt32.max) { throw PackingFailure.tooManyTokens }
            }
        }
        try flush()
        return read
    }
}
