public import Documents
import Files

/// Takes out of a document what its publisher prints around every text, by rules that are data.
///
/// A document is asked the rules of its publisher, in the order of the sets and of their rules; the first that matches a block takes it. Whole
/// blocks go, never a part of one; every scalar is booked in the ledger under `boilerplate-` and the name of the rule.
public struct BoilerplateRules: Sendable, Equatable {
    /// The sets, in the order in which they are asked.
    public let sets: [BoilerplateRuleSet]
    /// Names of rules that are not asked.
    public let off: [String]

    /// The rules of `sets` but for those called as `off` says.
    public init(_ sets: [BoilerplateRuleSet], off: [String] = []) {
        self.sets = sets
        self.off = off
    }

    /// Rules that take nothing.
    public static let none = BoilerplateRules([])

    /// What the names of these rules begin with in a ledger.
    public static let ledgerPrefix = "boilerplate-"

    /// The names of all rules, in order, each once.
    public var names: [String] {
        var names: [String] = []
        for rule in sets.flatMap(\.rules) where !names.contains(rule.name) { names.append(rule.name) }
        return names
    }

    /// Everything that decides, as one line: equal texts take the same.
    public var digestText: String {
        if sets.isEmpty { return "boilerplate=off" }
        var hashed = ""
        for set in sets {
            hashed += "set \(set.publishers.joined(separator: ","))\u{1E}"
            for rule in set.rules where !off.contains(rule.name) { hashed += rule.digestText + "\u{1E}" }
        }
        let versions = sets.map { "\(PathText.name(of: $0.name)):\($0.version)" }.joined(separator: ",")
        return "boilerplate=\(versions)/\(Hexadecimal.text(of: XXHash3.hash64(hashed)))"
    }

    /// Takes the boilerplate out of `document`, moves the spans of what stays and books what went. A ledger that closed before still
    /// closes. Documents of other publishers cost nothing, others a pass over their spans and one copy of what stays.
    public func remove(from document: inout Document) {
        // Change requests and other papers quote what a publication prints.
        if document.metadata.other["document_type"] != nil { return }
        let publisher = document.metadata.publisher
        let rules = sets.filter { $0.isFor(publisher: publisher) }.flatMap(\.rules).filter { !off.contains($0.name) }
        if rules.isEmpty || document.spans.isEmpty { return }
        var search = BoilerplateSearch(rules, document)
        let taken = search.run()
        if taken.allSatisfy({ $0 == nil }) { return }
        BoilerplateRules.take(out: taken, rules, from: &document)
    }

    /// Takes the spans out that have a rule. Of the white space around a run of them the longer side stays, or none at the ends of the text.
    private static func take(out taken: [Int?], _ rules: [BoilerplateRule], from document: inout Document) {
        let spans = document.spans
        var removal = BoilerplateRemoval(text: document.text, rules: rules)
        var index = 0
        while index < spans.count {
            guard let rule = taken[index] else {
                removal.keep(spans[index])
                index += 1
                continue
            }
            var next = index + 1
            while next < spans.count, taken[next] != nil { next += 1 }
            let start = index == 0 ? 0 : spans[index - 1].end
            let end = next == spans.count ? document.text.count : spans[next].start
            removal.take(
                spans[index..<next], by: taken[index..<next].map { $0 ?? rule }, gap: start..<end, isFirst: index == 0,
                isLast: next == spans.count)
            index = next
        }
        removal.finish(&document)
    }
}
