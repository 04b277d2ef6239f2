public import Deduplication
import Documents
public import Files

/// What each policy of lineage keeps of the specifications of a corpus: shown before anybody has to choose one.
public struct LineageCosts: Sendable, Equatable {
    /// What one policy keeps.
    public struct Cost: Sendable, Equatable {
        /// Documents, whole or in part.
        public var documents = 0
        /// Tokens of their text. Of a text that loses clauses, its tokens times the share of bytes that stay, rounded down.
        public var tokens = 0
    }

    /// The policy of the build.
    public var policy = LineagePolicy.keepAll
    /// Specifications with a version.
    public var specifications = 0
    /// Those with more than one text: another version, release or publisher.
    public var withSeveralTexts = 0
    /// What each policy keeps of these specifications' documents.
    public var costs: [LineagePolicy: Cost] = [:]

    init() {}

    init(
        policy: LineagePolicy, lineage: Lineage, candidates: [Candidate], unchanged: [Int: UnchangedClauses],
        tokenCount: (Candidate) -> Int
    ) {
        self.policy = policy
        specifications = lineage.specifications.count
        withSeveralTexts = lineage.specifications.count { $0.count > 1 }
        for policy in LineagePolicy.allCases {
            let choices = lineage.choices(policy)
            var cost = Cost()
            for place in lineage.specifications.joined().joined() {
                guard let facts = candidates[place].staying else { continue }
                let tokens = tokenCount(candidates[place])
                switch choices[place] {
                case .superseded: continue
                case .keep:
                    cost.documents += 1
                    cost.tokens += tokens
                case .delta:
                    if unchanged[place]?.isAll == true { continue }
                    let staying = facts.bytes - (unchanged[place]?.ranges ?? []).reduce(0) { $0 + $1.count }
                    cost.documents += 1
                    cost.tokens += Int(tokens.multipliedFullWidth(by: staying).low) / max(1, facts.bytes)
                }
            }
            costs[policy] = cost
        }
    }

    /// As a JSON object: `policy`, `specifications`, `several_texts`, and for each policy `documents` and `tokens`.
    public var json: JSONValue {
        .object([
            "policy": .string(policy.rawValue), "specifications": .integer(specifications),
            "several_texts": .integer(withSeveralTexts),
            "costs": .object(
                Dictionary(
                    uniqueKeysWithValues: costs.map {
                        (
                            $0.key.rawValue,
                            JSONValue.object([
                                "documents": .integer($0.value.documents), "tokens": .integer($0.value.tokens),
                            ])
                        )
                    })),
        ])
    }

    /// From the object that `json` gives; nil where a member is missing.
    public init?(json: JSONValue) {
        guard let policy = json["policy"]?.string.flatMap(LineagePolicy.init(rawValue:)),
            let specifications = json["specifications"]?.int, let several = json["several_texts"]?.int
        else { return nil }
        self.policy = policy
        self.specifications = specifications
        withSeveralTexts = several
        for policy in LineagePolicy.allCases {
            guard let documents = json["costs"]?[policy.rawValue]?["documents"]?.int,
                let tokens = json["costs"]?[policy.rawValue]?["tokens"]?.int
            else { continue }
            costs[policy] = Cost(documents: documents, tokens: tokens)
        }
    }
}
