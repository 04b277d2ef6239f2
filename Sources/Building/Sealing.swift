import Cleaning
import Documents
import Files
import Packing
import Parallel
import Shards
import Tokenization

/// Phase 6: documents, rejections, indices, card, and last the manifest. Every ledger is checked before anything is sealed.
struct Sealing {
    let plan: BuildPlan
    let decision: Decision
    let extractKeys: [String]
    let tokens: TokenShelf
    let revisionKeys: Set<String>
    /// What of evaluation sets was found; nil where none was asked for.
    let contamination: ContaminationReport?
    /// How many tokens each source gave; nil where the recipe wants no mixture.
    let mixture: Mixture?
    /// What was measured of the split; nil where it was not asked for.
    let leakage: LeakageMeasure.Outcome?
    let shards: [PackedShard]
    let packing: PackingOptions
    let schema: BlockSchema
    let output: OutputFolder
    let generation: Int
    /// The manifest of the corpus that is added to, where there is one.
    let earlier: Manifest?
    /// How many inputs could not be read.
    let unreadable: Int
    let tool: String

    func run(_ pool: WorkerPool, _ progress: @escaping @Sendable (BuildProgress) -> Void) throws -> Manifest {
        if !decision.extraction.isClosed {
            throw BuildFailure.openLedger(what: "extraction", imbalance: decision.extraction.imbalance)
        }
        for split in Split.allCases { try checkPacking(split) }
        try AtomicFile.write([], to: output.sealing)
        let parts = DocumentParts(
            plan: plan, decision: decision, extractKeys: extractKeys, tokens: tokens, output: output,
            earlier: earlier)
        let ranges = parts.ranges
        let places = decision.layout.places(rows: decision.kept.count)
        let meter = PhaseMeter(.seal, total: ranges.count + 4, unitsAreBytes: false, progress)
        let documentParts = try pool.map(ranges.count) { part, _ in
            let entry = try parts.write(
                part: part, layer: ranges[part].layer, rows: ranges[part].rows, places: places)
            meter.add(1)
            return entry
        }
        let rejectedPart = try parts.writeRejections()
        meter.add(1)
        let manifest = try makeManifest(documentParts, rejectedPart)
        if let contamination {
            try AtomicFile.write(contamination.json.encoded(.pretty), to: output.contamination)
            try AtomicFile.write(contamination.cleanSubset, to: output.cleanItems)
        } else {
            try Folder.remove(output.contamination)
            try Folder.remove(output.cleanItems)
        }
        try TokenizerFolder.copy(from: plan.recipe.tokenizerPath, to: output.tokenizer)
        for split in Split.allCases { try writeIndex(split) }
        try AtomicFile.write(Array(DatasetCard(manifest: manifest).text.utf8), to: output.card)
        // The report is made from the sealed folder afterwards: one of an earlier generation must not outlive its corpus.
        try Folder.remove(output.report)
        for folder in [output.documents, output.rejected, output.tokenizer] + Split.allCases.map(output.split) {
            Folder.sync(folder)
        }
        try WorkPlan(plan: plan, extractKeys: extractKeys).write(to: output.plan)
        // Named by the corpus that it belongs to: that of the corpus which is replaced stands until the manifest does.
        try decision.history.write(output, rootDigest: manifest.rootDigest)
        try AtomicFile.write(manifest.json.encoded(.pretty), to: output.manifest)
        Folder.sync(output.path)
        meter.add(1)
        try removeOldFiles(manifest)
        try Folder.remove(output.sealing)
        meter.add(2)
        return manifest
    }

    /// Holds what was written into the blocks against the documents' tokens: the layout says what should stand there, the filler
    /// counted what it copied.
    private func checkPacking(_ split: Split) throws {
        let planned = decision.layout.ledger(split)
        var written = PackingLedger(length: packing.length)
        for shard in shards where shard.split == split { written.merge(shard.written) }
        let own = decision.layout.parts(split).flatMap(\.order).reduce(0) { $0 + decision.kept[$1].tokens }
        let dropped = planned.dropped.values.reduce(0, +)
        let lost = own + planned.separators - dropped - written.documentTokens - written.separators
        if lost != 0 || !planned.isClosed || written.padding != planned.padding || written.blocks != planned.blocks {
            throw BuildFailure.openLedger(
                what: "packing of \(split.rawValue)", imbalance: lost != 0 ? lost : planned.imbalance)
        }
    }

    private func writeIndex(_ split: Split) throws {
        let index = MDSIndex(
            shards: shards.filter { $0.split == split }.map(\.entry), attributes: schema.indexAttributes)
        try index.write(to: output.split(split))
    }

