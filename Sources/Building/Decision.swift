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
    /// Rows of `documents/`, in the order of sources, paths and places.
    let kept: [KeptDocument]
    /// Everything that was dropped, in the same order.
    let rejections: [Rejection]
    /// For each split the rows in packing order; a row stands as often as it is packed.
    let orders: [Split: [Int]]
    /// For each split the blocks over that order.
    let layouts: [Split: BlockLayout]
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

    /// - Parameter cuts: the places where each row may be cut, for rows that are longer than a block.
    init(
        plan: BuildPlan, selection: Selection, extracts: [ExtractArtefact], tokens: TokenShelf, packing: PackingOptions,
        cuts: ([KeptDocument]) throws -> [Int: [StructureCut]]
    ) throws {
        let recipe = plan.recipe
        var candidates = selection.candidates
        lineage = selection.lineage
        var kept: [KeptDocument] = []
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
            kept.append(
                KeptDocument(
                    partition: candidate.partition, index: candidate.index, revision: revision, split: candidate.split,
                    copies: candidate.copies, tokens: tokens.count(of: candidate, revision: revision),
                    family: candidate.family, facts: facts))
        }
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

        var orders: [Split: [Int]] = [:]
        var layouts: [Split: BlockLayout] = [:]
        let cutsOfRows = try cuts(kept)
        for side in Split.allCases {
            let order = Decision.order(kept, side, seed: recipe.seed)
            orders[side] = order
            layouts[side] = try BlockLayout(tokenCounts: order.map { kept[$0].tokens }, options: packing) {
                cutsOfRows[order[$0]] ?? []
            }
        }
        self.orders = orders
        self.layouts = layouts
    }

    /// The rows of one split by a keyed hash of id and copy: an order that a new document does not disturb.
    private static func order(_ kept: [KeptDocument], _ side: Split, seed: UInt64) -> [Int] {
        var keyed: [(key: UInt64, row: Int)] = []
        for (row, document) in kept.enumerated() where document.split == side {
            let hash = XXHash3.hash64(document.facts.id)
            // Validation holds every document once: repeats would only weigh its loss.
            for copy in 0..<(side == .train ? document.copies : 1) {
                keyed.append((KeyedHash.mix(hash &+ UInt64(copy), seed: seed), row))
            }
        }
        keyed.sort { ($0.key, $0.row) < ($1.key, $1.row) }
        return keyed.map(\.row)
    }
}

extension Decision {
    /// `too-short 12, unreadable 3`: the three rules that dropped most.
    static func mostFrequentRules(_ rejections: [Rejection]) -> String {
        var counts: [String: Int] = [:]
        for rejection in rejections { counts[rejection.rule, default: 0] += 1 }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.isEmpty ? "none" : sorted.prefix(3).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
