import Building
import Files
import Packing

/// What the blocks of a split add up to.
struct ShardTally: Sendable {
    var padding = 0
    /// Positions that carry loss, of blocks that say so.
    var lossTokens = 0
    var rowsOutside = 0
    /// Separators that stand where a segment begins or ends.
    var separators = 0
    /// The first segment that lacks its separator, for a message; nil: none does.
    var missingSeparator: String?
    var segmentsWithoutSeparator = 0
    var contents: [String] = []
    /// Whether all of its blocks were read.
    var isWhole = true

    mutating func merge(_ other: ShardTally) {
        padding += other.padding
        lossTokens += other.lossTokens
        rowsOutside += other.rowsOutside
        separators += other.separators
        missingSeparator = missingSeparator ?? other.missingSeparator
        segmentsWithoutSeparator += other.segmentsWithoutSeparator
        contents += other.contents
        isWhole = isWhole && other.isWhole
    }
}

/// What shards and documents add up to, to be held against the manifest.
struct CorpusTally: Sendable {
    var shards: [Split: ShardTally] = [:]
    var documents = 0
    var tokens: [Split: Int] = [:]
    var partsAreSound = true
    /// Whether all shards, and all parts, were looked at: sums of less say nothing.
    var hasAllShards = true
    var hasAllParts = true
    var measure = DocumentMeasure()

    mutating func merge(_ part: DocumentPartCheck.Result) {
        documents += part.documents
        tokens.merge(part.tokens, uniquingKeysWith: &+)
        partsAreSound = partsAreSound && part.findings.isEmpty
        measure.merge(part.measure)
    }

    func findings(_ manifest: Manifest, _ output: OutputFolder) -> [Finding] {
        var findings: [Finding] = []
        for split in Split.allCases {
            guard let counts = manifest.splits[split.rawValue], let tally = shards[split] else { continue }
            func add(_ rule: String, _ expected: String, _ found: String, _ hint: String) {
                findings.append(
                    Finding(
                        rule: rule, place: output.split(split), expected: expected, found: found, hint: hint,
                        subject: "\(split.rawValue) \(rule)"))
            }
            func compare(_ rule: String, _ what: String, _ expected: Int, _ found: Int) {
                if expected == found { return }
                add(
                    rule, "\(what) \(expected)", "\(found)",
                    "shards, documents and manifest are not of one build: build again")
            }
            compare("segment-documents", "rows outside the documents:", 0, tally.rowsOutside)
            if let missing = tally.missingSeparator {
                add(
                    "separators", "the separator of the policy \(manifest.separator) where documents end and begin",
                    "\(tally.segmentsWithoutSeparator) without it, first \(missing)",
                    "the tokenizer's end token is not the one that was packed: build again")
            }
            guard hasAllShards, tally.isWhole else { continue }
            compare("ledger", "padding", counts.ledger.padding, tally.padding)
            if let carrying = counts.lossTokens { compare("ledger", "tokens with loss", carrying, tally.lossTokens) }
            if counts.ledger.dropped.isEmpty, tally.missingSeparator == nil,
                tally.separators < counts.ledger.separators
            {
                add(
                    "separators", "\(counts.ledger.separators) separators as in the ledger", "\(tally.separators)",
                    "build again: documents run together")
            }
            if partsAreSound, hasAllParts {
                compare("ledger", "document tokens", counts.ledger.documentTokens, tokens[split] ?? 0)
            }
        }
        if hasAllShards, shards.count == Split.allCases.count, shards.values.allSatisfy(\.isWhole) {
            let digest = rootDigest(manifest)
            if digest != manifest.rootDigest {
                findings.append(
                    Finding(
                        rule: "root-digest", place: output.manifest, expected: manifest.rootDigest, found: digest,
                        hint: "the corpus is not the one that was sealed", subject: "sealed"))
            }
        }
        return findings
    }

    private func rootDigest(_ manifest: Manifest) -> String {
        RootDigest.hexadecimal(
            recipe: manifest.recipe,
            shards: Split.allCases.flatMap { split in (shards[split]?.contents ?? []).map { (split, $0) } },
            parts: manifest.documentParts + [manifest.rejectedPart])
    }
}
