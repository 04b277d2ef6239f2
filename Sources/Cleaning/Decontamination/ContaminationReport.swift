public import Files

/// Item by item: contaminated, clean, or not checkable.
public struct ContaminationReport: Sendable {
    /// The verdict on an item.
    public enum Verdict: String, Sendable, CaseIterable {
        /// Part of its text stands in the documents.
        case contaminated
        /// It was looked for and none was found.
        case clean
        /// Its texts have too few words to be looked for.
        case notCheckable = "not_checkable"
    }

    private let sets: [EvaluationSet]
    private let scope: EvaluationScope
    private let minimumShare: Double
    private let index: NGramIndex
    private let tally: ContaminationTally
    /// Verdicts by the number of the item in the index.
    private let verdicts: [Verdict]

    /// The index of the items of some sets, one set behind the other.
    public static func index(
        _ sets: [EvaluationSet], scope: EvaluationScope, options: NGramOptions
    ) throws -> NGramIndex {
        var builder = NGramIndexBuilder(options)
        for set in sets {
            for item in set.items { try builder.add(scope.texts(of: item).map(\.text)) }
        }
        return builder.finish()
    }

    /// The report of what `tally` found of the items of `sets`, whose index it was made for. An item counts as contaminated where at least
    /// one of its n-grams and the share `minimumShare` of them was found.
    public init(
        _ sets: [EvaluationSet], scope: EvaluationScope, index: NGramIndex, tally: ContaminationTally,
        minimumShare: Double = 0
    ) {
        self.sets = sets
        self.scope = scope
        self.index = index
        self.tally = tally
        self.minimumShare = minimumShare
        verdicts = (0..<index.itemCount).map { item in
            let grams = index.gramCount(of: item)
            if grams == 0 { return .notCheckable }
            let found = tally.coverage.foundGrams(of: item)
            return found > 0 && Double(found) >= minimumShare * Double(grams) ? .contaminated : .clean
        }
    }

    /// How many items of all sets have a verdict.
    public func count(_ verdict: Verdict) -> Int { verdicts.count { $0 == verdict } }

    /// Documents that were scanned, and those with a hit.
    public var documents: (scanned: Int, contaminated: Int) { (tally.documents, tally.contaminatedDocuments) }

    /// Calls `body` with every item: its set, itself, its number in the index.
    private func forEachItem(_ body: (EvaluationSet, EvaluationItem, Int) -> Void) {
        var number = 0
        for set in sets {
            for item in set.items {
                body(set, item, number)
                number += 1
            }
        }
    }

    /// The items that are clean as JSON Lines: `set`, `index` (the number in the file, from 0) and `id`. Items that cannot be checked are not
    /// among them.
    public var cleanSubset: [UInt8] {
        var out: [UInt8] = []
        forEachItem { set, item, number in
            if verdicts[number] != .clean { return }
            let line = JSONValue.object([
                "set": .string(ContaminationReport.fileName(set.path)), "index": .integer(item.index),
                "id": .string(item.id),
            ])
            out += line.encoded()
            out.append(0x0A)
        }
        return out
    }

    private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The counts of one set by verdict.
    private func counts(of set: Int) -> [Verdict: Int] {
        let start = sets[..<set].reduce(0) { $0 + $1.items.count }
        var counts: [Verdict: Int] = [:]
        for number in start..<start + sets[set].items.count { counts[verdicts[number], default: 0] += 1 }
        return counts
    }

    /// Everything, for machines; `docs/decontamination.md` says what the members are.
    public var json: JSONValue {
        var items: [JSONValue] = []
        forEachItem { set, item, number in
            let finding = tally.findings[number]
            items.append(
                .object([
                    "set": .string(ContaminationReport.fileName(set.path)), "index": .integer(item.index),
                    "id": .string(item.id), "verdict": .string(verdicts[number].rawValue),
                    "ngrams": .integer(index.gramCount(of: number)),
                    "found": .integer(tally.coverage.foundGrams(of: number)),
                    "share": .double(tally.coverage.share(of: number)), "documents": .integer(finding.documents),
                    "places": .array(
                        finding.places.map {
                            .object([
                                "document": .string($0.document), "start": .integer($0.bytes.lowerBound),
                                "end": .integer($0.bytes.upperBound), "ngrams": .integer($0.grams),
                            ])
                        }),
                ]))
        }
        return .object([
            "schema": .string("shardmill-contamination-1"), "summary": summary, "items": .array(items),
        ])
    }

    /// The counts alone.
    public var summary: JSONValue {
        .object([
            "ngram": .integer(index.options.length), "minimum_words": .integer(index.options.minimumWords),
            "minimum_ngrams": .integer(index.options.minimumGrams), "minimum_share": .double(minimumShare),
            "scope": .string(scope.rawValue), "documents": .integer(tally.documents),
            "contaminated_documents": .integer(tally.contaminatedDocuments),
            "sets": .array(
                sets.indices.map { set in
                    let counts = counts(of: set)
                    return .object([
                        "set": .string(ContaminationReport.fileName(sets[set].path)),
                        "items": .integer(sets[set].items.count),
                        "unrecognised": .integer(sets[set].unrecognised.count),
                        "contaminated": .integer(counts[.contaminated] ?? 0), "clean": .integer(counts[.clean] ?? 0),
                        "not_checkable": .integer(counts[.notCheckable] ?? 0),
                    ])
                }),
        ])
    }

    /// A table of the sets and a line for each contaminated item, the most contaminated first, at most `mostItems` of them.
    public func text(mostItems: Int = 20) -> String {
        var rows = [["set", "items", "contaminated", "clean", "not checkable", "not recognised"]]
        for set in sets.indices {
            let counts = counts(of: set)
            rows.append([
                ContaminationReport.fileName(sets[set].path), "\(sets[set].items.count)",
                "\(counts[.contaminated] ?? 0)",
                "\(counts[.clean] ?? 0)", "\(counts[.notCheckable] ?? 0)", "\(sets[set].unrecognised.count)",
            ])
        }
        var out = ContaminationReport.table(rows)
        var contaminated: [(set: EvaluationSet, item: EvaluationItem, number: Int)] = []
        forEachItem { set, item, number in
            if verdicts[number] == .contaminated { contaminated.append((set, item, number)) }
        }
        contaminated.sort {
            let shares = (tally.coverage.share(of: $0.number), tally.coverage.share(of: $1.number))
            return shares.0 != shares.1 ? shares.0 > shares.1 : $0.number < $1.number
        }
        for (_, item, number) in contaminated.prefix(mostItems) {
            let found = tally.coverage.foundGrams(of: number)
            let all = index.gramCount(of: number)
            let finding = tally.findings[number]
            out +=
                "\n\(item.id): \(found) of \(all) n-grams in \(finding.documents) document\(finding.documents == 1 ? "" : "s")"
            if let place = finding.places.first {
                out += ", first in \(place.document), bytes \(place.bytes.lowerBound) to \(place.bytes.upperBound)"
            }
        }
        if contaminated.count > mostItems { out += "\n… and \(contaminated.count - mostItems) more items" }
        return out
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
