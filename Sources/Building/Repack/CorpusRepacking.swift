import Files
import Packing
public import Parallel
import Shards
import Tokenization

/// Packs the tokens of a sealed corpus into blocks of another length, strategy or separator policy: a corpus of its own, with manifest,
/// documents, tokenizer and rejections, and without `work/`.
///
/// The tokens come from the shards; nothing is tokenized, but for documents that the shards do not hold whole (`pack.tail: drop`), all of
/// a corpus whose recipe says what carries no loss, and,
/// where the strategy of either corpus is `structure`, documents longer than a block, whose text says where they may be cut. The tokens
/// lie in a temporary file in between, 2 or 4 bytes each, so that memory does not grow with them.
public struct CorpusRepacking: Sendable {
    /// What is being done, for a person.
    public enum Phase: String, Sendable { case read, pack, seal }

    /// See `run`.
    public typealias Progress = @Sendable (_ phase: Phase, _ done: Int, _ total: Int) -> Void

    private let corpus: SealedCorpus
    private let output: String
    private let packing: PackingOptions
    private let blocksPerShard: Int
    private let level: Int?
    private let tool: String

    /// Of the corpus in `folder` into the new folder `output`. Throws `SealedFailure` where there is no sealed corpus, `PackingFailure`
    /// for options that make no sense, and `FileFailure` where something stands at `output`.
    public init(folder: String, output: String, options: RepackOptions, tool: String) throws {
        corpus = try SealedCorpus(folder: folder)
        self.output = output
        self.tool = tool
        var packing = corpus.packing
        packing.length = options.length ?? packing.length
        packing.strategy = options.strategy ?? packing.strategy
        packing.separator = options.separator ?? packing.separator
        packing.tail = options.tail ?? (packing.strategy == .concatenate ? packing.tail : .pad)
        try packing.validate()
        self.packing = packing
        let tokens = corpus.blocksPerShard * corpus.packing.length
        blocksPerShard = options.blocksPerShard ?? max(1, tokens / packing.length)
        level = options.compressionLevel
    }

    /// Writes the corpus and returns its manifest. The folder gets its name when all is written.
    public func run(_ pool: WorkerPool, progress: @escaping Progress = { _, _, _ in }) throws -> Manifest {
        let datasets = try Split.allCases.map { try ShardDataset(corpus.output.split($0)) }
        let shards = datasets.reduce(0) { $0 + $1.index.shards.count }
        let reading = WorkMeter(total: shards + corpus.manifest.documentParts.count) { progress(.read, $0, $1) }
        let texts = SealedTexts(corpus: corpus)
        let records = try texts.records(pool) { reading.add($0) }
        if !records.problems.isEmpty {
            throw SealedFailure.damagedDocuments(problems: records.problems.map(\.problem))
        }
        let rows = records.rows
        let own = try corpus.ownLayout(rows, texts: texts, pool)
        var folder = try AtomicFolder(output)
        let target = OutputFolder(folder.temporaryPath)
        let width = corpus.schema.tokenElement.size
        let spill = try TokenSpill(in: folder.temporaryPath, width: width)
        let places = RowPlaces(rows)
        try read(own, datasets, rows, places, texts, spill, pool, reading)
        let layout = try corpus.layout(
            rows, packing: packing, blocksPerShard: blocksPerShard, texts: texts, pool)
        let compression: MDSCompression =
            level.map { .zstd(level: $0) } ?? datasets.lazy.compactMap { $0.index.shards.first?.compression }.first
            ?? MDSShardOptions().compression
        let losses = try texts.losses(rows, pool)
        let filled = try pack(layout, places, losses, spill, target, compression, pool, progress)
        let manifest = try seal(layout, rows, filled, target, pool, progress)
        try folder.commit()
        return manifest
    }

    /// Where the tokens of each row stand in the spill.
    struct RowPlaces: Sendable {
        let starts: [Int]

        init(_ rows: [CorpusLayout.Row]) {
            var starts = [0]
            for row in rows { starts.append(starts[starts.count - 1] + row.tokens) }
            self.starts = starts
        }
    }

