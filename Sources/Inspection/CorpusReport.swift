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

    /// The file.
    public var html: String {
        let name = HTMLText.escape(manifest.name)
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + "<title>\(name): corpus report</title>\n<style>\n\(ReportStyle.css)\n</style>\n</head>\n<body>\n<main>\n"
            + "<p class=\"faint\">Corpus report</p>\n<h1>\(name)</h1>\n"
            + "<p class=\"faint\">Blocks of \(NumberText.count(manifest.blockLength)) tokens in MDS shards, made by "
            + "\(HTMLText.escape(manifest.tool)).</p>\n"
            + tiles + sources + lengths + packing + splits + boilerplate + rejected + extraction + provenance
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
            ("bytes per token", total.bytesPerToken.map { NumberText.decimal($0, 2) } ?? "–"),
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
                    label: CorpusReport.shortened($0.name), value: $0.tokens,
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
                source.bytesPerToken.map { NumberText.decimal($0, 2) } ?? "–",
            ]
        }
        let footer = [
            "total", "", NumberText.count(manifest.inputs.count), NumberText.count(total.documents),
            NumberText.count(manifest.sources.reduce(0) { $0 + $1.rejected }), NumberText.bytes(total.textBytes),
            NumberText.count(total.tokens), total.bytesPerToken.map { NumberText.decimal($0, 2) } ?? "–",
        ]
        return section(
            "Sources",
            chart.html
                + HTMLText.table(
                    ["source", "licence", "files", "documents", "dropped", "text", "tokens", "bytes/token"], rows,
                    textColumns: 2, footer: footer))
    }

    private var lengths: String {
        let chart = BarChart(
            title: "Documents by their number of tokens",
            bars: statistics.total.lengths.buckets.map {
                BarChart.Bar(label: $0.label, value: $0.documents, note: NumberText.count($0.documents))
            })
        return section(
            "Length of documents",
            "<p class=\"faint\">Documents by their number of tokens; the longest has "
                + "\(NumberText.count(statistics.total.lengths.longest)).</p>\n" + chart.html)
    }

    private var packing: String {
        let pack = statistics.total.packVersusTruncate
        let rows = [
            ["concatenated and cut", NumberText.count(pack.blocksPacked), "0", "0.0%"],
            [
                "truncated, one block a document", NumberText.count(pack.blocksTruncated),
                NumberText.count(pack.tokensLost),
                NumberText.percent(pack.shareLost),
            ],
        ]
        return section(
            "Packing against truncation",
            "<p class=\"faint\">One block a document would use \(NumberText.percent(pack.fillTruncated)) of its positions. "
                + "Each document counted once, without separators.</p>\n"
                + HTMLText.table(["way", "blocks", "tokens lost", "share lost"], rows))
    }

    private var splits: String {
        var rows: [[String]] = []
        var verdicts = ""
        for split in Split.allCases {
            guard let counts = manifest.splits[split.rawValue] else { continue }
            let ledger = counts.ledger
            rows.append(
                [split.rawValue]
                    + [
                        counts.documents, counts.families, counts.blocks, counts.shards, ledger.documentTokens,
                        ledger.separators, ledger.padding, ledger.dropped.values.reduce(0, +),
                    ].map(NumberText.count))
            verdicts += verdict("Token ledger of \(split.rawValue)", ledger.imbalance)
        }
        return section(
            "Splits and their token ledgers",
            HTMLText.table(
                [
                    "split", "documents", "families", "blocks", "shards", "document tokens", "separators", "padding",
                    "dropped",
                ], rows) + verdicts)
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
                BarChart.Bar(label: CorpusReport.shortened($0.rule), value: $0.count, note: NumberText.count($0.count))
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

    /// A label that fits beside a bar.
    static func shortened(_ text: String) -> String {
        text.count <= 24 ? text : String(text.prefix(23)) + "…"
    }
}
