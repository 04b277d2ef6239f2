public import Deduplication
public import Files

/// What some options of near-duplicate detection will find and what they will cost, before anything is read.
public struct DuplicatePlan: Sendable {
    /// What is planned.
    public let options: MinHashOptions
    /// How many documents the costs are for.
    public let documents: Int

    /// Other bands and rows.
    struct Suggestion: Sendable, Equatable {
        var bands: Int
        var rows: Int
        var missRate: Double
        var vainRate: Double
    }

    /// A plan for so many documents.
    public init(_ options: MinHashOptions, documents: Int = 1_000_000) {
        self.options = options
        self.documents = documents
    }

    private static let similarities = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]

    /// Bytes of the band keys of all documents.
    var keyBytes: Int { documents * options.bands * 8 }

    /// For each bound of misses the fewest MinHashes that keep it and look at no more pairs in vain than twice as many as these options.
    var suggestions: [(most: Double, suggestion: Suggestion)] {
        var found: [(Double, Suggestion)] = []
        let mostVain = max(2 * options.expectedVainRate, 0.02)
        for most in [0.01, 0.001, 0.0001] where most < options.expectedMissRate {
            var best: Suggestion?
            for rows in 1...24 {
                for bands in 1...256 where bands * rows <= 1024 {
                    if let best, bands * rows >= best.bands * best.rows { break }
                    var other = options
                    other.rows = rows
                    other.bands = bands
                    // Both only fall or rise with the bands: the cheaper question first.
                    if other.probability(ofCandidateAt: options.threshold) < 0.5 { continue }
                    let miss = other.expectedMissRate
                    if miss > most { continue }
                    let vain = other.expectedVainRate
                    if vain <= mostVain {
                        best = Suggestion(bands: bands, rows: rows, missRate: miss, vainRate: vain)
                    }
                    break
                }
            }
            if let best { found.append((most, best)) }
        }
        return found
    }

    private var title: String {
        "\(options.bands) bands of \(options.rows) rows, threshold \(NumberText.decimal(options.threshold, 2)), shingles \(options.shingles)"
    }

    private static func percent(_ share: Double) -> String {
        NumberText.percent(share, decimals: share < 0.001 ? 4 : 2)
    }

    private var facts: [(term: String, value: String)] {
        [
            ("expected misses at or above the threshold", DuplicatePlan.percent(options.expectedMissRate)),
            ("candidates below the threshold", DuplicatePlan.percent(options.expectedVainRate)),
            ("MinHashes a document", NumberText.count(options.bands * options.rows)),
            (
                "band keys of \(NumberText.count(documents)) documents",
                NumberText.bytes(keyBytes) + ", in a temporary file beyond a quarter of --memory"
            ),
        ]
    }

    private var advice: [String] {
        suggestions.map { most, one in
            "to miss less than \(NumberText.decimal(most * 100, most < 0.001 ? 2 : 1)) %: --bands \(one.bands) --rows \(one.rows) "
                + "(misses \(DuplicatePlan.percent(one.missRate)), candidates below the threshold \(DuplicatePlan.percent(one.vainRate)), "
                + "\(NumberText.count(one.bands * one.rows)) MinHashes)"
        }
    }

    /// For a terminal: the curve as a table with bars, what is missed, what it costs, what else could be chosen.
    public var text: String {
        var table = TextTable([("Jaccard", .right), ("P(candidate)", .right), ("", .left)])
        for similarity in DuplicatePlan.similarities {
            let probability = options.probability(ofCandidateAt: similarity)
            let mark = similarity >= options.threshold ? "█" : "▒"
            table.add([
                NumberText.decimal(similarity, 2), NumberText.decimal(probability, 4),
                String(repeating: mark, count: Int((probability * 40).rounded())),
            ])
        }
        var out = title + "\n\n" + table.text + "\n"
        let width = facts.map(\.term.count).max() ?? 0
        for fact in facts {
            out += fact.term + String(repeating: " ", count: width - fact.term.count + 2) + fact.value + "\n"
        }
        if !advice.isEmpty { out += "\n" + advice.joined(separator: "\n") + "\n" }
        if !options.verifies { out += "\nwithout verification every candidate below the threshold is removed, too\n" }
        out.removeLast()
        return out
    }

    /// For people with a browser: one page.
    public var html: String {
        let chart = LineChart(
            title: "Probability that a pair becomes a candidate by its similarity",
            points: (0...100).map { ($0, options.probability(ofCandidateAt: Double($0) / 100)) },
            horizontal: "Jaccard similarity in percent", vertical: "Probability of a candidate"
        ) { NumberText.decimal($0, 2) }
        let rows = DuplicatePlan.similarities.map {
            [NumberText.decimal($0, 2), NumberText.decimal(options.probability(ofCandidateAt: $0), 4)]
        }
        var sections = [
            ("The curve", chart.html + HTMLText.table(["Jaccard", "P(candidate)"], rows, textColumns: 0)),
            ("What it means", HTMLText.list(facts)),
        ]
        if !advice.isEmpty {
            sections.append(("What else could be chosen", advice.map { "<p>\(HTMLText.escape($0))</p>\n" }.joined()))
        }
        return ReportPage.html(
            "near-duplicate plan", title, sections,
            tiles: [
                ("misses expected", DuplicatePlan.percent(options.expectedMissRate)),
                ("MinHashes", NumberText.count(options.bands * options.rows)),
                ("band keys", NumberText.bytes(keyBytes)),
            ])
    }

    /// For machines.
    public var json: JSONValue {
        [
            "bands": .integer(options.bands), "rows": .integer(options.rows), "threshold": .double(options.threshold),
            "shingles": .string(options.shingles.description),
            "curve": .array(
                DuplicatePlan.similarities.map {
                    ["jaccard": .double($0), "probability": .double(options.probability(ofCandidateAt: $0))]
                }),
            "miss_rate": .double(options.expectedMissRate), "vain_rate": .double(options.expectedVainRate),
            "documents": .integer(documents), "key_bytes": .integer(keyBytes),
            "suggestions": .array(
                suggestions.map { most, one in
                    [
                        "most_missed": .double(most), "bands": .integer(one.bands), "rows": .integer(one.rows),
                        "miss_rate": .double(one.missRate), "vain_rate": .double(one.vainRate),
                    ]
                }),
        ]
    }
}
