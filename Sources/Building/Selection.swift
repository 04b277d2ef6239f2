import Cleaning
import Deduplication
import Documents
import Files
import Packing
import Parallel
import Tokenization

/// The first half of phase 4: which documents stay, and what goes from their texts. Global, from small data only; the same for any order of
/// arrival.
struct Selection {
    /// Every outcome of reading, in the order of sources, paths and places.
    private(set) var candidates: [Candidate] = []
    /// What each policy of lineage would keep of the documents that the rules before it leave.
    private(set) var lineage = LineageCosts()

    /// Documents that are near duplicates of each other, as places among the candidates, in order.
    private(set) var clusters: [[Int]] = []

    /// The sides of the families of all documents that stayed until the texts were cut.
    private(set) var families = FamilySides.none

    /// What of evaluation sets was found; nil where none was asked for.
    private(set) var contamination: ContaminationReport?

    /// How many tokens each source gives to training; nil where the recipe wants no mixture.
    private(set) var mixture: Mixture?

    private let plan: BuildPlan
    private let extracts: [ExtractArtefact]
    private let tokens: [TokenArtefact]

    init(
        plan: BuildPlan, extracts: [ExtractArtefact], tokens: [TokenArtefact], output: OutputFolder, keys: [String],
        pool: WorkerPool
    ) throws {
        self.plan = plan
        self.extracts = extracts
        self.tokens = tokens
        for (extract, tokens) in zip(extracts, tokens) where extract.documentCount != tokens.counts.count {
            throw BuildFailure.damagedArtefact(
                path: tokens.path, problem: "\(tokens.counts.count) documents instead of \(extract.documentCount)")
        }
        collect()
        var masks: [Int: [TextEdit]] = [:]
        if let options = plan.recipe.decontamination {
            let search = ContaminationSearch(plan: plan, options: options, output: output, extractKeys: keys)
            masks = decontaminate(try search.run(candidates, pool), options)
        }
        // Weights first: what is not drawn is no original, no base and no newest version.
        if plan.recipe.mixture == nil { try drawByWeight() }
        try followLineage(output.extracted, keys)
        if plan.recipe.exactDuplicates { dropDuplicates() }
        if let options = plan.recipe.nearDuplicates {
            let search = NearDuplicateSearch(
                plan: plan, options: options, output: output, extractKeys: keys, tokens: tokens)
            try search.sign(pool)
            try dropNearDuplicates(try search.find(candidates, pool), options)
        }
        chooseSides()
        // A mixture knows its tokens here. Before texts are cut: what is not drawn holds no first occurrence.
        try drawMixture()
        // Texts are cut last: every first occurrence and every base is in a document that stays.
        if plan.recipe.lineage == .basePlusDeltas { try keepDeltas(output.extracted, keys) }
        for (place, edits) in masks where candidates[place].staying != nil { candidates[place].edits += edits }
        if !plan.recipe.passages.isEmpty {
            let search = PassageSearch(options: plan.recipe.passages, output: output, extractKeys: keys)
            for (place, edits) in try search.edits(candidates, except: isConversation, pool) {
                candidates[place].edits += edits
            }
        }
    }

    /// Tokens of a candidate before anything goes from its text.
    func tokenCount(_ candidate: Candidate) -> Int { tokens[candidate.partition].counts[candidate.index] }

    /// Chooses the side of every document that stays, families whole; drops those that leave training.
    private mutating func chooseSides() {
        let places = candidates.indices.filter { candidates[$0].staying != nil }
        var positions = [Int](repeating: -1, count: candidates.count)
        for (position, place) in places.enumerated() { positions[place] = position }
        let links = clusters.flatMap { cluster in
            let members = cluster.map { positions[$0] }.filter { $0 >= 0 }
            return zip(members, members.dropFirst()).map { ($0, $1) }
        }
        families = FamilySides(
            keys: places.map { candidates[$0].facts?.family ?? "" },
            tokens: places.map { tokenCount(candidates[$0]) * candidates[$0].copies }, links: links,
            split: FamilySplit(validationShare: plan.recipe.validationShare, seed: plan.recipe.seed),
            largestShare: plan.recipe.largestFamily)
        for (position, place) in places.enumerated() {
            candidates[place].family = families.families[position]
            switch families.sides[position] {
            case .train: candidates[place].split = .train
            case .validation: candidates[place].split = .validation
            case .leavesTraining:
                candidates[place].drop(
                    rule: "family-merge", value: "one family with documents of validation, by near duplicates",
                    threshold: "a family on one side")
            }
        }
    }

    /// Whether a document is a conversation: nothing goes from its text.
    private func isConversation(_ facts: DocumentFacts) -> Bool {
        plan.recipe.sources[facts.source].instructions != nil
    }

