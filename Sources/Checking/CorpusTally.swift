import Building
import Files
import Packing

/// What the blocks of a split add up to.
struct ShardTally: Sendable {
    var padding = 0
    var rowsOutside = 0
    var contents: [String] = []
    var isWhole = true

    mutating func merge(_ other: ShardTally) {
        padding += other.padding
        rowsOutside += other.rowsOutside
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

    mutating func merge(_ part: DocumentPartCheck.Result) {
        documents += part.documents
        tokens.merge(part.tokens, uniquingKeysWith: &+)
        partsAreSound = partsAreSound && part.findings.isEmpty
    }

    func findings(_ manifest: Manifest, _ output: OutputFolder) -> [Finding] {
        var findings: [Finding] = []
        for split in Split.allCases {
            guard let counts = manifest.splits[split.rawValue], let tally = shards[split], tally.isWhole else {
                continue
            }
            func compare(_ rule: String, _ what: String, _ expected: Int, _ found: Int) {
                if expected == found { return }
                findings.append(
                    Finding(
                        rule: rule, place: output.split(split), expected: "\(what) \(expected)", found: "\(found)",
                        hint: "shards, documents and manifest are not of one build: build again"))
            }
            compare("ledger", "padding", counts.ledger.padding, tally.padding)
            compare("segment-documents", "rows outside the documents:", 0, tally.rowsOutside)
            if partsAreSound { compare("ledger", "document tokens", counts.ledger.documentTokens, tokens[split] ?? 0) }
        }
        if shards.count == Split.allCases.count, shards.values.allSatisfy(\.isWhole) {
            let digest = rootDigest(manifest)
            if digest != manifest.rootDigest {
                findings.append(
                    Finding(
                        rule: "root-digest", place: output.manifest, expected: manifest.rootDigest, found: digest,
                        hint: "the corpus is not the one that was sealed"))
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