    /// Copies the own tokens of every row out of the shards.
    private func read(
        _ own: CorpusLayout, _ datasets: [ShardDataset], _ rows: [CorpusLayout.Row], _ places: RowPlaces,
        _ texts: SealedTexts, _ spill: TokenSpill, _ pool: WorkerPool, _ meter: WorkMeter
    ) throws {
        let leading = corpus.packing.separator.hasBegin ? 1 : 0
        for (dataset, split) in zip(datasets, Split.allCases) {
            let blocks = PlacedBlocks(dataset: dataset, parts: own.parts(split))
            try pool.forEach(dataset.index.shards.count) { shard, _ in
                try blocks.forEach(ofShard: shard) { block, number, segments in
                    let part = blocks.parts[number]
                    let ids = block.tokens
                    for segment in segments {
                        let row = part.order[segment.document]
                        let first = segment.offset - leading
                        let range = (first..<first + segment.count).clamped(to: 0..<rows[row].tokens)
                        if range.isEmpty { continue }
                        let start = segment.start + range.lowerBound - first
                        try ids[start..<start + range.count].withUnsafeBufferPointer {
                            try spill.write($0, at: places.starts[row] + range.lowerBound)
                        }
                    }
                }
                meter.add(1)
            }
        }
        // Rows of which a dropped tail holds tokens, in every copy.
        let missing = missingRows(own, rows)
        if missing.isEmpty { return }
        try texts.forEachTokenized(rows: missing, counts: rows, pool) { row, _, _, ids, _ in
            try ids.withUnsafeBufferPointer { try spill.write($0, at: places.starts[row]) }
        }
    }

    private func missingRows(_ own: CorpusLayout, _ rows: [CorpusLayout.Row]) -> Set<Int> {
        var missing: Set<Int> = []
        for part in own.parts where !part.layout.ledger.dropped.isEmpty {
            var whole: Set<Int> = []
            let end = part.layout.blockCount * corpus.packing.length
            for (position, row) in part.order.enumerated() {
                let place = part.layout.place(ofDocument: position)
                let first = place.block * corpus.packing.length + place.offset
                if first + part.layout.framedCount(ofDocument: position) <= end {
                    whole.insert(row)
                } else {
                    missing.insert(row)
                }
            }
            missing.subtract(whole)
        }
        return missing.filter { rows[$0].tokens > 0 }
    }

    private func pack(
        _ layout: CorpusLayout, _ places: RowPlaces, _ losses: [Int: LossRanges]?, _ spill: TokenSpill,
        _ target: OutputFolder,
        _ compression: MDSCompression, _ pool: WorkerPool, _ progress: @escaping Progress
    ) throws -> [PackedShard] {
        var jobs: [(part: CorpusLayout.Part, number: Int, blocks: Range<Int>)] = []
        for part in layout.parts {
            for (number, blocks) in part.shards(blocks: blocksPerShard).enumerated() {
                jobs.append((part, part.firstShard + number, blocks))
            }
        }
        for split in Split.allCases { try Folder.create(target.split(split)) }
        let filling = ShardFilling(
            schema: schema, options: packing, blocksPerShard: blocksPerShard, compression: compression)
        let meter = WorkMeter(total: jobs.count) { progress(.pack, $0, $1) }
        let work = jobs
        let layers = corpus.layers
        return try pool.map(work.count) { index, _ in
            let job = work[index]
            let filled = try filling.shard(
                job.number, blocks: job.blocks, of: job.part, generation: layers[job.part.layer].generation,
                losses: losses.map { losses in { losses[$0] } }
            ) { row, range, buffer in
                try spill.read(places.starts[row] + range.lowerBound, into: buffer)
            }
            try filled.shard.write(to: target.split(job.part.split))
            meter.add(1)
            return PackedShard(
                split: job.part.split, entry: filled.shard.entry, contentSHA256: filled.contentSHA256,
                written: filled.written, lossTokens: filled.lossTokens, marker: "")
        }
    }

    private var schema: BlockSchema {
        var schema = corpus.schema
        schema.length = packing.length
        schema.separatorPolicy = packing.separator.rawValue
        schema.attributes = packing.indexAttributes
        return schema
    }

    // MARK: Sealing

