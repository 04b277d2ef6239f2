import Files
import Packing
public import Parallel
import Shards

/// Makes damaged and missing shards of a sealed corpus again, byte for byte, from its `documents/` and `tokenizer/` alone.
///
/// Where the index is sound its hashes prove the result; where it is not, the root digest of the manifest does, and the index is made
/// again too. Nothing is written that is not proven. Memory: the records of all documents (about 100 bytes each) and the tokens of
/// sixteen million positions at a time.
public struct CorpusRepair: Sendable {
    /// What is being done, for a person.
    public enum Phase: String, Sendable { case verify, rebuild }

    /// See `run`.
    public typealias Progress = @Sendable (_ phase: Phase, _ done: Int, _ total: Int) -> Void

    private let corpus: SealedCorpus
    private let isDryRun: Bool

    /// Positions of blocks that are made again at a time.
    private static let groupTokens = 1 << 24

    /// A repair of the corpus in `folder`. `isDryRun`: it is looked at only. Throws `SealedFailure` where no sealed corpus is there.
    public init(folder: String, isDryRun: Bool = false) throws {
        corpus = try SealedCorpus(folder: folder)
        self.isDryRun = isDryRun
    }

    /// A shard to make.
    struct Job: Sendable {
        let part: CorpusLayout.Part
        let number: Int
        /// Blocks of the part.
        let blocks: Range<Int>

        var split: Split { part.split }
    }

    /// One side as it was found.
    struct Side {
        /// The index; nil where it cannot be trusted.
        var index: MDSIndex?
        /// What is wrong with it.
        var problem: String?
        /// What is wrong with each shard that is damaged.
        var damage: [Int: [String]] = [:]
        /// The blocks of a shard.
        var blocks: [Int: Range<Int>] = [:]
    }

    /// Looks at everything and, unless it is a dry run, mends what can be. Throws `SealedFailure` where what is made again is not what
    /// was sealed. What cannot be made is in the report with the outcome `beyondRepair`.
    public func run(_ pool: WorkerPool, progress: @escaping Progress = { _, _, _ in }) throws -> RepairReport {
        let lock = isDryRun ? nil : try LockHolder(corpus.output.lock)
        defer { withExtendedLifetime(lock) {} }
        var sides: [Split: Side] = [:]
        let meter = WorkMeter(total: corpus.manifest.documentParts.count + Split.allCases.count) {
            progress(.verify, $0, $1)
        }
        for split in Split.allCases {
            sides[split] = try side(split, pool)
            meter.add(1)
        }
        let texts = SealedTexts(corpus: corpus)
        let records = try texts.records(pool) { meter.add($0) }
        var report = RepairReport()
        let isLost = !records.problems.isEmpty
        let outcome: RepairReport.Outcome = isDryRun ? .found : isLost ? .beyondRepair : .restored
        for (name, problem) in records.problems {
            report.documents.append(
                RepairReport.Item(
                    file: PathText.join(corpus.output.documents, name), blocks: nil, problems: [problem],
                    outcome: .beyondRepair))
        }
        for split in Split.allCases {
            guard let side = sides[split] else { continue }
            if let problem = side.problem {
                report.indices.append(
                    RepairReport.Item(
                        file: indexPath(split), blocks: nil, problems: [problem], outcome: outcome))
            }
            for number in side.damage.keys.sorted() {
                guard let entry = side.index?.shards[number] else { continue }
                report.shards.append(
                    RepairReport.Item(
                        file: PathText.join(corpus.output.split(split), entry.file.basename),
                        blocks: side.blocks[number], problems: side.damage[number] ?? [], outcome: outcome))
            }
        }
        if isDryRun || isLost || report.isSound { return report }
        let layout = try corpus.ownLayout(records.rows, texts: texts, pool)
        let maker = ShardMaker(corpus: corpus, texts: texts, rows: records.rows, layout: layout)
        if report.indices.isEmpty {
            try mendShards(maker, sides, &report, pool, progress)
        } else {
            try mendIndices(maker, sides, &report, pool, progress)
        }
        return report
    }

    private func indexPath(_ split: Split) -> String { PathText.join(corpus.output.split(split), MDSIndex.fileName) }