    /// Every outcome in order, after the rules that look at one document alone.
    private mutating func collect() {
        let recipe = plan.recipe
        let rules = DocumentRules(recipe)
        var ids: Set<String> = []
        for (partition, extract) in extracts.enumerated() {
            var index = 0
            for outcome in extract.outcomes {
                switch outcome {
                case .rejected(let rejection):
                    candidates.append(
                        Candidate(fate: .unread(rejection), facts: nil, partition: partition, index: index))
                case .document(let facts):
                    let specials = tokens[partition].specials[index]
                    var candidate = Candidate(fate: .stays, facts: facts, partition: partition, index: index)
                    if !ids.insert(facts.id).inserted {
                        candidate.drop(rule: "duplicate-id", value: facts.id, threshold: "an id of its own")
                    } else if let found = rules.firstViolation(facts) {
                        candidate.drop(rule: found.rule, value: found.value, threshold: found.threshold)
                    } else if recipe.specials == .reject, specials > 0 {
                        candidate.drop(rule: "special-token-in-text", value: "\(specials)", threshold: "0")
                    }
                    candidates.append(candidate)
                    index += 1
                }
            }
        }
    }

    /// Drops the documents in which items of evaluation sets stand, or returns what is to go from them.
    private mutating func decontaminate(
        _ found: ContaminationSearch.Found, _ options: DecontaminationOptions
    ) -> [Int: [TextEdit]] {
        contamination = found.report
        let decontamination = options.decontamination
        // Nothing is cut out of a conversation.
        let dropped = found.hits.filter { place, _ in
            decontamination.action == .drop || candidates[place].facts.map(isConversation) == true
        }
        if !dropped.isEmpty {
            for (place, hit) in dropped {
                candidates[place].drop(
                    rule: Decontamination.rule, value: "\(hit.count) evaluation items, the first \(hit.first)",
                    threshold: "none")
            }
        }
        return found.stretches.mapValues { ranges in
            ranges.map { TextEdit($0, rule: Decontamination.rule, replacement: decontamination.marker) }
        }
    }

    /// Drops the versions that the policy does not keep, or what they share with those before them.
    private mutating func followLineage(_ folder: String, _ keys: [String]) throws {
        let policy = plan.recipe.lineage
        let lineage = Lineage(candidates.map { $0.staying?.lineage })
        if !lineage.specifications.contains(where: { $0.count > 1 }) {
            self.lineage = LineageCosts(
                policy: policy, lineage: lineage, candidates: candidates, unchanged: [:], tokenCount: tokenCount)
            return
        }
        let unchanged = try unchangedClauses(lineage, folder, keys)
        self.lineage = LineageCosts(
            policy: policy, lineage: lineage, candidates: candidates, unchanged: unchanged, tokenCount: tokenCount)
        for (place, choice) in lineage.choices(policy).enumerated() {
            guard let facts = candidates[place].staying, let member = facts.lineage else { continue }
            switch choice {
            case .keep: break
            case .superseded(let newer):
                guard let kept = candidates[newer].facts else { continue }
                candidates[place].drop(
                    rule: "older-version",
                    value: "version \(member.version?.text ?? "") of \(member.specification); version "
                        + "\(kept.lineage?.version?.text ?? "") stays in \(kept.path)",
                    threshold: (policy == .newest ? "the newest version" : "the newest version of its release")
                        + ", of equal ones the first")
            case .delta: break
            }
        }
    }

    /// Takes out of every later version that stays the clauses that an earlier one which stays has.
    private mutating func keepDeltas(_ folder: String, _ keys: [String]) throws {
        let lineage = Lineage(candidates.map { $0.staying?.lineage })
        for (place, unchanged) in try unchangedClauses(lineage, folder, keys) {
            guard let member = candidates[place].facts?.lineage else { continue }
            if unchanged.isAll {
                candidates[place].drop(
                    rule: "unchanged-version",
                    value: "all clauses of version \(member.version?.text ?? "") of \(member.specification)",
                    threshold: "a clause that no earlier version has")
            } else {
                candidates[place].edits += unchanged.ranges.map { TextEdit($0, rule: "unchanged-clause") }
            }
        }
    }

    /// For every later version the clauses that a version before it has, as ranges of its text.
    ///
    /// Memory: the keys of one specification's clauses at a time, and the artefacts of the partitions that hold them.
    private func unchangedClauses(
        _ lineage: Lineage, _ folder: String, _ keys: [String]
    ) throws -> [Int: UnchangedClauses] {
        var unchanged: [Int: UnchangedClauses] = [:]
        // Versions of one specification stand near each other where its files do: the last few artefacts serve most.
        var recent: [(partition: Int, artefact: ClauseArtefact)] = []
        func clauses(_ place: Int) throws -> [ClauseArtefact.Clause] {
            let candidate = candidates[place]
            if let known = recent.first(where: { $0.partition == candidate.partition }) {
                return known.artefact.clauses(ofDocument: candidate.index)
            }
            let artefact = try ClauseArtefact(
                folder: folder, key: keys[candidate.partition],
                documents: tokens[candidate.partition].counts.count)
            if recent.count == 16 { recent.removeFirst() }
            recent.append((candidate.partition, artefact))
            return artefact.clauses(ofDocument: candidate.index)
        }
        for texts in lineage.specifications where texts.count > 1 {
            var known: Set<ContentKey> = []
            for (number, text) in texts.enumerated() {
                var own: [ContentKey] = []
                for place in text {
                    let clauses = try clauses(place)
                    let ranges = clauses.filter { known.contains($0.key) }.map(\.range)
                    if number > 0 {
                        unchanged[place] = UnchangedClauses(
                            ranges: ranges, isAll: !clauses.isEmpty && ranges.count == clauses.count)
                    }
                    own += clauses.map(\.key)
                }
                known.formUnion(own)
            }
        }
        return unchanged
    }

