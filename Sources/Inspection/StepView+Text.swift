import Files

extension StepView {
    /// The step for a terminal: a heading for each row, and below it what is known of each document in it. Control characters are shown as
    /// pictures.
    public func text(colours: Bool = false) -> String {
        var out = TerminalText.bold("step \(step): \(rows.count) rows, \(documentCount) documents", colours) + "\n"
        if let stepsMade, isReached == false {
            out +=
                "the run has not reached this step: it has made \(stepsMade); these are the rows that it will read\n"
        }
        for remark in remarks { out += TerminalText.sanitized(remark) + "\n" }
        for row in rows {
            let place = row.place
            out +=
                "\n"
                + TerminalText.bold(
                    "pass \(place.pass + 1), row \(place.row + 1): \(TerminalText.sanitized(row.folder)) block \(place.block), "
                        + "positions \(StepView.text(place.positions)), epoch \(place.epoch + 1)", colours) + "\n"
            if row.segments.isEmpty { out += TerminalText.faint("   padding alone", colours) + "\n" }
            for (number, segment) in row.segments.enumerated() {
                let heading = segment.document?.heading ?? segment.row.map { "document \($0)" } ?? "no document named"
                out +=
                    TerminalText.coloured(
                        "── \(StepView.text(segment.positions)) ── \(TerminalText.sanitized(heading))", number: number,
                        colours) + "\n"
                out += TerminalText.faint("   " + segment.lossLine, colours) + "\n"
                for line in segment.lines { out += TerminalText.faint("   " + line, colours) + "\n" }
            }
        }
        return out
    }

    static func text(_ range: Range<Int>) -> String {
        range.isEmpty ? "none" : "\(range.lowerBound)–\(range.upperBound - 1)"
    }
}

extension StepView.Segment {
    /// `loss on 12 of 40: 3–9, 20–24`
    fileprivate var lossLine: String {
        let count = lossSpans.reduce(0) { $0 + $1.count }
        if count == positions.count { return "loss on all \(count)" }
        if count == 0 { return "no loss: read and not learnt" }
        return "loss on \(count) of \(positions.count): \(lossSpans.map(StepView.text).joined(separator: ", "))"
    }

    fileprivate var lines: [String] {
        guard let document else { return [] }
        var place =
            tokens.map { $0.isEmpty ? "separator alone" : "tokens \(StepView.text($0)) of \(document.tokens)" } ?? ""
        if let bytes { place += ", bytes \(StepView.text(bytes))" }
        var lines = [
            TerminalText.sanitized(
                "\(document.source)\(document.path.map { " " + $0 } ?? ""), \(place), id \(document.id)")
        ]
        let named = clauses.map(\.label).filter { !$0.isEmpty }
        if let first = named.first, let last = named.last {
            lines.append(
                TerminalText.sanitized(named.count == 1 ? first : "\(first) … \(last) (\(named.count) clauses)"))
        }
        return lines
    }
}