    private func side(_ split: Split, _ pool: WorkerPool) throws -> Side {
        var options = ShardReadingOptions(verifiesHashes: true)
        options.toleratesEditedIndex = true
        let dataset: ShardDataset
        do {
            dataset = try ShardDataset(corpus.output.split(split), options: options)
        } catch let failure as any Failure {
            return Side(index: nil, problem: failure.description)
        }
        if let edit = dataset.index.edits.first {
            return Side(
                index: nil,
                problem: "\(indexPath(split)): \(edit.place): expected \(edit.expected), found \(edit.found)")
        }
        let expected = corpus.manifest.splits[split.rawValue]
        guard dataset.index.shards.count == expected?.shards ?? 0, dataset.blockCount == expected?.blocks ?? 0 else {
            return Side(
                index: nil,
                problem:
                    "\(indexPath(split)): expected \(expected?.shards ?? 0) shards of \(expected?.blocks ?? 0) blocks, "
                    + "found \(dataset.index.shards.count) of \(dataset.blockCount)")
        }
        var side = Side(index: dataset.index)
        for problem in try dataset.verify(pool: pool) {
            side.damage[problem.shard, default: []].append(problem.message)
        }
        for number in side.damage.keys { side.blocks[number] = dataset.blocks(ofShard: number) }
        return side
    }

    /// The shards of a split, as the layout has them.
    private func jobs(_ layout: CorpusLayout, _ split: Split) -> [Job] {
        layout.parts(split).flatMap { part in
            part.shards(blocks: corpus.blocksPerShard).enumerated().map {
                Job(part: part, number: part.firstShard + $0.offset, blocks: $0.element)
            }
        }
    }

    // MARK: Shards of a sound index

    private func mendShards(
        _ maker: ShardMaker, _ sides: [Split: Side], _ report: inout RepairReport, _ pool: WorkerPool,
        _ progress: @escaping Progress
    ) throws {
        for split in Split.allCases {
            guard let side = sides[split], var index = side.index, !side.damage.isEmpty else { continue }
            let jobs = jobs(maker.layout, split).filter { side.damage[$0.number] != nil }
            let folder = corpus.output.split(split)
            let sealed = index
            var recompressed: [Int: MDSShardEntry] = [:]
            let meter = WorkMeter(total: jobs.count) { progress(.rebuild, $0, $1) }
            for group in groups(jobs) {
                let tokens = try maker.tokens(group.map { ($0.part, $0.blocks) }, pool)
                // All of a group are proven before one is written: an error leaves them as they are.
                let shards = try pool.map(group.count) { place, _ -> MDSShard in
                    let job = group[place]
                    let expected = sealed.shards[job.number]
                    let made = try maker.shard(
                        job.number, job.blocks, job.part, tokens, compression: expected.compression)
                    let path = PathText.join(folder, expected.file.basename)
                    guard made.shard.entry.rawData == expected.rawData else {
                        throw SealedFailure.otherContent(
                            path: path, blocks: shifted(job), expected: text(expected.rawData),
                            found: text(made.shard.entry.rawData))
                    }
                    return made.shard
                }
                try Folder.create(folder)
                try pool.forEach(shards.count) { place, _ in
                    try shards[place].write(to: folder)
                    meter.add(1)
                }
                for (job, shard) in zip(group, shards) where shard.entry != sealed.shards[job.number] {
                    recompressed[job.number] = shard.entry
                }
            }
            Folder.sync(folder)
            if recompressed.isEmpty { continue }
            for (number, entry) in recompressed {
                index.shards[number] = entry
                let file = PathText.join(folder, entry.file.basename)
                if let place = report.shards.firstIndex(where: { $0.file == file }) {
                    report.shards[place].outcome = .recompressed
                }
            }
            try index.write(to: folder)
        }
    }

    private func shifted(_ job: Job) -> Range<Int> {
        job.part.firstBlock + job.blocks.lowerBound..<job.part.firstBlock + job.blocks.upperBound
    }

    private func text(_ file: MDSFile) -> String {
        "\(file.bytes) bytes of sha256 \(file.hashes["sha256"]?.prefix(12) ?? "none")"
    }

    private func groups(_ jobs: [Job]) -> [[Job]] {
        var groups: [[Job]] = []
        var size = Int.max
        for job in jobs {
            let tokens = job.blocks.count * corpus.packing.length
            if size == Int.max || size + tokens > CorpusRepair.groupTokens {
                groups.append([])
                size = 0
            }
            groups[groups.count - 1].append(job)
            size += tokens
        }
        return groups
    }

    // MARK: Indices

    /// What a shard of an index that cannot be trusted was found to be.
    struct Looked: Sendable {
        let content: String
        let entry: MDSShardEntry
        /// Nil where its file holds the content already.
        let problem: String?
    }

