import Building
import Documents
import Files
import Packing

/// One HTML file that shows a corpus to a person: no scripts, nothing loaded from elsewhere, light and dark, from phone to
/// print. The same corpus gives the same bytes.
public struct CorpusReport: Sendable {
    private let statistics: CorpusStatistics
    private var manifest: Manifest { statistics.manifest }

    /// A report on what the statistics hold.
    public init(_ statistics: CorpusStatistics) { self.statistics = statistics }

    private func note(_ text: String) -> String { "<p class=\"faint\">\(HTMLText.escape(text))</p>\n" }

    /// The file.
    public var html: String {
        let name = HTMLText.escape(manifest.name)
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + "<title>\(name): corpus report</title>\n<style>\n\(ReportStyle.css)\n</style>\n</head>\n<body>\n<main>\n"
            + "<p class=\"faint\">Corpus report</p>\n<h1>\(name)</h1>\n"
            + "<p class=\"faint\">Blocks of \(NumberText.count(manifest.blockLength)) tokens in MDS shards, made by "
            + "\(HTMLText.escape(manifest.tool)).</p>\n"
            + tiles + sources + kinds + lengths + packing + blocks + vocabulary + repeated + boilerplate + rejected
            + extraction + counted + provenance
            + "</main>\n</body>\n</html>\n"
    }

    private func section(_ title: String, _ body: String) -> String {
        "<section>\n<h2>\(HTMLText.escape(title))</h2>\n\(body)</section>\n"
    }

    private var tiles: String {
        let total = statistics.total
        let blocks = manifest.splits.values.reduce(0) { $0 + $1.blocks }
        var tiles = [
            ("documents", NumberText.count(total.documents)), ("tokens", NumberText.count(total.tokens)),
            ("blocks", NumberText.count(blocks)), ("text", NumberText.bytes(total.textBytes)),
            ("bytes per token", StatisticsTables.ratio(total.bytesPerToken)),
            ("tokens per word", StatisticsTables.ratio(total.tokensPerWord)),
            ("files read", NumberText.count(manifest.inputs.count)),
            ("dropped", NumberText.count(manifest.rejected.values.reduce(0, +))),
        ]
        if let vocabulary = statistics.vocabulary {
            tiles.append(("of \(NumberText.count(vocabulary.size)) ids used", NumberText.percent(vocabulary.coverage)))
        }
        return "<div class=\"tiles\">\n"
            + tiles.map {
                "<div class=\"tile\"><b>\(HTMLText.escape($0.1))</b><span>\(HTMLText.escape($0.0))</span></div>\n"
            }
            .joined() + "</div>\n"
    }

    private var sources: String {
        let total = statistics.total
        let chart = BarChart(
            title: "Tokens of each source",
            bars: statistics.sources.map {
                BarChart.Bar(
                    label: $0.name, value: $0.tokens,
                    note: NumberText.percent(total.tokens == 0 ? 0 : Double($0.tokens) / Double(total.tokens)))
            })
        var counts: [String: Manifest.SourceCounts] = [:]
        for source in manifest.sources { counts[source.name] = source }
        let rows = statistics.sources.map { source -> [String] in
            let manifest = counts[source.name]
            return [
                source.name, manifest?.licence ?? "not stated", NumberText.count(manifest?.files ?? 0),
                NumberText.count(source.documents), NumberText.count(manifest?.rejected ?? 0),
                NumberText.bytes(source.textBytes), NumberText.count(source.tokens),
                StatisticsTables.ratio(source.bytesPerToken), StatisticsTables.ratio(source.tokensPerWord),
                source.usedIDs.map(NumberText.count) ?? "–",
            ]
        }
        let footer = [
            "total", "", NumberText.count(manifest.inputs.count), NumberText.count(total.documents),
            NumberText.count(manifest.sources.reduce(0) { $0 + $1.rejected }), NumberText.bytes(total.textBytes),
            NumberText.count(total.tokens), StatisticsTables.ratio(total.bytesPerToken),
            StatisticsTables.ratio(total.tokensPerWord), total.usedIDs.map(NumberText.count) ?? "–",
        ]
        return section(
            "Sources",
            chart.html
                + HTMLText.table(
                    [
                        "source", "licence", "files", "documents", "dropped", "text", "tokens", "bytes per token",
                        "tokens per word", "ids used",
                    ], rows, textColumns: 2, footer: footer))
    }

