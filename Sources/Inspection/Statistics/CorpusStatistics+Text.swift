import Building
import Files
import Packing

extension CorpusStatistics {
    /// What sources, files and a corpus have in common.
    var tables: StatisticsTables { StatisticsTables(sources: sources, total: total) }

    /// Tables for the terminal, plain text, 80 columns.
    public var text: String {
        var parts = [
            "\(TerminalText.sanitized(manifest.name)): blocks of \(NumberText.count(manifest.blockLength)) tokens\n",
            tables.sourceText, splitText, tables.lengthText,
        ]
        if !total.kinds.isEmpty { parts.append(tables.kindText) }
        parts.append(StatisticsTables.packingText(packing))
        if let vocabulary { parts.append(StatisticsTables.vocabularyText(vocabulary)) }
        parts.append(StatisticsTables.paragraphsText(paragraphs))
        if let sequences = ngrams.last, !sequences.top.isEmpty, missingTokenizer == nil {
            parts.append(ngramText(sequences))
        }
        if !boilerplateByCount.isEmpty { parts.append(boilerplateTable) }
        if !manifest.rejected.isEmpty { parts.append(rejectedTable) }
        if let missingTokenizer {
            parts.append(StatisticsTables.wrapped("No texts of tokens: " + TerminalText.sanitized(missingTokenizer)))
        }
        return parts.joined(separator: "\n")
    }

    private var splitText: String {
        let splits = Split.allCases.filter { manifest.splits[$0.rawValue] != nil }
        return StatisticsTables.table(["split"] + splits.map(\.rawValue), splitRows)
    }

    /// A row for each figure, a column for each side of the split.
    var splitRows: [[String]] {
        let splits = Split.allCases.filter { manifest.splits[$0.rawValue] != nil }
        var rows: [[String]] = []
        func row(_ name: String, _ value: (Manifest.SplitCounts) -> Int) {
            rows.append([name] + splits.map { NumberText.count(manifest.splits[$0.rawValue].map(value) ?? 0) })
        }
        func row(_ name: String, _ value: (BlockStatistics) -> String) {
            if blocks.isEmpty { return }
            rows.append([name] + splits.map { blocks[$0].map(value) ?? "–" })
        }
        row("documents") { $0.documents }
        row("families") { $0.families }
        row("blocks") { $0.blocks }
        row("shards") { $0.shards }
        row("document tokens") { $0.ledger.documentTokens }
        row("separators") { $0.ledger.separators }
        row("padding") { $0.ledger.padding }
        row("dropped tokens") { $0.ledger.dropped.values.reduce(0, +) }
        row("documents cut by a block's end") { NumberText.count($0.documentsCut) }
        row("pieces in a block, mean") { StatisticsTables.ratio($0.segmentsPerBlock, 1) }
        row("pieces in a block, most") { NumberText.count($0.mostDocuments) }
        row("shards on disk") { NumberText.bytes($0.storedBytes) }
        row("stored bytes per token") { StatisticsTables.ratio($0.storedBytesPerToken) }
        return rows
    }

    /// In which blocks n-grams were counted, in words.
    var ngramsNote: String {
        let all = blocks.values.reduce(0) { $0 + $1.blocks }
        let place =
            sampledBlocks == all
            ? "all \(NumberText.count(all)) blocks"
            : "a sample of \(NumberText.count(sampledBlocks)) of \(NumberText.count(all)) blocks "
                + "(\(NumberText.count(sampledTokens)) tokens)"
        return "Counted in \(place)."
    }

    private func ngramText(_ sequences: TokenNgrams) -> String {
        StatisticsTables.wrapped(
            "\(sequences.length) tokens in a row: \(NumberText.percent(sequences.repeatedShare)) occur more than once. \(ngramsNote)"
        )
            + StatisticsTables.table(
                ["times", "tokens"],
                sequences.top.prefix(5).map { [NumberText.count($0.count), StatisticsTables.quoted($0.text, 60)] },
                textColumns: [1])
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
