public import Files

extension Mixture.Remark: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .capReached(let source, let wanted, let given):
            "source \(source): \(NumberText.count(wanted)) tokens wanted, its most epochs give \(NumberText.count(given)); raise max_epochs or add documents"
        case .budgetUnreachable(let budget, let reached):
            "mixture.budget: \(NumberText.count(budget)) tokens wanted, all sources give \(NumberText.count(reached)); lower the budget or raise max_epochs"
        case .replayFallsShort(let source, let wanted, let share):
            "source \(source): replayed to \(NumberText.percent(wanted)) of the whole wanted, it gives \(NumberText.percent(share))"
        case .empty(let source): "source \(source): no token; nothing of it is in the mixture"
        }
    }
}

extension Mixture {
    /// A table for a person: a line a source, and the whole.
    public var lines: [String] {
        let total = max(target, 1)
        let hasRealised = portions.contains { $0.realised != nil }
        var cells = [["source", "tokens", "epochs", "target", "share"] + (hasRealised ? ["drawn"] : []) + [""]]
        for portion in portions {
            cells.append(
                [
                    portion.source.name, NumberText.count(portion.source.tokens), NumberText.decimal(portion.epochs, 3),
                    NumberText.count(portion.target), NumberText.percent(Double(portion.target) / Double(total)),
                ] + (hasRealised ? [portion.realised.map { NumberText.count($0) } ?? ""] : []) + [
                    portion.isCapped ? "most epochs" : ""
                ])
        }
        let tokens = portions.reduce(0) { $0 + $1.source.tokens }
        cells.append(
            [
                "all", NumberText.count(tokens),
                NumberText.decimal(tokens == 0 ? 0 : Double(target) / Double(tokens), 3),
                NumberText.count(target),
                NumberText.percent(target == 0 ? 0 : 1),
            ] + (hasRealised ? [NumberText.count(portions.reduce(0) { $0 + ($1.realised ?? 0) })] : []) + [""])
        let widths = cells[0].indices.map { column in cells.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        return cells.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
                // Names on the left, numbers on the right.
                let isText = column == 0 || column + 1 == row.count
                line += (column == 0 ? "" : "  ") + (isText ? cell + space : space + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// As a JSON object: `target`, `sources` (name, tokens, epochs, target, capped, realised where known) and `remarks`.
    public var json: JSONValue {
        .object([
            "target": .integer(target), "remarks": .array(remarks.map { .string($0.description) }),
            "sources": .array(
                portions.map { portion in
                    var members: [String: JSONValue] = [
                        "name": .string(portion.source.name), "tokens": .integer(portion.source.tokens),
                        "epochs": .double(portion.epochs), "target": .integer(portion.target),
                        "capped": .bool(portion.isCapped),
                    ]
                    if let realised = portion.realised { members["realised"] = .integer(realised) }
                    return .object(members)
                }),
        ])
    }
}