    private var kinds: String {
        let total = statistics.total
        if total.kinds.isEmpty { return "" }
        let chart = BarChart(
            title: "Text of each kind, by bytes",
            bars: total.kinds.map {
                BarChart.Bar(
                    label: $0.kind.split(separator: "_").joined(separator: " "), value: $0.bytes,
                    note: StatisticsTables.share($0.bytes, total.textBytes))
            })
        return section(
            "Kinds of text",
            chart.html + HTMLText.table(StatisticsTables.kindHeader, statistics.tables.kindRows)
                + note(statistics.tables.kindsNote + " A word is what stands between white space."))
    }

    private var lengths: String {
        let chart = BarChart(
            title: "Documents by their number of tokens",
            bars: statistics.total.lengths.buckets.map {
                BarChart.Bar(label: $0.label, value: $0.documents, note: NumberText.count($0.documents))
            })
        let percents = LengthQuantiles.percents
        let rows = statistics.sources.map { source in
            [source.name] + source.quantiles.values.map(NumberText.count)
        }
        let header =
            ["source"] + percents.map { $0 == 0 ? "shortest" : $0 == 100 ? "longest" : "\($0)%" }
        return section(
            "Length of documents",
            note("Documents by their number of tokens. " + statistics.tables.lengthsNote) + chart.html
                + note("Tokens that the shortest 1%, 5%, … of the documents do not exceed:")
                + HTMLText.table(
                    header, rows, footer: ["total"] + statistics.total.quantiles.values.map(NumberText.count)))
    }

    private var packing: String {
        let chart = BarChart(
            title: "Tokens that truncation would lose, by length of the blocks",
            bars: statistics.packing.map {
                BarChart.Bar(
                    label: "blocks of \(NumberText.count($0.length))", value: $0.tokensLost,
                    note: NumberText.percent($0.shareLost))
            })
        return section(
            "Packing against truncation",
            note(
                "Packed, all documents stand end to end and every token is kept. Truncated, each document gets one block and is cut off at "
                    + "its end: the share of tokens lost so, by the length of the blocks. Each document counted once, without separators."
            ) + chart.html
                + HTMLText.table(StatisticsTables.packingHeader, StatisticsTables.packingRows(statistics.packing)))
    }

    private var blocks: String {
        let splits = Split.allCases.filter { manifest.splits[$0.rawValue] != nil }
        var verdicts = ""
        for split in splits {
            guard let counts = manifest.splits[split.rawValue] else { continue }
            verdicts += verdict("Token ledger of \(split.rawValue)", counts.ledger.imbalance)
        }
        var charts = ""
        if let train = statistics.blocks[.train], train.blocks > 0 {
            charts =
                note(
                    "Blocks of training by the pieces of documents in them. A document that a block's end cuts has a piece in each block."
                )
                + BarChart(
                    title: "Blocks of training by the number of pieces of documents in them",
                    bars: train.documentsPerBlock.map {
                        BarChart.Bar(
                            label: $0.to == 1 ? "\($0.from)" : "\($0.from)–\($0.to)", value: $0.blocks,
                            note: NumberText.count($0.blocks))
                    }
                ).html
        }
        return section(
            "Blocks and shards",
            charts + HTMLText.table([""] + splits.map(\.rawValue), statistics.splitRows) + verdicts)
    }

    private var vocabulary: String {
        guard let vocabulary = statistics.vocabulary else { return "" }
        func tokens(
            _ title: String, _ tokens: [VocabularyUse.Token], _ header: [String], _ number: (VocabularyUse.Token) -> Int
        ) -> String {
            if tokens.isEmpty { return "" }
            return "<h3>\(HTMLText.escape(title))</h3>\n"
                + HTMLText.table(
                    header,
                    tokens.map {
                        [StatisticsTables.token($0.text), NumberText.count(Int($0.id)), NumberText.count(number($0))]
                    })
        }
        return section(
            "Vocabulary",
            "<p>\(HTMLText.escape(StatisticsTables.vocabularyNote(vocabulary)))</p>\n<div class=\"columns\">\n<div>\n"
                + tokens("Most frequent tokens", vocabulary.mostFrequent, ["token", "id", "times"]) { $0.count }
                + "</div>\n<div>\n"
                + tokens("Longest tokens in use", vocabulary.longest, ["token", "id", "times"]) { $0.count }
                + "</div>\n<div>\n"
                + tokens("Unused ids, the first", vocabulary.unusedExamples, ["token", "id", "bytes"]) { $0.bytes }
                + "</div>\n</div>\n")
    }

