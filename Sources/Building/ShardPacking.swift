import Files
import Packing
import Parallel
import Shards
import Tokenization

/// A shard that is on disk, and what the index will say of it.
struct PackedShard: Sendable {
    let split: Split
    let entry: MDSShardEntry
    /// SHA-256 of what the shard says, without the layout: ids, segment ends and rows of every block.
    let contentSHA256: String
    /// What the filler copied into its blocks, counted one segment at a time.
    let written: PackingLedger
    /// Positions of its blocks that carry loss; nil where all but padding do.
    let lossTokens: Int?
    /// The name of its record in `work/packed`.
    let marker: String

    /// The file's name in the folder of the split.
    var fileName: String { entry.zipData?.basename ?? entry.rawData.basename }
}

/// Phase 5: gather, separate, cut, compress, write, a shard at a time.
struct ShardPacking: Sendable {
    let plan: BuildPlan
    let decision: Decision
    let tokens: TokenShelf
    let options: PackingOptions
    let output: OutputFolder
    /// What carries loss in each row of which not all does; nil: shards have no loss spans.
    let losses: [Int: LossRanges]?

    /// Bytes of token artefacts that may stay mapped and read.
    private static let mostMapped = 64 << 20

    struct Job: Sendable {
        let part: CorpusLayout.Part
        /// The number of the shard in its split.
        let shard: Int
        /// Blocks of the part.
        let blocks: Range<Int>

        var split: Split { part.split }
    }

    /// The jobs of all splits: shards of a fixed number of blocks.
    var jobs: [Job] {
        let size = plan.recipe.blocksPerShard
        return decision.layout.parts.flatMap { part in
            part.shards(blocks: size).enumerated().map {
                Job(part: part, shard: part.firstShard + $0.offset, blocks: $0.element)
            }
        }
    }

    /// The columns and what the index carries beside the shards.
    var schema: BlockSchema {
        BlockSchema(
            length: options.length, vocabularySize: plan.tokenizer.vocabularySize,
            tokenizerDigest: plan.tokenizer.digest, separatorPolicy: options.separator.rawValue,
            paddingToken: options.paddingToken, hasLossSpans: losses != nil, attributes: options.indexAttributes)
    }

    func run(_ pool: WorkerPool, _ progress: @escaping @Sendable (BuildProgress) -> Void) throws -> [PackedShard] {
        let jobs = jobs
        let rows = decision.history.layers.indices.map(decision.history.digest(ofLayer:))
        let meter = PhaseMeter(.pack, total: jobs.count, unitsAreBytes: false, progress)
        return try pool.map(jobs.count) { index, _ in
            let job = jobs[index]
            // The identity covers recipe, inputs, tokenizer and the versions of all phases: everything the shards depend on.
            let layer = decision.history.layers[job.part.layer]
            let identity = "\(layer.identity) generation \(layer.generation) rows \(rows[job.part.layer])"
            var digest = SHA256Digest()
            digest.update("shard 2 \(identity) \(job.split.rawValue) \(job.shard)")
            let marker = PathText.join(output.packed, "\(digest.hexadecimal().prefix(32)).json")
            let shard = try finished(job, marker) ?? write(job, marker)
            meter.add(1)
            return shard
        }
    }

    /// The shard of an earlier, interrupted run, if its file is there in full.
    private func finished(_ job: Job, _ marker: String) throws -> PackedShard? {
        guard Folder.exists(marker) else { return nil }
        let index = try MDSIndex(json: JSONValue(file: marker), path: marker)
        guard let entry = index.shards.first, index.shards.count == 1,
            let content = index.attributes["content_sha256"]?.string, let file = entry.zipData,
            let written = index.attributes["ledger"].flatMap({ try? PackingLedger(json: $0) }),
            Folder.exists(PathText.join(output.split(job.split), file.basename)),
            try SHA256Digest.hexadecimal(ofFile: PathText.join(output.split(job.split), file.basename))
                == file.hashes["sha256"]
        else { return nil }
        return PackedShard(
            split: job.split, entry: entry, contentSHA256: content, written: written,
            lossTokens: index.attributes["loss_tokens"]?.int, marker: PathText.name(of: marker))
    }

    private func write(_ job: Job, _ marker: String) throws -> PackedShard {
        let filling = ShardFilling(
            schema: schema, options: options, blocksPerShard: plan.recipe.blocksPerShard,
            compression: .zstd(level: plan.recipe.compressionLevel))
        var touched: Set<Int> = []
        let filled = try filling.shard(
            job.shard, blocks: job.blocks, of: job.part,
            generation: decision.history.layers[job.part.layer].generation,
            losses: losses.map { losses in { losses[$0] } }
        ) { row, range, target in
            let kept = decision.kept[row]
            touched.insert(kept.partition)
            tokens.copy(kept, range: range, into: target)
        }
        // What is mapped counts as memory of the process: of a corpus larger than that, a shard's share at a time.
        if tokens.mappedBytes > ShardPacking.mostMapped { tokens.releasePages(ofPartitions: touched) }
        let shard = filled.shard
        try shard.write(to: output.split(job.split))
        let packed = PackedShard(
            split: job.split, entry: shard.entry, contentSHA256: filled.contentSHA256,
            written: filled.written, lossTokens: filled.lossTokens, marker: PathText.name(of: marker))
        var attributes: [String: JSONValue] = [
            "content_sha256": .string(packed.contentSHA256), "ledger": packed.written.json,
        ]
        if let carrying = packed.lossTokens { attributes["loss_tokens"] = .integer(carrying) }
        let record = MDSIndex(shards: [shard.entry], attributes: attributes)
        try AtomicFile.write(record.encoded(), to: marker)
        return packed
    }
}