    private func makeManifest(_ documents: [Manifest.DocumentPart], _ rejected: Manifest.DocumentPart) throws
        -> Manifest
    {
        let recipe = plan.recipe
        let rootDigest = RootDigest.hexadecimal(
            recipe: recipe.meaning, shards: shards.map { ($0.split, $0.contentSHA256) }, parts: documents + [rejected])
        var rules: [String: Int] = [:]
        for rejection in decision.rejections { rules[rejection.rule, default: 0] += 1 }
        var tokenizer: [String: JSONValue] = [
            "path": .string(recipe.tokenizer), "digest": .string(plan.tokenizer.digest),
            "vocabulary_size": .integer(plan.tokenizer.vocabularySize),
            "files": .object(try TokenizerFolder.digests(of: recipe.tokenizerPath).mapValues { .string($0) }),
        ]
        if let begin = packing.beginToken { tokenizer["begin"] = .integer(Int(begin)) }
        if let end = packing.endToken { tokenizer["end"] = .integer(Int(end)) }
        return Manifest(
            tool: tool, name: recipe.name, recipe: recipe.meaning, identity: plan.identity, generation: generation,
            tokenizer: .object(tokenizer), blockLength: packing.length, separator: packing.separator.rawValue,
            paddingToken: Int(packing.paddingToken), sources: sourceCounts(),
            inputs: plan.inputs.map {
                Manifest.Input(
                    source: recipe.sources[$0.source].name, path: $0.relativePath, bytes: $0.bytes, sha256: $0.sha256)
            }, rejected: rules, unreadable: unreadable, documentParts: documents, rejectedPart: rejected,
            splits: splitCounts(),
            extraction: decision.extraction, droppedBytes: decision.droppedBytes,
            specialsInText: decision.specialsInText, lineage: decision.lineage, mergers: decision.families.mergers,
            oversized: decision.families.oversized, leakage: leakage.map(Manifest.SplitLeakage.init),
            contamination: contamination?.summary, mixture: mixture?.json, layers: decision.history.layers,
            rootDigest: rootDigest)
    }

    private func sourceCounts() -> [Manifest.SourceCounts] {
        plan.recipe.sources.enumerated().map { index, source in
            let inputs = plan.inputs.filter { $0.source == index }
            let kept = decision.kept.filter { $0.facts.source == index }
            return Manifest.SourceCounts(
                name: source.name, licence: source.licence, weight: source.weight, files: inputs.count,
                fileBytes: inputs.reduce(0) { $0 + $1.bytes }, read: decision.readDocuments[index],
                rejected: decision.rejections.filter { $0.source == source.name }.count, documents: kept.count,
                textBytes: kept.reduce(0) { $0 + $1.facts.bytes }, tokens: kept.reduce(0) { $0 + $1.tokens },
                boilerplate: decision.boilerplate[index])
        }
    }

    private func splitCounts() -> [String: Manifest.SplitCounts] {
        var counts: [String: Manifest.SplitCounts] = [:]
        for split in Split.allCases {
            let documents = decision.kept.filter { $0.split == split }
            let ledger = decision.layout.ledger(split)
            let shards = shards.filter { $0.split == split }
            counts[split.rawValue] = Manifest.SplitCounts(
                documents: documents.count, families: Set(documents.map(\.family)).count, blocks: ledger.blocks,
                shards: shards.count, ledger: ledger, fragments: decision.layout.fragments(split),
                lossTokens: schema.hasLossSpans ? shards.reduce(0) { $0 + ($1.lossTokens ?? 0) } : nil)
        }
        return counts
    }

    private func isPart(_ name: String) -> Bool { name.hasPrefix("part-") && name.hasSuffix(".jsonl.zst") }

    /// Removes shards and parts that the sealed manifest does not name, those of an earlier generation, and the artefacts that no
    /// input and no option of this corpus asks for any more: `work/` does not grow from update to update.
    private func removeOldFiles(_ manifest: Manifest) throws {
        let named = Set(manifest.documentParts.map(\.name))
        for name in try Folder.names(in: output.documents) where isPart(name) && !named.contains(name) {
            try Folder.remove(PathText.join(output.documents, name))
        }
        let keys = Set(extractKeys + extractKeys.map(plan.tokenKey))
        for folder in [output.extracted, output.tokens] {
            for name in try Folder.names(in: folder) where !keys.contains(String(name.prefix { $0 != "." })) {
                try Folder.remove(PathText.join(folder, name))
            }
        }
        let scored = Set(extractKeys.compactMap(plan.perplexityKey))
        for name in try Folder.names(in: output.perplexity) where !scored.contains(String(name.prefix { $0 != "." })) {
            try Folder.remove(PathText.join(output.perplexity, name))
        }
        var signatures: Set<String> = []
        if let options = plan.recipe.nearDuplicates {
            let search = NearDuplicateSearch(
                plan: plan, options: options, output: output, extractKeys: extractKeys, tokens: tokens.extracted)
            signatures = Set(extractKeys.indices.map(search.key(ofPartition:)))
        }
        for name in try Folder.names(in: output.signatures)
        where !signatures.contains(String(name.prefix { $0 != "." })) {
            try Folder.remove(PathText.join(output.signatures, name))
        }
        let rows = PathText.name(of: RowHistory.path(output, manifest.rootDigest))
        for name in try Folder.names(in: output.rows) where name != rows {
            try Folder.remove(PathText.join(output.rows, name))
        }
        for name in try Folder.names(in: output.revised)
        where !revisionKeys.contains(String(name.prefix { $0 != "." })) {
            try Folder.remove(PathText.join(output.revised, name))
        }
        let markers = Set(shards.map(\.marker))
        for name in try Folder.names(in: output.packed) where !markers.contains(name) {
            try Folder.remove(PathText.join(output.packed, name))
        }
        for name in try Folder.names(in: output.rejected) where isPart(name) && name != manifest.rejectedPart.name {
            try Folder.remove(PathText.join(output.rejected, name))
        }
        for split in Split.allCases {
            let named = Set(shards.filter { $0.split == split }.map(\.fileName))
            for name in try Folder.names(in: output.split(split))
            where name.hasSuffix(".mds.zstd") && !named.contains(name) {
                try Folder.remove(PathText.join(output.split(split), name))
            }
        }
    }
}
