public import Files

extension StatisticsComparison {
    /// Figures that stand side by side: name, first, second, change.
    private var figures: [[String]] {
        var rows: [[String]] = []
        func count(_ name: String, _ value: (StatisticsSide) -> Int) {
            let (one, other) = (value(first), value(second))
            rows.append([
                name, NumberText.count(one), NumberText.count(other),
                StatisticsComparison.change(Double(one), Double(other)),
            ])
        }
        func ratio(_ name: String, _ decimals: Int, _ value: (StatisticsSide) -> Double?) {
            let (one, other) = (value(first), value(second))
            rows.append([
                name, StatisticsTables.ratio(one, decimals), StatisticsTables.ratio(other, decimals),
                one.flatMap { one in other.map { StatisticsComparison.change(one, $0) } } ?? "–",
            ])
        }
        count("documents") { $0.total.documents }
        count("bytes of text") { $0.total.textBytes }
        count("words") { $0.total.words }
        count("tokens") { $0.total.tokens }
        ratio("bytes per token", 3) { $0.total.bytesPerToken }
        ratio("tokens per word", 3) { $0.total.tokensPerWord }
        count("median document, tokens") { $0.total.quantiles.median }
        ratio("mean document, tokens", 0) { $0.total.quantiles.mean }
        count("longest document, tokens") { $0.total.lengths.longest }
        if first.vocabulary != nil || second.vocabulary != nil {
            ratio("vocabulary used, %", 1) { $0.vocabulary.map { $0.coverage * 100 } }
            ratio("single bytes, % of tokens", 3) { $0.vocabulary?.byteShare.map { $0 * 100 } }
            ratio("bits a token", 2) { $0.vocabulary?.entropy }
        }
        func repeated(_ side: StatisticsSide) -> String {
            let share = StatisticsTables.ratio(side.paragraphs.repeatedShare * 100, 1)
            let rate = side.paragraphs.sampledOneIn
            return rate == 1 ? share : "≈ \(share), 1 in \(NumberText.count(rate))"
        }
        ratio("repeated paragraphs, %", 1) { $0.paragraphs.repeatedShare * 100 }
        rows[rows.count - 1][1] = repeated(first)
        rows[rows.count - 1][2] = repeated(second)
        return rows
    }

    /// `+12.3%`, relative to the first.
    private static func change(_ first: Double, _ second: Double) -> String {
        if first == second { return "=" }
        if first == 0 { return "new" }
        let change = (second - first) / first
        return change < 9.995
            ? (change > 0 ? "+" : "") + NumberText.percent(change) : "× \(NumberText.decimal(second / first, 1))"
    }

    /// In points of a percent.
    private static func points(_ change: Double) -> String {
        let text = NumberText.decimal(change * 100, 2)
        return change > 0 && text != "0.00" ? "+" + text : text
    }

    private func rows(_ movement: Movement, quoted: Bool) -> [[String]] {
        movement.shifts.map { shift in
            [
                quoted ? StatisticsTables.token(shift.name) : TerminalText.sanitized(shift.name),
                NumberText.decimal(shift.firstShare * 100, 2) + "%",
                NumberText.decimal(shift.secondShare * 100, 2) + "%",
                StatisticsComparison.points(shift.change),
            ]
        }
    }

    private static func note(_ movement: Movement) -> String {
        "\(movement.title): \(movement.verdict) (Jensen-Shannon \(StatisticsTables.ratio(movement.divergence, 4)) bits, "
            + "PSI \(StatisticsTables.ratio(movement.stability, 3)))."
    }

    /// Why ids are not compared, or which only one side uses.
    private var vocabularyNote: String {
        guard let onlyInFirst, let onlyInSecond else {
            return "Ids are not compared: the sides have different tokenizers."
        }
        return
            "\(NumberText.count(onlyInFirst)) ids stand only in the first, \(NumberText.count(onlyInSecond)) only in the second."
    }

