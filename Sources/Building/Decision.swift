import Documents
import Files
import Packing
import Parallel

/// A document that stays: where it is, and where its tokens go.
struct KeptDocument: Sendable {
    /// The partition and the document's index in its artefacts.
    let partition: Int
    let index: Int
    /// Its index in the partition's revision; nil where nothing goes from its text.
    let revision: Int?
    var split: Split
    /// How often it is packed.
    let copies: Int
    let tokens: Int
    /// The number of its family, after mergers.
    var family: Int
    let facts: DocumentFacts
}

/// Phase 4: what stands in every block of every shard. Global, from small data only; the same for any order of arrival.
struct Decision: Sendable {
    /// Rows of `documents/`: layer after layer, in each of them in the order of sources, paths and places.
    let kept: [KeptDocument]
    /// Everything that was dropped, in the same order.
    let rejections: [Rejection]
    /// What the rows are, and the layers that they came in.
    let history: RowHistory
    /// Which rows stand in which blocks.
    let layout: CorpusLayout
    /// Why the documents of the corpus that is there could not stay in their blocks; nil where they do, or where there are none.
    let rewrite: String?
    /// The balance of extraction over every document that was read, and of what later rules took from the texts.
    let extraction: ExtractionLedger
    /// Documents that were read, kept or not, of each source.
    let readDocuments: [Int]
    /// What the rules of boilerplate took from the documents of each source, by the name of the rule in the ledger.
    let boilerplate: [[String: Manifest.RuleCounts]]
    /// Bytes of text that have no token.
    let droppedBytes: Int
    /// Special tokens that texts spell out and that were taken as ordinary text.
    let specialsInText: Int
    /// The families that became one, and those too large for validation.
    let families: FamilySides
    /// Near duplicates among the rows.
    let clusters: [[Int]]
    /// What each policy of lineage would have kept.
    let lineage: LineageCosts

    /// - Parameters:
    ///   - earlier: the rows of the corpus that is to be added to; nil where a new one is made.
    ///   - layer: what this build makes.
    ///   - cuts: the places where each row may be cut, for rows that are longer than a block.
    init(
        plan: BuildPlan, selection: Selection, extracts: [ExtractArtefact], tokens: TokenShelf, packing: PackingOptions,
        earlier: RowHistory?, layer: CorpusLayer, cuts: ([KeptDocument]) throws -> [Int: [StructureCut]]
    ) throws {
        let recipe = plan.recipe
        var candidates = selection.candidates
        lineage = selection.lineage
        var kept: [KeptDocument] = []
        var keys: [RowHistory.Key] = []
        // The row of each candidate that stays.
        var rows: [Int: Int] = [:]
        for (place, candidate) in candidates.enumerated() {
            guard var facts = candidate.staying else { continue }
            let revision = tokens.revisionIndex(of: candidate)
            if let revision {
                facts.bytes = tokens.revisions[candidate.partition]?.bytes[revision] ?? 0
                if facts.bytes == 0 {
                    let rules = Set(candidate.edits.map(\.rule)).sorted(by: precedesInByteOrder)
                    candidates[place].drop(
                        rule: "nothing-left", value: "taken by \(rules.joined(separator: ", "))",
                        threshold: "a text of its own")
                    continue
                }
            }
            rows[place] = kept.count
            keys.append(RowHistory.Key(candidate, candidate.facts ?? facts))
            kept.append(
                KeptDocument(
                    partition: candidate.partition, index: candidate.index, revision: revision, split: candidate.split,
                    copies: candidate.copies, tokens: tokens.count(of: candidate, revision: revision),
                    family: candidate.family, facts: facts))
        }
        let arrangement = RowArrangement(keys: keys, earlier: earlier, layer: layer)
        rewrite = arrangement.problem
        kept = arrangement.order.map { kept[$0] }
        keys = arrangement.order.map { keys[$0] }
        var newRows = [Int](repeating: 0, count: kept.count)
        for (row, old) in arrangement.order.enumerated() { newRows[old] = row }
        rows = rows.mapValues { newRows[$0] }
        families = selection.families
        clusters = selection.clusters.map { $0.compactMap { rows[$0] } }
        var rejections: [Rejection] = []
        var readDocuments = [Int](repeating: 0, count: recipe.sources.count)
        var specialsInText = 0
        for candidate in candidates {
            switch (candidate.fate, candidate.facts) {
            case (.unread(let rejection), _): rejections.append(rejection)
            case (.dropped(let rule, let value, let threshold), let facts?):
                readDocuments[facts.source] += 1
                rejections.append(
                    Rejection(
                        id: facts.id, source: recipe.sources[facts.source].name, path: facts.path, rule: rule,
                        value: value, threshold: threshold))
            case (.stays, let facts?):
                readDocuments[facts.source] += 1
                specialsInText += tokens.specials(of: candidate)
            case (_, nil): preconditionFailure("a document without facts")
            }
        }
        self.kept = kept
        self.rejections = rejections
        self.readDocuments = readDocuments
        self.specialsInText = specialsInText
        droppedBytes = tokens.extracted.reduce(0) { $0 + $1.droppedBytes }
        var ledger = ExtractionLedger()
        var boilerplate = [[String: Manifest.RuleCounts]](repeating: [:], count: recipe.sources.count)
        for (partition, extract) in zip(plan.partitions, extracts) {
            ledger.merge(extract.ledger)
            let source = plan.inputs[partition.inputs.lowerBound].source
            for (rule, documents) in extract.boilerplate {
                boilerplate[source][rule, default: Manifest.RuleCounts(documents: 0, characters: 0)].add(
                    documents: documents, characters: extract.ledger.removed[rule] ?? 0)
            }
        }
        for partition in extracts.indices {
            if let revision = tokens.revisions[partition] { ledger.merge(revision.ledger) }
        }
        self.boilerplate = boilerplate
        extraction = ledger

        let cutsOfRows = try cuts(kept)
        layout = try CorpusLayout(
            rows: kept.map {
                CorpusLayout.Row(id: $0.facts.id, split: $0.split, copies: $0.copies, tokens: $0.tokens)
            }, layers: arrangement.layers.map(\.documents), seed: recipe.seed, packing: packing,
            blocksPerShard: recipe.blocksPerShard
        ) { cutsOfRows[$0] ?? [] }
        var layers = arrangement.layers
        for part in layout.parts { layers[part.layer].blocks[part.split.rawValue] = part.layout.blockCount }
        history = RowHistory(rows: keys, layers: layers, versions: plan.layerVersions)
    }
}

extension Decision {
    /// The mixture with what the documents gave: after everything that went from their texts.
    func realised(_ mixture: Mixture?) -> Mixture? {
        guard var mixture else { return nil }
        var tokens = [Int](repeating: 0, count: mixture.portions.count)
        for document in kept where document.split == .train {
            tokens[document.facts.source] += document.tokens * document.copies
        }
        for (source, count) in tokens.enumerated() { mixture.realise(source: source, tokens: count) }
        return mixture
    }

    /// `too-short 12, unreadable 3`: the three rules that dropped most.
    static func mostFrequentRules(_ rejections: [Rejection]) -> String {
        var counts: [String: Int] = [:]
        for rejection in rejections { counts[rejection.rule, default: 0] += 1 }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.isEmpty ? "none" : sorted.prefix(3).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