    /// Of documents with equal text the first stays.
    private mutating func dropDuplicates() {
        var places: [Int] = []
        var keys: [ContentKey] = []
        for (place, candidate) in candidates.enumerated() {
            guard let facts = candidate.staying else { continue }
            places.append(place)
            keys.append(ContentKey(high: facts.content.high, low: facts.content.low))
        }
        for (position, first) in ExactDuplicates.firstOccurrences(of: keys).enumerated() {
            guard let first, let original = candidates[places[first]].facts else { continue }
            candidates[places[position]].drop(
                rule: "exact-duplicate", value: "the text of \(original.id)", threshold: "a text of its own")
        }
    }

    /// Of the documents of a cluster the one that the policy chooses stays, and with it those of its family: what of one specification stays
    /// is for lineage to say.
    private mutating func dropNearDuplicates(
        _ found: NearDuplicateSearch.Found, _ options: NearDuplicateOptions
    ) throws {
        clusters = found.clusters.map { $0.map { found.places[$0] } }
        if !options.removes { return }
        let threshold = "below \(options.minhash.threshold)"
        for (cluster, members) in zip(found.clusters, clusters) {
            let facts = members.compactMap { candidates[$0].facts }
            guard facts.count == members.count, Set(facts.map(\.family)).count > 1 else { continue }
            let chosen = options.policy.kept(
                of: zip(members, facts).map { place, facts in
                    ClusterPolicy.Member(
                        id: facts.id, order: place, length: facts.bytes, version: facts.lineage?.version?.numbers ?? [],
                        sourceRank: facts.source)
                })
            for index in members.indices {
                guard let chosen else {
                    candidates[members[index]].drop(
                        rule: "near-duplicate", value: "one of \(members.count) near duplicates", threshold: threshold)
                    continue
                }
                if facts[index].family == facts[chosen].family { continue }
                let similarity = try found.jaccard(cluster[index], cluster[chosen])
                // A member that a third one connects is less like the one that stays.
                let isDirect = similarity.map { $0 >= options.minhash.threshold } ?? true
                let amount = similarity.map { "\(($0 * 1000).rounded(.down) / 1000) of " } ?? "like "
                candidates[members[index]].drop(
                    rule: "near-duplicate",
                    value: amount + facts[chosen].path + (isDirect ? "" : ", connected by others of their cluster"),
                    threshold: threshold)
            }
        }
    }

    /// Draws the documents of training by the epochs that the mixture gives their sources. Validation stays as it is.
    private mutating func drawMixture() throws {
        var tokens = [Int](repeating: 0, count: plan.recipe.sources.count)
        for candidate in candidates where candidate.split == .train {
            if let facts = candidate.staying { tokens[facts.source] += tokenCount(candidate) }
        }
        guard var mixture = try plan.recipe.sourceMixture(tokens: tokens) else { return }
        var drawn = [Int](repeating: 0, count: plan.recipe.sources.count)
        let places = Dictionary(
            grouping: candidates.indices.filter { candidates[$0].split == .train && candidates[$0].staying != nil }
        ) { candidates[$0].staying?.source ?? 0 }
        for source in drawn.indices {
            let places = places[source] ?? []
            let copies = mixture.copies(
                ofSource: source,
                documents: places.map { (candidates[$0].staying?.id ?? "", tokenCount(candidates[$0])) },
                seed: plan.recipe.seed)
            for (place, copies) in zip(places, copies) {
                candidates[place].copies = copies
                drawn[source] += copies * tokenCount(candidates[place])
                if copies > 0 { continue }
                candidates[place].drop(
                    rule: "mixture", value: "not drawn", threshold: "\(mixture.portions[source].epochs) epochs")
            }
        }
        for (source, tokens) in drawn.enumerated() { mixture.realise(source: source, tokens: tokens) }
        self.mixture = mixture
    }

    /// Draws how often each document is packed by the weight of its source.
    private mutating func drawByWeight() throws {
        let weights = try plan.recipe.sources.map { try SourceWeight($0.weight, seed: plan.recipe.seed) }
        for place in candidates.indices {
            guard let facts = candidates[place].staying else { continue }
            candidates[place].copies = weights[facts.source].copies(ofDocument: facts.id)
            if candidates[place].copies == 0 {
                candidates[place].drop(
                    rule: "source-weight", value: "not drawn", threshold: "weight \(weights[facts.source].weight)")
            }
        }
    }
}
