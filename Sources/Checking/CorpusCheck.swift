import Building
import Documents
public import Files
import Packing
public import Parallel
import Shards
import Synchronization
import Tokenization

/// Integrity of a built corpus: every byte that the manifest answers for is read and checked.
public struct CorpusCheck: Sendable {
    /// What a check found.
    public struct Outcome: Sendable {
        /// Everything that is not as it should be, in the order of the files.
        public var findings: [Finding]
        /// Blocks looked at.
        public var blocks: Int
        /// Documents looked at.
        public var documents: Int

        /// As a JSON object; `schema` is its version.
        public var json: JSONValue {
            .object([
                "schema": 1, "sound": .bool(findings.isEmpty), "blocks": .integer(blocks),
                "documents": .integer(documents), "findings": .array(findings.map(\.json)),
            ])
        }
    }

    private let output: OutputFolder
    private let pool: WorkerPool

    /// A check of the corpus in `folder`.
    public init(folder: String, pool: WorkerPool) {
        output = OutputFolder(folder)
        self.pool = pool
    }

    /// Runs the check. Throws only where there is no corpus to check; damage is a finding.
    ///
    /// - Parameter progress: files done and all files.
    public func run(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) throws -> Outcome {
        if !Folder.isFolder(output.path) { throw FileFailure.missing(path: output.path) }
        let manifest: Manifest
        do { manifest = try Manifest(folder: output.path) } catch let failure as any Failure
            where Folder.exists(output.manifest) && failure.kind != .inputOutput
        {
            return Outcome(
                findings: [
                    Finding(
                        rule: "manifest", place: output.manifest, expected: "a manifest that can be read",
                        found: failure.description, hint: "build the corpus again into a new folder")
                ], blocks: 0, documents: 0)
        }
        var datasets: [(split: Split, dataset: ShardDataset)] = []
        var findings: [Finding] = []
        for split in Split.allCases {
            do { datasets.append((split, try ShardDataset(output.split(split)))) } catch {
                findings.append(
                    Finding(
                        rule: "index", place: output.split(split) + "/index.json", expected: "a readable index",
                        found: String(describing: error), hint: "build the corpus again into a new folder"))
            }
        }
        let total = datasets.reduce(0) { $0 + $1.dataset.index.shards.count } + manifest.documentParts.count + 1
        let done = Mutex(0)
        let step: @Sendable () -> Void = {
            done.withLock {
                $0 += 1
                progress($0, total)
            }
        }
        var tally = CorpusTally()
        for (split, dataset) in datasets {
            findings += try checkShards(split, dataset, manifest, step)
            findings += checkCounts(split, dataset, manifest)
            tally.shards[split] = try shardTallies(
                dataset, rows: manifest.documentParts.reduce(0) { $0 + $1.documents })
        }
        findings += try checkDocuments(manifest, &tally, step)
        if !manifest.extraction.isClosed {
            findings.append(
                Finding(
                    rule: "ledger", place: output.manifest, expected: "a closed extraction ledger of the whole corpus",
                    found: "off by \(manifest.extraction.imbalance) scalars", hint: "text was lost: report this"))
        }
        findings += tally.findings(manifest, output)
        findings += checkTokenizer(manifest)
        return Outcome(
            findings: findings, blocks: datasets.reduce(0) { $0 + $1.dataset.blockCount }, documents: tally.documents)
    }

    private func checkShards(
        _ split: Split, _ dataset: ShardDataset, _ manifest: Manifest, _ step: @escaping @Sendable () -> Void
    ) throws -> [Finding] {
        try pool.map(dataset.index.shards.count) { shard, _ in
            defer { step() }
            return dataset.problems(ofShard: shard).map { problem in
                Finding(
                    rule: "shard", place: output.split(split), expected: "a sound shard", found: problem.message,
                    hint:
                        "blocks \(problem.blocks.lowerBound) to \(problem.blocks.upperBound - 1) are lost; remove the file and build again"
                )
            }
        }.flatMap { $0 }
    }

    private func checkCounts(_ split: Split, _ dataset: ShardDataset, _ manifest: Manifest) -> [Finding] {
        let place = output.split(split) + "/index.json"
        guard let counts = manifest.splits[split.rawValue] else {
            return [
                Finding(
                    rule: "counts", place: output.manifest, expected: "the split \(split.rawValue)", found: "none",
                    hint: "build the corpus again into a new folder")
            ]
        }
        var findings: [Finding] = []
        func compare(_ what: String, _ expected: String, _ found: String) {
            if expected != found {
                findings.append(
                    Finding(
                        rule: "counts", place: place, expected: "\(what) \(expected) as in the manifest", found: found,
                        hint: "index and manifest are of different builds"))
            }
        }
        compare("blocks", "\(counts.blocks)", "\(dataset.blockCount)")
        compare("shards", "\(counts.shards)", "\(dataset.index.shards.count)")
        compare("tokenizer", manifest.tokenizer["digest"]?.string ?? "", dataset.tokenizerDigest ?? "none")
        if !counts.ledger.isClosed {
            findings.append(
                Finding(
                    rule: "ledger", place: output.manifest, expected: "a closed ledger of \(split.rawValue)",
                    found: "off by \(counts.ledger.imbalance)", hint: "tokens were lost in packing: report this"))
        }
        return findings
    }

    /// Counts padding and checks rows, shard by shard; damaged shards were reported already and are passed over.
    private func shardTallies(_ dataset: ShardDataset, rows: Int) throws -> ShardTally {
        let tallies = try pool.map(dataset.index.shards.count) { shard, _ in
            var tally = ShardTally()
            var content = SHA256Digest()
            for number in dataset.blocks(ofShard: shard) {
                guard let block = try? dataset.block(number) else {
                    tally.isWhole = false
                    continue
                }
                tally.padding += block.count - block.paddingStart
                tally.rowsOutside += block.segmentDocuments.filter { $0 >= UInt32(truncatingIfNeeded: rows) }.count
                block.tokens.withUnsafeBytes { content.update($0) }
                block.segmentEnds.withUnsafeBytes { content.update($0) }
                block.segmentDocuments.withUnsafeBytes { content.update($0) }
            }
            tally.contents = [content.hexadecimal()]
            return tally
        }
        return tallies.reduce(into: ShardTally()) { $0.merge($1) }
    }

    /// The tokenizer's own copy must be the one that the blocks were made with: without it nothing can be decoded.
    private func checkTokenizer(_ manifest: Manifest) -> [Finding] {
        let expected = manifest.tokenizer["digest"]?.string ?? ""
        let found: String
        do { found = try Tokenizer.load(output.tokenizer).digest } catch { found = String(describing: error) }
        if found == expected { return [] }
        return [
            Finding(
                rule: "tokenizer", place: output.tokenizer, expected: "the tokenizer of digest \(expected)",
                found: found, hint: "copy the tokenizer that the recipe names into this folder")
        ]
    }

    private func checkDocuments(
        _ manifest: Manifest, _ tally: inout CorpusTally, _ step: @escaping @Sendable () -> Void
    ) throws -> [Finding] {
        let parts = try pool.map(manifest.documentParts.count) { index, _ in
            defer { step() }
            return DocumentPartCheck(folder: output.documents, part: manifest.documentParts[index]).run()
        }
        var findings: [Finding] = []
        for part in parts {
            findings += part.findings
            tally.merge(part)
        }
        let rejected = RejectionCheck(folder: output.rejected, manifest: manifest).run()
        step()
        return findings + rejected
    }
}
