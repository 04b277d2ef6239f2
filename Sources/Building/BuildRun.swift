public import Cleaning
import Documents
import Files
public import Packing
import Parallel
import Readers
import Shards
import Tokenization

/// How a build runs; nothing here changes the bytes that come out.
public struct BuildOptions: Sendable {
    /// Threads, the caller's included.
    public var threads = WorkerPool.availableProcessors
    /// Replace a sealed corpus of another recipe or input: new shards under new names, the index last.
    public var update = false
    /// No unreadable input is allowed.
    public var strict = false
    /// Remove `work/` after sealing.
    public var discardWork = false
    /// Loads the model of a folder, for recipes that ask for perplexity: a function that reads at most so many tokens of a text, in rows that lie
    /// evenly over it. Called once a worker; a function it returns is called by one thread at a time. The scores must not depend on who asks.
    public var perplexityScorer: PerplexityScorerLoader?

    /// Called with the mixture of the sources, where the recipe wants one, before anything is packed.
    public var onMixture: (@Sendable (Mixture) -> Void)?

    /// See `perplexityScorer`.
    public typealias PerplexityScorerLoader =
        @Sendable (_ model: String) throws -> (_ text: [UInt8], _ tokens: Int) throws -> PerplexitySignal

    /// The defaults.
    public init() {}
}

/// What a build is about to do, for `--dry-run`.
public struct BuildForecast: Sendable {
    /// Files found for each source, by name, in the order of the recipe.
    public var sources: [(name: String, files: Int, bytes: Int)]
    /// Partitions of the input.
    public var partitions: Int
    /// Partitions whose extraction is there already.
    public var extracted: Int
    /// Partitions whose tokens are there already.
    public var tokenized: Int
    /// Whether the folder is sealed with exactly this recipe and input.
    public var isUpToDate: Bool
    /// Whether the folder is sealed with another recipe or input, which a build replaces only when it is asked to update.
    public var needsUpdate: Bool
    /// Whether the recipe wants a mixture.
    public var wantsMixture: Bool
    /// The mixture of the sources, where the recipe wants one and every document is extracted and tokenized already.
    public var mixture: Mixture?
}

/// What a build did.
public struct BuildSummary: Sendable {
    /// The seal it wrote, or found.
    public var manifest: Manifest
    /// True where nothing was left to do.
    public var wasUpToDate: Bool
    /// The first rejections of inputs that could not be read, for messages.
    public var unreadable: [String]
    /// Why an update wrote all shards anew; nil where it added to those that are there, and for builds that are no updates.
    public var rewrite: String?
    /// Documents longer than a block that `structure` cut anywhere, because their tokens cannot be found again in the text.
    public var cutAnywhere = 0
}

/// One build: a recipe, a folder, six phases. Kill it anywhere and run it again: the same bytes come out.
public struct BuildRun: Sendable {
    let recipe: Recipe
    let output: OutputFolder
    let options: BuildOptions
    let tool: String

    /// A build of `recipe` into `folder`; `tool` is the name and version that goes into the manifest.
    public init(recipe: Recipe, folder: String, options: BuildOptions, tool: String) {
        self.recipe = recipe
        output = OutputFolder(folder)
        self.options = options
        self.tool = tool
    }

    /// Plans only; writes nothing.
    public func forecast(progress: (BuildProgress) -> Void = { _ in }) throws -> BuildForecast {
        let pool = WorkerPool(threads: options.threads)
        let plan = try BuildPlan(recipe: recipe, pool: pool, progress: progress)
        let keys = plan.partitions.map(plan.extractKey)
        let sealed = Folder.exists(output.manifest) ? try Manifest(folder: output.path) : nil
        var forecast = BuildForecast(
            sources: recipe.sources.enumerated().map { index, source in
                let inputs = plan.inputs.filter { $0.source == index }
                return (source.name, inputs.count, inputs.reduce(0) { $0 + $1.bytes })
            }, partitions: keys.count,
            extracted: keys.filter { ExtractArtefact.exists(output.extracted, $0) }.count,
            tokenized: keys.filter { Folder.exists(TokenArtefact.path(output.tokens, plan.tokenKey($0))) }.count,
            isUpToDate: sealed?.identity == plan.identity,
            needsUpdate: sealed != nil && sealed?.identity != plan.identity, wantsMixture: recipe.mixture != nil)
        if forecast.wantsMixture, forecast.extracted == keys.count, forecast.tokenized == keys.count {
            forecast.mixture = try forecastMixture(plan, keys)
        }
        return forecast
    }

