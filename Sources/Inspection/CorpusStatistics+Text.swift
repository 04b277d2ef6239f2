import Building
import Files
import Packing

extension CorpusStatistics {
    /// Tables for the terminal, plain text, about a screen.
    public var text: String {
        var out =
            "\(TerminalText.sanitized(manifest.name)): blocks of \(NumberText.count(manifest.blockLength)) tokens\n\n"
        out += sourceTable + "\n" + splitTable + "\n" + lengthTable + "\n"
        out += packingText
        if let vocabulary {
            out +=
                "vocabulary: \(NumberText.count(vocabulary.used)) of \(NumberText.count(vocabulary.size)) ids used "
                + "(\(NumberText.percent(vocabulary.coverage)))\n"
        }
        if !boilerplateByCount.isEmpty { out += "\n" + boilerplateTable }
        if !manifest.rejected.isEmpty { out += "\n" + rejectedTable }
        return out
    }

    private var sourceTable: String {
        var table = TextTable([
            ("source", .left), ("documents", .right), ("text", .right), ("tokens", .right), ("share", .right),
            ("bytes/token", .right), ("longest", .right),
        ])
        for source in sources + (sources.count == 1 ? [] : [total]) {
            table.add([
                TerminalText.sanitized(source.name), NumberText.count(source.documents),
                NumberText.bytes(source.textBytes), NumberText.count(source.tokens),
                NumberText.percent(total.tokens == 0 ? 0 : Double(source.tokens) / Double(total.tokens)),
                source.bytesPerToken.map { NumberText.decimal($0, 2) } ?? "–", NumberText.count(source.lengths.longest),
            ])
        }
        return table.text
    }

    private var splitTable: String {
        var table = TextTable([
            ("split", .left), ("documents", .right), ("families", .right), ("blocks", .right), ("shards", .right),
            ("document tokens", .right), ("separators", .right), ("padding", .right), ("dropped", .right),
        ])
        for split in Split.allCases {
            guard let counts = manifest.splits[split.rawValue] else { continue }
            table.add(
                [split.rawValue]
                    + [
                        counts.documents, counts.families, counts.blocks, counts.shards, counts.ledger.documentTokens,
                        counts.ledger.separators, counts.ledger.padding, counts.ledger.dropped.values.reduce(0, +),
                    ].map(NumberText.count))
        }
        return table.text
    }

    private var lengthTable: String {
        var table = TextTable([("tokens in a document", .left), ("documents", .right), ("tokens", .right), ("", .left)])
        let buckets = total.lengths.buckets
        let most = buckets.map(\.documents).max() ?? 1
        for bucket in buckets {
            table.add([
                bucket.label, NumberText.count(bucket.documents), NumberText.count(bucket.tokens),
                String(repeating: "█", count: (bucket.documents * 30 + most - 1) / max(most, 1)),
            ])
        }
        return table.text
    }

    private var packingText: String {
        let pack = total.packVersusTruncate
        return "packed: \(NumberText.count(pack.blocksPacked)) blocks of all documents end to end, without separators: "
            + "every token kept\n"
            + "truncated, one block a document: \(NumberText.count(pack.blocksTruncated)) blocks, "
            + "\(NumberText.count(pack.tokensLost)) tokens lost (\(NumberText.percent(pack.shareLost))), "
            + "\(NumberText.percent(pack.fillTruncated)) of the positions used\n"
    }

    private var boilerplateTable: String {
        var table = TextTable([("taken out by", .left), ("documents", .right), ("characters", .right)])
        for (rule, counts) in boilerplateByCount {
            table.add([
                TerminalText.sanitized(rule), NumberText.count(counts.documents), NumberText.count(counts.characters),
            ])
        }
        return table.text
    }

    /// What the rules of boilerplate took from all sources, the hungriest first.
    var boilerplateByCount: [(rule: String, counts: Manifest.RuleCounts)] {
        var sums: [String: Manifest.RuleCounts] = [:]
        for (rule, counts) in manifest.sources.flatMap(\.boilerplate) {
            let sum = sums[rule] ?? Manifest.RuleCounts(documents: 0, characters: 0)
            sums[rule] = Manifest.RuleCounts(
                documents: sum.documents + counts.documents, characters: sum.characters + counts.characters)
        }
        return sums.map { (rule: $0.key, counts: $0.value) }.sorted {
            $0.counts.characters != $1.counts.characters
                ? $0.counts.characters > $1.counts.characters : precedesInByteOrder($0.rule, $1.rule)
        }
    }

    private var rejectedTable: String {
        var table = TextTable([("dropped because", .left), ("documents", .right)])
        for (rule, count) in rejectedByCount { table.add([TerminalText.sanitized(rule), NumberText.count(count)]) }
        return table.text
    }

    /// The rules that dropped documents, the hungriest first.
    var rejectedByCount: [(rule: String, count: Int)] {
        manifest.rejected.map { (rule: $0.key, count: $0.value) }.sorted {
            $0.count != $1.count ? $0.count > $1.count : precedesInByteOrder($0.rule, $1.rule)
        }
    }
}

extension LengthHistogram.Bucket {
    /// `256–511`.
    var label: String {
        from == to ? NumberText.count(from) : "\(NumberText.count(from))–\(NumberText.count(to))"
    }
}