    /// Tables for the terminal, 80 columns.
    public var text: String {
        var parts = [
            "first:  \(TerminalText.sanitized(first.name))\nsecond: \(TerminalText.sanitized(second.name))\n",
            StatisticsTables.table(["", "first", "second", "change"], figures),
        ]
        for movement in [sources, kinds, lengths] {
            parts.append(
                StatisticsTables.wrapped(StatisticsComparison.note(movement))
                    + StatisticsTables.table(
                        ["share", "first", "second", "points"],
                        rows(movement, quoted: false).map { [StatisticsTables.shortened($0[0], 40)] + $0.dropFirst() }))
        }
        if let vocabulary {
            parts.append(
                StatisticsTables.wrapped(StatisticsComparison.note(vocabulary) + " " + vocabularyNote)
                    + StatisticsTables.table(
                        ["tokens that moved most", "first", "second", "points"],
                        Array(rows(vocabulary, quoted: true).prefix(10))))
        } else {
            parts.append(StatisticsTables.wrapped(vocabularyNote))
        }
        return parts.joined(separator: "\n")
    }

    /// One JSON object; `schema` is raised when a member changes its meaning.
    public var json: JSONValue {
        func movement(_ movement: Movement) -> JSONValue {
            .object([
                "jensen_shannon_bits": movement.divergence.map { .double($0) } ?? .null,
                "psi": movement.stability.map { .double($0) } ?? .null,
                "shifts": .array(
                    movement.shifts.map {
                        .object([
                            "name": .string($0.name), "first": .integer($0.first), "second": .integer($0.second),
                            "first_share": .double($0.firstShare), "second_share": .double($0.secondShare),
                        ])
                    }),
            ])
        }
        return .object([
            "schema": .integer(StatisticsComparison.schemaVersion), "first": first.json, "second": second.json,
            "sources": movement(sources), "kinds": movement(kinds), "lengths": movement(lengths),
            "vocabulary": vocabulary.map(movement) ?? .null,
            "ids_only_in_first": onlyInFirst.map { .integer($0) } ?? .null,
            "ids_only_in_second": onlyInSecond.map { .integer($0) } ?? .null,
        ])
    }

    /// One HTML file for people.
    public var html: String {
        func chart(_ movement: Movement, quoted: Bool) -> String {
            let shifts = quoted ? movement.shifts.prefix(10) : movement.shifts[...]
            return BarChart(
                title: movement.title,
                bars: shifts.flatMap { shift in
                    [(shift.firstShare, 0), (shift.secondShare, 1)].map { share, series in
                        let name = quoted ? StatisticsTables.token(shift.name) : shift.name
                        return BarChart.Bar(
                            label: series == 0 ? name : "",
                            value: Int((share * 1_000_000).rounded()), note: NumberText.decimal(share * 100, 2) + "%",
                            series: series)
                    }
                }
            ).html
        }
        let keys = [first.name, second.name].enumerated().map { index, name in
            "<li><svg viewBox=\"0 0 8 8\" aria-hidden=\"true\"><rect width=\"8\" height=\"8\" rx=\"1\"\(BarChart.color(index))/></svg>"
                + HTMLText.escape((index == 0 ? "first: " : "second: ") + name) + "</li>"
        }
        let key = "<ul class=\"key\">\(keys.joined())</ul>\n"
        var sections = [("Side by side", key + HTMLText.table(["", "first", "second", "change"], figures))]
        for movement in movements {
            let quoted = movement == vocabulary
            sections.append(
                (
                    movement.title,
                    "<p>\(HTMLText.escape(StatisticsComparison.note(movement) + (quoted ? " " + vocabularyNote : "")))</p>\n"
                        + key
                        + chart(movement, quoted: quoted)
                        + HTMLText.table(["share", "first", "second", "points"], rows(movement, quoted: quoted))
                ))
        }
        if vocabulary == nil { sections.append(("Tokens", "<p>\(HTMLText.escape(vocabularyNote))</p>\n")) }
        return ReportPage.html("Comparison of corpora", "\(first.name) and \(second.name)", sections)
    }
}