    /// The mixture of the tokens that the rules about single documents leave: duplicates are not looked for, so that nothing is written.
    private func forecastMixture(_ plan: BuildPlan, _ keys: [String]) throws -> Mixture? {
        let rules = DocumentRules(recipe)
        var tokens = [Int](repeating: 0, count: recipe.sources.count)
        for (partition, key) in zip(plan.partitions, keys) {
            let source = plan.inputs[partition.inputs.lowerBound].source
            var extract = try ExtractArtefact(folder: output.extracted, key: key, source: source)
            if let key = plan.perplexityKey(key) {
                if !Folder.exists(PerplexityArtefact.path(output.perplexity, key)) { return nil }
                try extract.take(PerplexityArtefact(folder: output.perplexity, key: key))
            }
            let artefact = try TokenArtefact(folder: output.tokens, key: plan.tokenKey(key), verifies: false)
            guard artefact.counts.count == extract.documentCount else {
                throw BuildFailure.damagedArtefact(
                    path: artefact.path,
                    problem: "\(artefact.counts.count) documents instead of \(extract.documentCount)")
            }
            var counts = artefact.counts.makeIterator()
            for case .document(let facts) in extract.outcomes {
                let count = counts.next() ?? 0
                if rules.firstViolation(facts) == nil { tokens[source] += count }
            }
        }
        return try recipe.sourceMixture(tokens: tokens)
    }

