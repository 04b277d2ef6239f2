import Building
import Files
public import Parallel
import Shards

/// A bare MDS folder: the index, and every byte of its shards. What only a corpus answers for is said not to have been looked at.
public struct ShardFolderCheck: Sendable {
    private let folder: String
    private let options: ValidationOptions
    private let pool: WorkerPool

    /// A check of the folder of an `index.json`.
    public init(folder: String, options: ValidationOptions = ValidationOptions(), pool: WorkerPool) {
        self.folder = folder
        self.options = options
        self.pool = pool
    }

    /// Runs the check; damage is a finding.
    public func run(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) throws -> ValidationReport {
        var report = ValidationReport(tool: options.tool, target: folder, kind: "shards")
        report.checked = ["index", "shard"]
        let home = PathText.folder(of: PathText.absolute(folder))
        report.remarks = [
            "documents, ledgers, digests: these are shards alone"
                + (CorpusCheck.isCorpus(home) && Split(rawValue: PathText.name(of: PathText.absolute(folder))) != nil
                    ? "; name the corpus they belong to, \(home)" : "")
        ]
        let dataset: ShardDataset
        do {
            dataset = try ShardDataset(folder, options: ShardReadingOptions(toleratesEditedIndex: true))
        } catch {
            let finding = Finding(
                rule: "index", place: PathText.join(folder, MDSIndex.fileName), expected: "a readable index",
                found: "\(error)", hint: ShardFolderCheck.hint, subject: "index")
            report.take([finding], options.rules, today: options.today, isWhole: false)
            return report
        }
        var findings = dataset.index.edits.filter { $0.shard == nil }.map { edit in
            Finding(
                rule: "index", place: PathText.join(folder, MDSIndex.fileName),
                expected: "an index as it was written, \(edit.place) \(edit.expected)", found: edit.found,
                hint: ShardFolderCheck.hint, subject: "index")
        }
        let shards = dataset.index.shards
        let picked = CorpusSample(share: options.sample).picks(shards.map(\.file.basename))
        let isPicked = Set(picked)
        var problems = dataset.fileProblems().filter { !isPicked.contains($0.shard) }
        let meter = Meter(picked.count, progress)
        problems += try pool.map(picked.count) { place, _ in
            defer { meter.step() }
            return dataset.problems(ofShard: picked[place])
        }.flatMap { $0 }
        for problem in problems.enumerated().sorted(by: {
            ($0.element.shard, $0.offset) < ($1.element.shard, $1.offset)
        }) {
            findings.append(
                Finding(
                    rule: "shard", place: problem.element.file, expected: "a sound shard",
                    found: problem.element.message, hint: ShardFolderCheck.hint,
                    subject: PathText.name(of: problem.element.file)))
        }
        if dataset.blockCount == 0 {
            findings.append(
                Finding(
                    rule: "shard", severity: .warning, place: FindingPlace(folder), expected: "at least one block",
                    found: "none", hint: "nothing can be trained on it", subject: "blocks"))
        }
        findings += StrayShards.findings(folder, shards)
        report.coverage = [
            .init(name: "shards", looked: picked.count, all: shards.count),
            .init(
                name: "blocks", looked: picked.reduce(0) { $0 + dataset.blocks(ofShard: $1).count },
                all: dataset.blockCount),
        ]
        report.take(findings, options.rules, today: options.today, isWhole: picked.count == shards.count)
        return report
    }

    private static let hint = "put the file back from a copy, or import the data again"
}

/// Files that look like shards and that no index names.
enum StrayShards {
    static func findings(_ folder: String, _ shards: [MDSShardEntry]) -> [Finding] {
        // The uncompressed file beside a shard is another reader's cache.
        let known = Set(shards.flatMap { [$0.rawData.basename, $0.file.basename] })
        let names = ((try? Folder.names(in: folder)) ?? []).sorted(by: precedesInByteOrder)
        return names.filter { $0.contains("shard.") && !$0.hasPrefix(".") && !known.contains($0) }.map { name in
            Finding(
                rule: "shard", severity: .warning, place: FindingPlace(PathText.join(folder, name)),
                expected: "shards that the index names", found: "one that it does not",
                hint: "nothing reads it: remove it", subject: "stray \(name)")
        }
    }
}