    /// Makes every shard again, proves them by the root digest, and only then writes those that are not there and the indices.
    private func mendIndices(
        _ maker: ShardMaker, _ sides: [Split: Side], _ report: inout RepairReport, _ pool: WorkerPool,
        _ progress: @escaping Progress
    ) throws {
        let all = Split.allCases.flatMap { jobs(maker.layout, $0) }
        let compression = compression(sides)
        let meter = WorkMeter(total: all.count) { progress(.rebuild, $0, $1) }
        var looked: [Looked] = []
        for group in groups(all) {
            let tokens = try maker.tokens(group.map { ($0.part, $0.blocks) }, pool)
            looked += try pool.map(group.count) { place, _ in
                let job = group[place]
                let made = try maker.shard(job.number, job.blocks, job.part, tokens, compression: compression)
                meter.add(1)
                return try look(at: made, corpus.output.split(job.split))
            }
        }
        let root = RootDigest.hexadecimal(
            recipe: corpus.manifest.recipe, shards: zip(all, looked).map { ($0.split, $1.content) },
            parts: corpus.manifest.documentParts + [corpus.manifest.rejectedPart])
        guard root == corpus.manifest.rootDigest else {
            throw SealedFailure.otherRoot(
                folder: corpus.output.path, expected: corpus.manifest.rootDigest, found: root)
        }
        let damaged = zip(all, looked).filter { $1.problem != nil }
        for group in groups(damaged.map(\.0)) {
            let tokens = try maker.tokens(group.map { ($0.part, $0.blocks) }, pool)
            try pool.forEach(group.count) { place, _ in
                let job = group[place]
                let folder = corpus.output.split(job.split)
                try Folder.create(folder)
                try maker.shard(job.number, job.blocks, job.part, tokens, compression: compression).shard.write(
                    to: folder)
            }
        }
        report.shards = damaged.map { job, looked in
            RepairReport.Item(
                file: PathText.join(corpus.output.split(job.split), looked.entry.file.basename), blocks: shifted(job),
                problems: [looked.problem ?? ""], outcome: .restored)
        }
        for split in Split.allCases
        where sides[split]?.problem != nil || damaged.contains(where: { $0.0.split == split }) {
            let folder = corpus.output.split(split)
            try Folder.create(folder)
            Folder.sync(folder)
            let entries = zip(all, looked).filter { $0.0.split == split }.map(\.1.entry)
            try MDSIndex(shards: entries, attributes: corpus.schema.indexAttributes).write(to: folder)
        }
    }

    /// Whether the file of a shard holds what was made; one that this libzstd would compress otherwise stays as it is.
    private func look(at made: ShardFilling.Filled, _ folder: String) throws -> Looked {
        var entry = made.shard.entry
        let path = PathText.join(folder, entry.file.basename)
        func damaged(_ problem: String) -> Looked {
            Looked(content: made.contentSHA256, entry: made.shard.entry, problem: "\(path): \(problem)")
        }
        guard Folder.exists(path) else { return damaged("expected a file, found none") }
        let bytes: [UInt8]
        do { bytes = try FileByteStream(path).readAll(limit: 1 << 32) } catch { return damaged("\(error)") }
        if bytes == made.shard.compressed ?? made.shard.raw {
            return Looked(content: made.contentSHA256, entry: entry, problem: nil)
        }
        guard var zip = entry.zipData else { return damaged("expected other bytes than it has") }
        let raw = bytes.withUnsafeBytes {
            try? ZstdDecompressor().decompress($0, limit: made.shard.raw.count, name: path)
        }
        guard raw == made.shard.raw else { return damaged("expected other blocks than it holds, or a whole frame") }
        zip.bytes = bytes.count
        for (name, _) in zip.hashes {
            zip.hashes[name] = bytes.withUnsafeBytes { ShardHash(rawValue: name)?.hexadecimal(of: $0) }
        }
        entry.zipData = zip
        return Looked(content: made.contentSHA256, entry: entry, problem: nil)
    }

    /// How the shards are compressed, by an index that is sound, else by what a shard says of itself, else as builds do by default.
    private func compression(_ sides: [Split: Side]) -> MDSCompression {
        for split in Split.allCases {
            if let entry = sides[split]?.index?.shards.first { return entry.compression }
        }
        for split in Split.allCases {
            let folder = corpus.output.split(split)
            let names = (try? Folder.names(in: folder)) ?? []
            for name in names where name.hasSuffix(".mds.zstd") {
                guard let raw = try? ZstdDecompressor().decompress(file: PathText.join(folder, name)),
                    let found = MDSCompression(ofShard: raw)
                else { continue }
                return found
            }
        }
        return MDSShardOptions().compression
    }
}