    /// Builds. `progress` is called from worker threads, one call at a time.
    public func run(progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }) throws -> BuildSummary {
        let isNew = !Folder.exists(output.path)
        try Folder.create(output.path)
        let lock = try LockFile(output.lock)
        defer { withExtendedLifetime(lock) {} }
        let pool = WorkerPool(threads: options.threads)
        let plan: BuildPlan
        do { plan = try BuildPlan(recipe: recipe, pool: pool, progress: progress) } catch {
            if isNew { Folder.removeIfEmpty(output.path, but: output.lock) }
            throw error
        }
        var generation = 0
        var sealedBefore: Manifest?
        if Folder.exists(output.manifest) {
            let sealed = try Manifest(folder: output.path)
            // Layers that nobody remembers cannot be made again as they were.
            let isRemembered = sealed.layers.count < 2 || Folder.exists(RowHistory.path(output, sealed.rootDigest))
            let isSame = sealed.identity == plan.identity && (isRemembered || isWhole(sealed))
            if isSame, !Folder.exists(output.sealing), isWhole(sealed) {
                if options.strict, sealed.unreadable > 0 {
                    // The build that sealed the folder allowed more.
                    let read = sealed.sources.reduce(0) { $0 + $1.read }
                    throw BuildFailure.tooManyUnreadable(
                        count: sealed.unreadable, of: read + sealed.unreadable, allowed: "0%", first: [])
                }
                if options.discardWork { try Folder.remove(output.work) }
                return BuildSummary(manifest: sealed, wasUpToDate: true, unreadable: [])
            }
            if !isSame, !options.update { throw BuildFailure.sealed(folder: output.path) }
            generation = isSame ? sealed.generation : sealed.generation + 1
            sealedBefore = sealed
        } else if !Folder.exists(output.work) {
            let others = try Folder.names(in: output.path).filter { !$0.hasPrefix(".") }
            if let other = others.first { throw BuildFailure.foreignFolder(folder: output.path, found: other) }
        }
        try prepare(plan)

        let keys = plan.partitions.map(plan.extractKey)
        var extracts = try extract(plan, keys, pool, progress)
        let unreadable = try checkUnreadable(plan, extracts)
        let tokens = try tokenize(plan, keys, pool, progress)

        try score(plan, keys, &extracts, pool, progress)

        progress(BuildProgress(phase: .decide, done: 0, total: 1, unitsAreBytes: false))
        let decided = try decide(
            plan, keys, extracts, tokens, sealed: sealedBefore,
            layer: CorpusLayer(generation: generation, identity: plan.identity), pool)
        let (decision, shelf, packing) = (decided.decision, decided.shelf, decided.packing)
        if decision.kept.isEmpty {
            throw BuildFailure.nothingLeft(
                documents: decision.readDocuments.reduce(0, +),
                hint: "the rules that dropped most: \(Decision.mostFrequentRules(decision.rejections))")
        }

        let leakage =
            recipe.measuresLeakage
            ? try LeakageMeasure(
                plan: plan, decision: decision, extractKeys: keys, tokens: shelf, output: output
            ).run(pool) : nil
        let losses = LossSearch(plan: plan, tokens: shelf, output: output, extractKeys: keys)
        let packer = ShardPacking(
            plan: plan, decision: decision, tokens: shelf, options: packing, output: output,
            losses: recipe.hasLossSpans ? try losses.run(decision.kept, pool) : nil)
        let shards = try packer.run(pool, progress)
        let seal = Sealing(
            plan: plan, decision: decision, extractKeys: keys, tokens: shelf, revisionKeys: Set(decided.revisionKeys),
            contamination: decided.selection.contamination, mixture: decision.realised(decided.selection.mixture),
            leakage: leakage, shards: shards, packing: packing,
            schema: packer.schema, output: output, generation: generation,
            earlier: decided.hasEarlier && decision.rewrite == nil ? sealedBefore : nil,
            unreadable: unreadable.count,
            tool: tool)
        let manifest = try seal.run(pool, progress)
        if options.discardWork { try Folder.remove(output.work) }
        var summary = BuildSummary(manifest: manifest, wasUpToDate: false, unreadable: unreadable)
        summary.cutAnywhere = decided.cutAnywhere
        if sealedBefore != nil {
            let other = !decided.hasEarlier ? "its recipe is another one, or its work/ is gone" : nil
            summary.rewrite = decision.rewrite ?? other
        }
        return summary
    }

    /// What stands where, and what that was decided from.
    struct Decided {
        let selection: Selection
        let shelf: TokenShelf
        let revisionKeys: [String]
        let packing: PackingOptions
        let decision: Decision
        /// Whether rows of the corpus that is there were known.
        let hasEarlier: Bool
        let cutAnywhere: Int
    }

    /// Phase 4, over artefacts that are there. `sealed` is the corpus in the folder, `layer` what comes to it.
    func decide(
        _ plan: BuildPlan, _ keys: [String], _ extracts: [ExtractArtefact], _ tokens: [TokenArtefact],
        sealed: Manifest?, layer: CorpusLayer, _ pool: WorkerPool
    ) throws -> Decided {
        let packing = PackingOptions(
            length: recipe.blockLength, separator: recipe.separator, tail: recipe.tail,
            beginToken: plan.tokenizer.beginningOfText, endToken: plan.tokenizer.endOfText,
            paddingToken: plan.tokenizer.endOfText ?? 0, strategy: recipe.strategy, tolerance: recipe.packTolerance)
        try packing.validate()
        let selection = try Selection(
            plan: plan, extracts: extracts, tokens: tokens, output: output, keys: keys, pool: pool)
        if let mixture = selection.mixture { options.onMixture?(mixture) }
        let (revisions, revisionKeys) = try revise(plan, selection, keys, pool)
        let shelf = TokenShelf(extracted: tokens, revisions: revisions, candidates: selection.candidates)
        let search = StructureSearch(
            plan: plan, packing: packing, tokens: shelf, output: output, extractKeys: keys)
        let earlier = try sealed.flatMap { try history(of: $0, plan) }
        var cutAnywhere = 0
        let decision = try Decision(
            plan: plan, selection: selection, extracts: extracts, tokens: shelf, packing: packing, earlier: earlier,
            layer: layer
        ) {
            if packing.strategy != .structure { return [:] }
            let found = try search.run($0, pool)
            cutAnywhere = found.unplaced
            return found.cuts
        }
        return Decided(
            selection: selection, shelf: shelf, revisionKeys: revisionKeys, packing: packing, decision: decision,
            hasEarlier: earlier != nil, cutAnywhere: cutAnywhere)
    }

    /// The rows of the corpus that is there, where a layer can be added to it: the same recipe but for further sources, the same tokenizer, the
    /// same versions of all phases.
    private func history(of sealed: Manifest, _ plan: BuildPlan) throws -> RowHistory? {
        guard let history = try RowHistory(output, sealed), history.versions == plan.layerVersions,
            sealed.tokenizer["digest"]?.string == plan.tokenizer.digest,
            var before = sealed.recipe.members, var now = plan.recipe.meaning.members,
            let sources = before.removeValue(forKey: "sources")?.items,
            let sourcesNow = now.removeValue(forKey: "sources")?.items, before == now,
            sourcesNow.starts(with: sources)
        else { return nil }
        return history
    }

    /// Whether every file that the seal promises is there in its full size.
    private func isWhole(_ sealed: Manifest) -> Bool {
        if sealed.isEdited || !sealed.hasWholeTokenizer(output) { return false }
        for part in sealed.documentParts where !Folder.exists(PathText.join(output.documents, part.name)) {
            return false
        }
        for split in Split.allCases {
            guard let index = try? MDSIndex(folder: output.split(split)) else { return false }
            for shard in index.shards {
                guard let file = shard.zipData,
                    (try? Folder.fileSize(PathText.join(output.split(split), file.basename))) == file.bytes
                else { return false }
            }
        }
        if sealed.contamination != nil, !Folder.exists(output.contamination) || !Folder.exists(output.cleanItems) {
            return false
        }
        return Folder.exists(PathText.join(output.rejected, sealed.rejectedPart.name))
    }

    /// Makes the folders, checks the space, removes what a killed build left under temporary names.
    private func prepare(_ plan: BuildPlan) throws {
        for folder in [
            output.extracted, output.tokens, output.perplexity, output.rows, output.signatures, output.revised,
            output.packed,
            output.documents,
            output.rejected,
            output.split(.train),
            output.split(.validation),
        ] {
            try Folder.create(folder)
            for name in try Folder.names(in: folder) where name.hasPrefix(".tmp-") {
                try Folder.remove(PathText.join(folder, name))
            }
        }
        for name in try Folder.names(in: output.path) where name.hasPrefix(".tmp-") {
            try Folder.remove(PathText.join(output.path, name))
        }
        let keys = plan.partitions.map(plan.extractKey)
        let missing = zip(plan.partitions, keys).filter { !ExtractArtefact.exists(output.extracted, $0.1) }
        // Tokens at 2 to 4 bytes for 3 to 4 bytes of text, documents and shards compressed: about the input once more.
        let needed = missing.reduce(0) { $0 + $1.0.bytes }
        let free = try Folder.freeBytes(at: output.path)
        if free < needed { throw BuildFailure.diskFull(folder: output.path, needed: needed, free: free) }
    }

    private func extract(
        _ plan: BuildPlan, _ keys: [String], _ pool: WorkerPool, _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) throws -> [ExtractArtefact] {
        let meter = PhaseMeter(.extract, total: plan.inputBytes, unitsAreBytes: true, progress)
        let extraction = Extraction(plan: plan, folder: output.extracted)
        let webText = recipe.clean.webText
        let measures = PerWorker(pool) { QualityMeasure(webText: webText) }
        try pool.forEach(keys.count) { index, worker in
            if !ExtractArtefact.exists(output.extracted, keys[index]) {
                try extraction.run(plan.partitions[index], key: keys[index], measure: measures[worker])
            }
            meter.add(plan.partitions[index].bytes)
        }
        return try pool.map(keys.count) { index, _ in
            try ExtractArtefact(
                folder: output.extracted, key: keys[index],
                source: plan.inputs[plan.partitions[index].inputs.lowerBound].source)
        }
    }

    /// Fails the build when more inputs than the recipe allows could not be read.
    private func checkUnreadable(_ plan: BuildPlan, _ extracts: [ExtractArtefact]) throws -> [String] {
        var unreadable: [String] = []
        var documents = 0
        for extract in extracts {
            for outcome in extract.outcomes {
                switch outcome {
                case .document: documents += 1
                case .rejected(let rejection) where !rejection.isUnreadable: break
                case .rejected(let rejection): unreadable.append("\(rejection.path): \(rejection.reason)")
                }
            }
        }
        let allowed = options.strict ? 0 : recipe.maximumUnreadable
        let all = documents + unreadable.count
        if !unreadable.isEmpty, Double(unreadable.count) > allowed * Double(all) {
            throw BuildFailure.tooManyUnreadable(
                count: unreadable.count, of: all, allowed: "\((allowed * 1000).rounded() / 10)%",
                first: Array(unreadable.prefix(5)))
        }
        return unreadable
    }

    private func tokenize(
        _ plan: BuildPlan, _ keys: [String], _ pool: WorkerPool, _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) throws -> [TokenArtefact] {
        let meter = PhaseMeter(.tokenize, total: plan.inputBytes, unitsAreBytes: true, progress)
        let phase = TokenizationPhase(plan: plan, output: output)
        let tokenKeys = keys.map(plan.tokenKey)
        let encoders = PerWorker(pool) { plan.tokenizer.makeEncoder() }
        try pool.forEach(keys.count) { index, worker in
            if !Folder.exists(TokenArtefact.path(output.tokens, tokenKeys[index])) {
                try phase.run(
                    plan.partitions[index], extractKey: keys[index], tokenKey: tokenKeys[index],
                    encoder: encoders[worker])
            }
            meter.add(plan.partitions[index].bytes)
        }
        return try tokenKeys.map { try TokenArtefact(folder: output.tokens, key: $0) }
    }
}