    private var repeated: String {
        let paragraphs = statistics.paragraphs
        var body = "<p>\(HTMLText.escape(StatisticsTables.paragraphsNote(paragraphs)))</p>\n"
        if !paragraphs.top.isEmpty {
            body += HTMLText.table(
                ["paragraph", "times", "bytes"],
                paragraphs.top.map {
                    [StatisticsTables.quoted($0.text, 160), StatisticsTables.times($0), NumberText.count($0.bytes)]
                })
        }
        if statistics.missingTokenizer == nil {
            for sequences in statistics.ngrams where !sequences.top.isEmpty {
                body +=
                    "<h3>\(sequences.length) tokens in a row</h3>\n"
                    + note(
                        "\(NumberText.percent(sequences.repeatedShare)) of them occur more than once. \(statistics.ngramsNote)"
                    )
                    + HTMLText.table(
                        ["tokens", "times"],
                        sequences.top.map { [StatisticsTables.quoted($0.text, 80), NumberText.count($0.count)] })
            }
        }
        return section("What is repeated", body)
    }

    /// What is exact and what is a sample.
    private var counted: String {
        var items = [
            ("every document", "documents, bytes, words, tokens, lengths, kinds of text by bytes and words"),
            ("tokens by kind", statistics.tables.kindsNote),
        ]
        if !statistics.blocks.isEmpty {
            items.append(("every block", "vocabulary, pieces of documents, padding, bytes on disk"))
            items.append(("n-grams", statistics.ngramsNote))
        }
        items.append(
            (
                "paragraphs",
                statistics.paragraphs.sampledOneIn == 1
                    ? "all"
                    : "one in \(NumberText.count(statistics.paragraphs.sampledOneIn)) of the different ones, by their hash"
            ))
        items.append(("seed of the samples", String(statistics.options.seed)))
        return section("Counted and sampled", HTMLText.list(items))
    }

    private var boilerplate: String {
        let rules = statistics.boilerplateByCount
        if rules.isEmpty { return "" }
        return section(
            "Boilerplate taken out",
            HTMLText.table(
                ["rule", "documents", "characters"],
                rules.map { [$0.rule, NumberText.count($0.counts.documents), NumberText.count($0.counts.characters)] }))
    }

    private var rejected: String {
        let rules = statistics.rejectedByCount
        if rules.isEmpty { return section("Dropped", "<p>Nothing was dropped.</p>\n") }
        let chart = BarChart(
            title: "Dropped inputs and documents by rule",
            bars: rules.map {
                BarChart.Bar(label: $0.rule, value: $0.count, note: NumberText.count($0.count))
            })
        return section(
            "Dropped, by rule",
            chart.html
                + "<p class=\"faint\">Each one stands in <code>rejected/</code> with its value and threshold.</p>\n")
    }

    private var extraction: String {
        let ledger = manifest.extraction
        func rows(_ rules: [String: Int], _ sign: String) -> [[String]] {
            rules.sorted { $0.value != $1.value ? $0.value > $1.value : precedesInByteOrder($0.key, $1.key) }
                .map { ["\(sign) \($0.key)", NumberText.count($0.value)] }
        }
        return section(
            "Extraction ledger",
            "<p class=\"faint\">Unicode scalars, over every document that was read. The source is counted by a pass of its "
                + "own.</p>\n"
                + HTMLText.table(
                    ["", "scalars"],
                    [["source", NumberText.count(ledger.source)]] + rows(ledger.added, "+") + rows(ledger.removed, "−"),
                    footer: ["written", NumberText.count(ledger.written)])
                + verdict("Extraction ledger", ledger.imbalance))
    }

    private func verdict(_ what: String, _ imbalance: Int) -> String {
        imbalance == 0
            ? "<p>\(HTMLText.escape(what)): <span class=\"good\">closed</span></p>\n"
            : "<p>\(HTMLText.escape(what)): <span class=\"bad\">open by \(NumberText.count(imbalance))</span></p>\n"
    }

    private var provenance: String {
        let tokenizer = manifest.tokenizer
        return section(
            "Where it comes from",
            HTMLText.list([
                ("root digest", manifest.rootDigest), ("identity", manifest.identity),
                ("generation", String(manifest.generation)), ("tokenizer", tokenizer["path"]?.string ?? "–"),
                ("tokenizer digest", tokenizer["digest"]?.string ?? "–"),
                ("separator", manifest.separator), ("recipe", manifest.recipe.text(.python)),
            ]))
    }
}
