import Cleaning
import Deduplication
import Documents
import Files
import Packing
import Parallel
import Tokenization

/// A document that stays: where it is, and where its tokens go.
struct KeptDocument: Sendable {
    /// The partition and the document's index in its artefacts.
    let partition: Int
    let index: Int
    let split: Split
    /// How often it is packed.
    let copies: Int
    let tokens: Int
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
    /// The balance of extraction over every document that was read.
    let extraction: ExtractionLedger
    /// Documents that were read, kept or not, of each source.
    let readDocuments: [Int]
    /// What the rules of boilerplate took from the documents of each source, by the name of the rule in the ledger.
    let boilerplate: [[String: Manifest.RuleCounts]]
    /// Bytes of text that have no token.
    let droppedBytes: Int
    /// Special tokens that texts spell out and that were taken as ordinary text.
    let specialsInText: Int

    init(plan: BuildPlan, extracts: [ExtractArtefact], tokens: [TokenArtefact], packing: PackingOptions) throws {
        let recipe = plan.recipe
        for (extract, tokens) in zip(extracts, tokens) where extract.documentCount != tokens.counts.count {
            throw BuildFailure.damagedArtefact(
                path: tokens.path, problem: "\(tokens.counts.count) documents instead of \(extract.documentCount)")
        }
        let split = FamilySplit(validationShare: recipe.validationShare, seed: recipe.seed)
        var candidates = Decision.candidates(recipe, extracts, tokens)
        // Weights first: of equal texts one that was drawn must stay.
        try Decision.drawByWeight(&candidates, recipe)
        if recipe.exactDuplicates { Decision.dropDuplicates(&candidates) }

        var kept: [KeptDocument] = []
        var rejections: [Rejection] = []
        var readDocuments = [Int](repeating: 0, count: recipe.sources.count)
        var specialsInText = 0
        for candidate in candidates {
            switch candidate {
            case .unread(let rejection): rejections.append(rejection)
            case .dropped(let facts, let rule, let value, let threshold):
                readDocuments[facts.source] += 1
                rejections.append(
                    Rejection(
                        id: facts.id, source: recipe.sources[facts.source].name, path: facts.path, rule: rule,
                        value: value, threshold: threshold))
            case .stays(let facts, let partition, let index, let copies):
                readDocuments[facts.source] += 1
                specialsInText += tokens[partition].specials[index]
                kept.append(
                    KeptDocument(
                        partition: partition, index: index,
                        split: split.isValidation(familyKey: facts.family) ? .validation : .train, copies: copies,
                        tokens: tokens[partition].counts[index], facts: facts))
            }
        }
        self.kept = kept
        self.rejections = rejections
        self.readDocuments = readDocuments
        self.specialsInText = specialsInText
        droppedBytes = tokens.reduce(0) { $0 + $1.droppedBytes }
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
        self.boilerplate = boilerplate
        extraction = ledger

        var orders: [Split: [Int]] = [:]
        var layouts: [Split: BlockLayout] = [:]
        for side in Split.allCases {
            let order = Decision.order(kept, side, seed: recipe.seed)
            orders[side] = order
            layouts[side] = try BlockLayout(tokenCounts: order.map { kept[$0].tokens }, options: packing)
        }
        self.orders = orders
        self.layouts = layouts
    }

    private enum Candidate {
        case unread(Rejection)
        case dropped(DocumentFacts, rule: String, value: String, threshold: String)
        case stays(DocumentFacts, partition: Int, index: Int, copies: Int)
    }

    /// Every outcome in order, after the rules that look at one document alone.
    private static func candidates(
        _ recipe: Recipe, _ extracts: [ExtractArtefact], _ tokens: [TokenArtefact]
    ) -> [Candidate] {
        let rules = QualityRules(recipe.clean)
        let languageRule = LanguageRule(recipe.clean)
        let classRules = TextClassRules(recipe.clean)
        var ids: Set<String> = []
        var candidates: [Candidate] = []
        for (partition, extract) in extracts.enumerated() {
            var index = 0
            for outcome in extract.outcomes {
                switch outcome {
                case .rejected(let rejection): candidates.append(.unread(rejection))
                case .document(let facts):
                    let specials = tokens[partition].specials[index]
                    if !ids.insert(facts.id).inserted {
                        candidates.append(
                            .dropped(facts, rule: "duplicate-id", value: facts.id, threshold: "an id of its own"))
                    } else if let found = rules.firstViolation(facts.signals) {
                        candidates.append(
                            .dropped(facts, rule: found.rule, value: found.value, threshold: found.threshold))
                    } else if let found = facts.language.flatMap(languageRule.violation)
                        ?? classRules.firstViolation(facts.classes)
                    {
                        candidates.append(
                            .dropped(facts, rule: found.rule, value: found.value, threshold: found.threshold))
                    } else if recipe.specials == .reject, specials > 0 {
                        candidates.append(
                            .dropped(facts, rule: "special-token-in-text", value: "\(specials)", threshold: "0"))
                    } else {
                        candidates.append(.stays(facts, partition: partition, index: index, copies: 1))
                    }
                    index += 1
                }
            }
        }
        return candidates
    }

    /// Of documents with equal text the first stays.
    private static func dropDuplicates(_ candidates: inout [Candidate]) {
        var places: [Int] = []
        var keys: [ContentKey] = []
        for (place, candidate) in candidates.enumerated() {
            guard case .stays(let facts, _, _, _) = candidate else { continue }
            places.append(place)
            keys.append(ContentKey(high: facts.content.high, low: facts.content.low))
        }
        for (position, first) in ExactDuplicates.firstOccurrences(of: keys).enumerated() {
            guard let first, case .stays(let facts, _, _, _) = candidates[places[position]],
                case .stays(let original, _, _, _) = candidates[places[first]]
            else { continue }
            candidates[places[position]] = .dropped(
                facts, rule: "exact-duplicate", value: "the text of \(original.id)", threshold: "a text of its own")
        }
    }

    /// Draws how often each document is packed by the weight of its source.
    private static func drawByWeight(_ candidates: inout [Candidate], _ recipe: Recipe) throws {
        let weights = try recipe.sources.map { try SourceWeight($0.weight, seed: recipe.seed) }
        for place in candidates.indices {
            guard case .stays(let facts, let partition, let index, _) = candidates[place] else { continue }
            let copies = weights[facts.source].copies(ofDocument: facts.id)
            candidates[place] =
                copies == 0
                ? .dropped(
                    facts, rule: "source-weight", value: "not drawn",
                    threshold: "weight \(weights[facts.source].weight)")
                : .stays(facts, partition: partition, index: index, copies: copies)
        }
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