    private func seal(
        _ layout: CorpusLayout, _ rows: [CorpusLayout.Row], _ shards: [PackedShard], _ target: OutputFolder,
        _ pool: WorkerPool, _ progress: @escaping Progress
    ) throws -> Manifest {
        for split in Split.allCases {
            let planned = layout.ledger(split)
            var written = PackingLedger(length: packing.length)
            for shard in shards where shard.split == split { written.merge(shard.written) }
            written.dropped = planned.dropped
            let lost = planned.dropped.values.reduce(0, +)
            guard planned.isClosed, written.blocks == planned.blocks, written.padding == planned.padding,
                written.documentTokens + written.separators + lost == planned.documentTokens + planned.separators
            else { throw BuildFailure.openLedger(what: "packing of \(split.rawValue)", imbalance: written.imbalance) }
            try MDSIndex(shards: shards.filter { $0.split == split }.map(\.entry), attributes: schema.indexAttributes)
                .write(to: target.split(split))
        }
        let parts = corpus.manifest.documentParts
        let meter = WorkMeter(total: parts.count + 1) { progress(.seal, $0, $1) }
        try Folder.create(target.documents)
        let rowPlaces = layout.places(rows: rows.count)
        let first = corpus.firstRows
        let documents = try pool.map(parts.count) { part, _ in
            defer { meter.add(1) }
            return try copy(parts[part], firstRow: first[part], rowPlaces, target)
        }
        try FolderCopy.copy(corpus.output.rejected, to: target.rejected)
        try FolderCopy.copy(corpus.output.tokenizer, to: target.tokenizer)
        for (from, to) in [
            (corpus.output.contamination, target.contamination), (corpus.output.cleanItems, target.cleanItems),
        ] where Folder.exists(from) { try FolderCopy.copyFile(from, to: to) }
        let manifest = manifest(layout, shards, documents)
        try AtomicFile.write(Array(DatasetCard(manifest: manifest).text.utf8), to: target.card)
        try AtomicFile.write(manifest.json.encoded(.pretty), to: target.manifest)
        meter.add(1)
        return manifest
    }

    /// Writes one part of `documents/` with the new places.
    private func copy(
        _ part: Manifest.DocumentPart, firstRow: Int, _ places: [(block: Int, offset: Int)], _ target: OutputFolder
    ) throws -> Manifest.DocumentPart {
        let path = PathText.join(corpus.output.documents, part.name)
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var writer = try ZstdFileWriter(PathText.join(target.documents, part.name), level: 7)
        var digest = SHA256Digest()
        var row = firstRow
        while let line = try lines.next({ line -> [UInt8] in
            var members = try parser.parse(line, name: path, isLineOfReader: true) { $0.value.members ?? [:] }
            var tokens = members["tokens"]?.members ?? [:]
            tokens["block"] = .integer(places[row].block)
            tokens["offset"] = .integer(places[row].offset)
            members["tokens"] = .object(tokens)
            return JSONValue.object(members).encoded() + [0x0A]
        }) {
            digest.update(line)
            try writer.write(line)
            row += 1
        }
        try writer.commit()
        return Manifest.DocumentPart(name: part.name, documents: row - firstRow, sha256: digest.hexadecimal())
    }

    private func manifest(
        _ layout: CorpusLayout, _ shards: [PackedShard], _ documents: [Manifest.DocumentPart]
    ) -> Manifest {
        var manifest = corpus.manifest
        var recipe = manifest.recipe.members ?? [:]
        var pack: [String: JSONValue] = recipe["pack"]?.members ?? [:]
        pack["length"] = .integer(packing.length)
        pack["strategy"] = .string(packing.strategy.rawValue)
        pack["separator"] = .string(packing.separator.rawValue)
        pack["tail"] = .string(packing.tail.rawValue)
        pack["tolerance"] = packing.strategy == .structure ? .double(packing.tolerance) : nil
        recipe["pack"] = .object(pack)
        recipe["shards"] = .object(["blocks": .integer(blocksPerShard)])
        manifest.recipe = .object(recipe)
        manifest.tool = tool
        manifest.blockLength = packing.length
        manifest.separator = packing.separator.rawValue
        manifest.documentParts = documents
        var digest = SHA256Digest()
        digest.update("repacked")
        digest.update(corpus.manifest.identity)
        digest.update(manifest.recipe.text())
        manifest.identity = digest.hexadecimal()
        manifest.layers = corpus.layers
        for index in manifest.layers.indices { manifest.layers[index].identity = manifest.identity }
        for part in layout.parts {
            manifest.layers[part.layer].blocks[part.split.rawValue] = part.layout.blockCount
        }
        for split in Split.allCases {
            guard var counts = manifest.splits[split.rawValue] else { continue }
            let ledger = layout.ledger(split)
            counts.ledger = ledger
            counts.blocks = ledger.blocks
            counts.shards = shards.count { $0.split == split }
            counts.lossTokens =
                schema.hasLossSpans
                ? shards.reduce(0) { $0 + ($1.split == split ? $1.lossTokens ?? 0 : 0) } : nil
            counts.fragments = layout.fragments(split)
            manifest.splits[split.rawValue] = counts
        }
        manifest.rootDigest = RootDigest.hexadecimal(
            recipe: manifest.recipe, shards: shards.map { ($0.split, $0.contentSHA256) },
            parts: documents + [manifest.rejectedPart])
        return manifest
    }
}