extension BuildRun {
    /// Asks the model of the recipe about the documents of those partitions that it was not asked about yet.
    fileprivate func score(
        _ plan: BuildPlan, _ keys: [String], _ extracts: inout [ExtractArtefact], _ pool: WorkerPool,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) throws {
        guard let options = plan.recipe.clean.perplexity else { return }
        guard let load = self.options.perplexityScorer else {
            throw BuildFailure.noModelRunner(place: recipe.perplexityPlace)
        }
        let model = PathText.join(recipe.folder, options.path)
        let meter = PhaseMeter(.score, total: plan.inputBytes, unitsAreBytes: true, progress)
        let scorers = PerWorker(pool) { Result { try load(model) } }
        let scoreKeys = keys.compactMap(plan.perplexityKey)
        try pool.forEach(keys.count) { index, worker in
            if !Folder.exists(PerplexityArtefact.path(output.perplexity, scoreKeys[index])) {
                let score = try scorers[worker].get()
                try PerplexityArtefact.write(
                    folder: output.perplexity, key: scoreKeys[index],
                    documents: ExtractArtefact.documentsPath(output.extracted, keys[index])
                ) { try score(options.text(of: $0), options.tokens) }
            }
            meter.add(plan.partitions[index].bytes)
        }
        for index in extracts.indices {
            try extracts[index].take(PerplexityArtefact(folder: output.perplexity, key: scoreKeys[index]))
        }
    }

