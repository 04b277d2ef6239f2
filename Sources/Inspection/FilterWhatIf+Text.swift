public import Building
import Files

extension FilterWhatIf {
    /// A table of what each rule drops with the thresholds of the build and with the others, and samples, for a terminal.
    public var text: String {
        var table = TextTable([
            ("", .left), ("documents", .right), ("tokens", .right), ("documents then", .right), ("tokens then", .right),
            ("difference", .right),
        ])
        func add(_ name: String, _ change: Change) {
            let difference = change.after.tokens - change.before.tokens
            table.add([
                name, NumberText.count(change.before.documents), NumberText.count(change.before.tokens),
                NumberText.count(change.after.documents), NumberText.count(change.after.tokens),
                (difference > 0 ? "+" : "") + NumberText.count(difference),
            ])
        }
        add("kept", kept)
        if sources.count > 1 { for source in sources { add("  \(source.name)", source.change) } }
        for rule in rules.keys.sorted(by: precedesInByteOrder) {
            if let change = rules[rule] { add("dropped by \(rule)", change) }
        }
        var text = table.text
        text += "\nBefore duplicates, versions and weights take theirs.\n"
        if kept.before.documents > 0 {
            text +=
                "\nOf what is kept now, \(part(prose)) of the prose and \(part(rest)) of tables, code and equations would be "
            text += "kept (characters).\n"
        }
        for remark in remarks { text += "\nNote: \(remark).\n" }
        text += list("Would be dropped", lost, lostSamples) + list("Would be kept again", gained, gainedSamples)
        return text + (lost.documents + gained.documents == 0 ? "\nNo document changes sides.\n" : "")
    }

    private func part(_ counts: (before: Int, after: Int)) -> String {
        counts.before == 0 ? "none" : NumberText.percent(Double(counts.after) / Double(counts.before))
    }

    private func list(_ title: String, _ amount: Amount, _ samples: [Sample]) -> String {
        if amount.documents == 0 { return "" }
        var text =
            "\n\(title): \(NumberText.count(amount.documents)) documents, \(NumberText.count(amount.tokens)) tokens\n"
        for sample in samples {
            text +=
                "  \(sample.path) (\(NumberText.count(sample.tokens)) tokens)\n    \(sample.rule): \(sample.value); accepted "
            text += "is \(sample.threshold)\n"
        }
        return text
    }
}
