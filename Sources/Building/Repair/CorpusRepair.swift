import Files
import Packing
public import Parallel
import Shards
import Tokenization

/// Makes damaged and missing shards of a sealed corpus again, byte for byte, from its `documents/` and `tokenizer/` alone; damaged files of
/// those from `work/` and from the tokenizer that the recipe names, where they are still there and what the manifest says.
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
        if case .broken(let expected, let found) = corpus.manifest.seal {
            throw SealedFailure.editedManifest(path: corpus.output.manifest, expected: expected, found: found)
        }
        var report = RepairReport()
        let hasTokenizer = try mendTokenizer(&report)
        var sides: [Split: Side] = [:]
        let meter = WorkMeter(total: corpus.manifest.documentParts.count + Split.allCases.count) {
            progress(.verify, $0, $1)
        }
        for split in Split.allCases {
            sides[split] = try side(split, pool)
            meter.add(1)
        }
        let texts = SealedTexts(corpus: corpus)
        var records = try texts.records(pool) { meter.add($0) }
        if try mendTexts(records, &report, hasTokenizer: hasTokenizer, pool) {
            records = try texts.records(pool) { _ in }
        }
        let isLost = !records.problems.isEmpty || !hasTokenizer
        let outcome: RepairReport.Outcome = isDryRun ? .found : isLost ? .beyondRepair : .restored
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
        if isDryRun || isLost || report.indices.isEmpty && report.shards.isEmpty { return report }
        let layout = try corpus.ownLayout(records.rows, texts: texts, pool)
        let maker = ShardMaker(corpus: corpus, texts: texts, rows: records.rows, layout: layout)
        if report.indices.isEmpty {
            try mendShards(maker, sides, &report, pool, progress)
        } else {
            try mendIndices(maker, sides, &report, pool, progress)
        }
        return report
    }

    // MARK: tokenizer/, documents/, rejected/

    /// Holds `tokenizer/` against the manifest and copies what is damaged from where the recipe has it, if it is the same there. Returns whether
    /// its tokens can be made.
    private func mendTokenizer(_ report: inout RepairReport) throws -> Bool {
        let (output, manifest) = (corpus.output, corpus.manifest)
        func item(_ problem: Manifest.FileProblem, _ outcome: RepairReport.Outcome) -> RepairReport.Item {
            RepairReport.Item(
                file: problem.path, blocks: nil,
                problems: ["\(problem.path): expected \(problem.expected), found \(problem.found)"], outcome: outcome)
        }
        func loaded() -> String? {
            do { _ = try corpus.tokenizer() } catch { return "\(error)" }
            return nil
        }
        let damaged = manifest.tokenizerProblems(output).filter { !$0.isExtra }
        if damaged.isEmpty {
            // A manifest of before its files were counted has the digest of the whole.
            guard let problem = loaded() else { return true }
            let path = output.tokenizer
            var outcome = isDryRun ? RepairReport.Outcome.found : .beyondRepair
            if !isDryRun, let source = try? WorkPlan(folder: output).recipe.tokenizerPath,
                (try? Tokenizer.load(source).digest) == manifest.tokenizer["digest"]?.string
            {
                try TokenizerFolder.copy(from: source, to: path)
                if loaded() == nil { outcome = .restored }
            }
            report.tokenizer = [RepairReport.Item(file: path, blocks: nil, problems: [problem], outcome: outcome)]
            return outcome != .beyondRepair
        }
        if isDryRun {
            report.tokenizer = damaged.map { item($0, .found) }
            return true
        }
        let source: String
        do { source = try WorkPlan(folder: output).recipe.tokenizerPath } catch {
            report.obstacle = "where the recipe has its tokenizer is not known (\(error))"
            report.tokenizer = damaged.map { item($0, .beyondRepair) }
            return loaded() == nil
        }
        try Folder.create(output.tokenizer)
        for problem in damaged {
            let name = PathText.name(of: problem.path)
            let isRestored =
                (try? TokenizerFolder.restore(
                    name, sha256: manifest.tokenizerFiles?[name] ?? "", from: source, to: output.tokenizer)) ?? false
            if !isRestored { report.obstacle = "\(source), which the recipe names, does not have the same file" }
            report.tokenizer.append(item(problem, isRestored ? .restored : .beyondRepair))
        }
        Folder.sync(output.tokenizer)
        return loaded() == nil
    }

    /// Names damaged parts of `documents/` and `rejected/`, and makes them again from `work/`. Returns whether any part of `documents/` was made.
    private func mendTexts(
        _ records: SealedTexts.Records, _ report: inout RepairReport, hasTokenizer: Bool, _ pool: WorkerPool
    ) throws -> Bool {
        let (output, manifest) = (corpus.output, corpus.manifest)
        let lost = rejectedProblem()
        if records.problems.isEmpty, lost == nil { return false }
        var outcome = isDryRun ? RepairReport.Outcome.found : .beyondRepair
        if !isDryRun, hasTokenizer {
            let names = Set(records.problems.map(\.name))
            let parts = manifest.documentParts.indices.filter { names.contains(manifest.documentParts[$0].name) }
            do {
                try PartRemaking(output: output, manifest: manifest).run(parts: parts, rejections: lost != nil, pool)
                outcome = .restored
            } catch { report.obstacle = "\(error)" }
        }
        for (name, problem) in records.problems {
            report.documents.append(
                RepairReport.Item(
                    file: PathText.join(output.documents, name), blocks: nil, problems: [problem], outcome: outcome))
        }
        if let lost {
            let path = PathText.join(output.rejected, manifest.rejectedPart.name)
            report.rejected = [RepairReport.Item(file: path, blocks: nil, problems: [lost], outcome: outcome)]
        }
        return outcome == .restored && !records.problems.isEmpty
    }

    /// What is wrong with the file of `rejected/`; nil where nothing is.
    private func rejectedProblem() -> String? {
        let entry = corpus.manifest.rejectedPart
        let path = PathText.join(corpus.output.rejected, entry.name)
        do {
            var lines = LineReader(try ByteStream.open(path))
            var digest = SHA256Digest()
            var count = 0
            while let _: Void = try lines.next({ line in
                digest.update(line)
                digest.update([0x0A])
            }) {
                count += 1
            }
            let found = digest.hexadecimal()
            if count == entry.documents, found == entry.sha256 { return nil }
            return
                "\(path): expected \(entry.documents) rejections of digest \(entry.sha256), found \(count) of \(found)"
        } catch { return "\(error)" }
    }

    private func indexPath(_ split: Split) -> String { PathText.join(corpus.output.split(split), MDSIndex.fileName) }

    private func side(_ split: Split, _ pool: WorkerPool) throws -> Side {
        var options = ShardReadingOptions(verifiesHashes: true)
        options.toleratesEditedIndex = true
        let dataset: ShardDataset
        do {
            dataset = try ShardDataset(corpus.output.split(split), options: options)
        } catch ShardFailure.malformedIndex(let path, let place, let expected, let found) {
            return Side(index: nil, problem: "\(path): \(place): expected \(expected), found \(found)")
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
            // What to do about it is being done.
            side.damage[problem.shard, default: []].append(
                "\(problem.file): \(text(problem.blocks)): expected \(problem.expected), found \(problem.found)")
        }
        for number in side.damage.keys { side.blocks[number] = dataset.blocks(ofShard: number) }
        return side
    }

    private func text(_ blocks: Range<Int>) -> String {
        blocks.count == 1 ? "block \(blocks.lowerBound)" : "blocks \(blocks.lowerBound) to \(blocks.upperBound - 1)"
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
            if recompressed.isEmpty {
                Folder.sync(folder)
                continue
            }
            for (number, entry) in recompressed {
                index.shards[number] = entry
                let file = PathText.join(folder, entry.file.basename)
                if let place = report.shards.firstIndex(where: { $0.file == file }) {
                    report.shards[place].outcome = .recompressed
                }
            }
            // The shards have their names before the index does; what the folder holds is synced behind both.
            Folder.sync(folder)
            try index.write(to: folder)
            Folder.sync(folder)
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
        let compressions = ShardCompressions(corpus.output, sides.mapValues(\.index))
        @Sendable func compression(_ job: Job) -> MDSCompression {
            compressions.compression(job.split, job.number, generation: corpus.layers[job.part.layer].generation)
        }
        let meter = WorkMeter(total: all.count) { progress(.rebuild, $0, $1) }
        var looked: [Looked] = []
        for group in groups(all) {
            let tokens = try maker.tokens(group.map { ($0.part, $0.blocks) }, pool)
            looked += try pool.map(group.count) { place, _ in
                let job = group[place]
                let made = try maker.shard(
                    job.number, job.blocks, job.part, tokens, compression: compression(job))
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
                try maker.shard(
                    job.number, job.blocks, job.part, tokens, compression: compression(job)
                ).shard.write(to: folder)
            }
        }
        report.shards = damaged.map { job, looked in
            let sealed = sides[job.split]?.index?.shards[job.number]
            return RepairReport.Item(
                file: PathText.join(corpus.output.split(job.split), looked.entry.file.basename), blocks: shifted(job),
                problems: [looked.problem ?? ""],
                outcome: sealed == nil || sealed == looked.entry ? .restored : .recompressed)
        }
        for split in Split.allCases {
            let folder = corpus.output.split(split)
            try Folder.create(folder)
            // Shards have their names before the index that names them.
            Folder.sync(folder)
            let entries = zip(all, looked).filter { $0.0.split == split }.map(\.1.entry)
            if sides[split]?.index?.shards == entries { continue }
            try MDSIndex(shards: entries, attributes: corpus.schema.indexAttributes).write(to: folder)
            Folder.sync(folder)
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
}