    /// Writes the new texts and tokens of the documents that lose something, of those partitions that have any.
    fileprivate func revise(
        _ plan: BuildPlan, _ selection: Selection, _ keys: [String], _ pool: WorkerPool
    ) throws -> (revisions: [Int: Revision], keys: [String]) {
        var edits: [Int: [(index: Int, edits: [TextEdit])]] = [:]
        for candidate in selection.candidates where candidate.isRevised {
            edits[candidate.partition, default: []].append((candidate.index, TextEdit.ordered(candidate.edits)))
        }
        let work = edits.sorted { $0.key < $1.key }.map { partition, edits in
            (
                partition: partition, edits: edits,
                key: Revision.key(tokenKey: plan.tokenKey(keys[partition]), edits: edits)
            )
        }
        let encoders = PerWorker(pool) { plan.tokenizer.makeEncoder() }
        let width = plan.tokenizer.vocabularySize <= 1 << 16 ? 2 : 4
        let revisions = try pool.map(work.count) { index, worker in
            let (partition, edits, key) = work[index]
            if !Revision.exists(output.revised, key) {
                try Revision.write(
                    folder: output.revised, key: key,
                    documents: ExtractArtefact.documentsPath(output.extracted, keys[partition]), edits: edits,
                    width: width, policy: plan.recipe.specials == .recognise ? .recognise : .ordinary,
                    encoder: encoders[worker])
            }
            return try Revision(folder: output.revised, key: key)
        }
        return (
            Dictionary(uniqueKeysWithValues: zip(work.map(\.partition), revisions)), work.map(\.key)
        )
    }
}
