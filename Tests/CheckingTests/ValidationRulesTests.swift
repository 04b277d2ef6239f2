import Building
import Files
import TestSupport
import Testing

@testable import Checking

@Suite struct ValidationRulesTests {
    @Test func everyKeyIsRead() throws {
        let rules = try ValidationRules(
            yaml: """
                schema: 1
                rejects:
                  max: 10%
                  rules: {too-short: 0.5%, gopher.min_alpha: {min: 1%, max: 2%}}
                unreadable: 0
                duplicates: 0.2
                contamination: 3
                leakage:
                  share: 1%
                  near_duplicates: 4
                padding: {max: 2%}
                fertility: {min: 1.1, max: 1.8}
                bytes_per_token: 3.5
                languages: {en: 95%, de: {max: 1%}}
                documents: {min: 10, max: 20}
                tokens: 1_000
                separator: both
                licence: [A, B]
                root_digest: \(String(repeating: "ab", count: 32))
                sources:
                  texts: {unreadable: 1%}
                  "*":
                    documents: 5
                severity: {duplicates: warning, waiver-unused: error}
                examples: 7
                drift: {psi: 0.1, change: 50%, measures: {tokens: 0.3, text_bytes: 250%, kinds: off}}
                waivers:
                  - {rule: padding, reason: small, owner: anna, expires: 2026-12-31}
                  - rule: unreadable
                    where: "texts *.docx"
                    reason: "encrypted, \\"legal\\""
                    owner: ben
                    expires: 2027-02-28
                """.replacing("1_000", with: "1000"), file: "rules.yaml")
        #expect(rules.limits.rejects == ValidationBand(most: 0.1, line: 3))
        #expect(rules.limits.rejectsByRule["too-short"] == ValidationBand(most: 0.005, line: 4))
        #expect(rules.limits.rejectsByRule["gopher.min_alpha"] == ValidationBand(least: 0.01, most: 0.02, line: 4))
        #expect(rules.limits.unreadable == ValidationBand(most: 0, line: 5))
        #expect(rules.limits.duplicates?.most == 0.2)
        #expect(rules.contamination?.most == 3)
        #expect(rules.leakage == ValidationBand(most: 0.01, line: 9))
        #expect(rules.nearDuplicatesInTraining == ValidationBand(most: 4, line: 10))
        #expect(rules.padding?.most == 0.02)
        #expect(rules.limits.fertility == ValidationBand(least: 1.1, most: 1.8, line: 12))
        #expect(rules.limits.bytesPerToken == ValidationBand(least: 3.5, line: 13))
        #expect(rules.limits.languages["en"]?.least == 0.95 && rules.limits.languages["de"]?.most == 0.01)
        #expect(rules.limits.documents?.least == 10 && rules.limits.documents?.most == 20)
        #expect(rules.limits.tokens?.least == 1000)
        #expect(rules.separator == "both" && rules.licences == ["A", "B"] && rules.rootDigest?.utf8.count == 64)
        #expect(rules.sources["texts"]?.unreadable?.most == 0.01 && rules.sources["*"]?.documents?.least == 5)
        #expect(rules.severities == ["duplicates": .warning, "waiver-unused": .error])
        #expect(rules.examples == 7)
        #expect(rules.drift.stability == 0.1 && rules.drift.change == 0.5)
        #expect(rules.drift.measures == ["tokens": 0.3, "text_bytes": 2.5, "kinds": nil])
        #expect(rules.waivers.map(\.rule) == ["padding", "unreadable"])
        #expect(rules.waivers.map(\.line) == [28, 29])
        #expect(rules.waivers[1].place == "texts *.docx" && rules.waivers[1].reason == "encrypted, \"legal\"")
    }

    @Test(arguments: [
        ("fertilty: 2", "r.yaml:1: fertilty: unknown key; did you mean `fertility`?"),
        ("unreadable: 0\n\npading: 1%", "r.yaml:3: pading: unknown key; did you mean `padding`?"),
        ("unreadable: 120%", "r.yaml:1: unreadable: expected a share such as 1% or 0.01, found `120%`"),
        ("documents: {mim: 3}", "r.yaml:1: documents.mim: unknown key; did you mean `min`?"),
        ("documents: {}", "r.yaml:1: documents: expected min, max or both"),
        ("documents: {min: 3, max: 2}", "r.yaml:1: documents: expected a min that is not above max"),
        ("documents: [3]", "r.yaml:1: documents: expected keys and values, found a list"),
        ("fertility: -1", "expected a number of at least 0, found `-1`"),
        ("separator: end", "expected one of none, eos, bos, both, found `end`"),
        ("licence: yes-please", "expected required, or a list of the licences that are allowed"),
        ("root_digest: abc", "expected the 64 hexadecimal digits"),
        ("schema: 2", "update shardmill"),
        ("severity: {pading: note}", "severity.pading: unknown key; did you mean `padding`?"),
        ("severity: {padding: fatal}", "expected one of error, warning, note, found `fatal`"),
        ("sources: {a: {contamination: 0}}", "sources.a.contamination: unknown key"),
        ("drift: {measures: {token: 1}}", "drift.measures.token: unknown key; did you mean `tokens`?"),
        ("drift: {change: lots%}", "expected a number of at least 0, such as 0.2 or 20%, found `lots%`"),
        ("waivers: []", "expected a list with at least one entry"),
        (
            "waivers: [{rule: padding, reason: r, owner: o, expires: 2026-02-30}]",
            "expected a day such as 2027-01-31, found `2026-02-30`"
        ),
        ("waivers: [{rule: padding, reason: r, owner: o}]", "missing: a waiver needs rule, reason, owner and expires"),
        ("waivers: [{rule: padding, reasn: r, owner: o, expires: 2026-02-03}]", "did you mean `reason`?"),
        ("waivers: [{rule: pading, reason: r, owner: o, expires: 2026-02-03}]", "did you mean `padding`?"),
        ("waivers: [{rule: padding, reason: r, owner: o, expires: 2026-02-03, until: x}]", "unknown key"),
        ("- a list", "expected keys such as `unreadable:` and `waivers:`, found none"),
        ("", "expected keys such as `unreadable:` and `waivers:`, found none"),
        ("a: [", "r.yaml:"),
        ("padding: 1%\npadding: 2%", "twice"),
    ]) func whatIsNotUnderstoodIsNamedWithItsLine(text: String, says: String) {
        do {
            _ = try ValidationRules(yaml: text, file: "r.yaml")
            Issue.record("\(text) was understood")
        } catch {
            let message = String(describing: error)
            #expect(message.contains(says), "\(message)")
            #expect(message.hasPrefix("r.yaml") && !message.contains("\n"))
        }
    }

    @Test func everyRuleHasAHelpAndAnIdOfItsOwn() {
        #expect(Set(CheckRule.all.map(\.id)).count == CheckRule.all.count)
        for rule in CheckRule.all { #expect(!rule.title.isEmpty && rule.help.hasSuffix("."), "\(rule.id)") }
    }

    @Test func theDocumentedExampleIsUnderstood() throws {
        let text = try String(
            decoding: FileByteStream(TestData.repository + "/docs/validation.md").readAll(limit: 1 << 20),
            as: UTF8.self)
        let blocks = text.components(between: "```yaml\n", and: "```").filter { $0.contains("waivers:") }
        #expect(blocks.count == 1)
        let rules = try ValidationRules(yaml: blocks[0], file: "docs/validation.md")
        #expect(!rules.waivers.isEmpty && !rules.sources.isEmpty && !rules.severities.isEmpty)
        // Each rule stands in the table.
        for rule in CheckRule.all { #expect(text.contains("`\(rule.id)`"), "\(rule.id)") }
    }
}

extension String {
    /// The stretches between two marks.
    func components(between start: String, and end: String) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let first = rest.firstRange(of: start) {
            rest = rest[first.upperBound...]
            guard let last = rest.firstRange(of: end) else { break }
            found.append(String(rest[..<last.lowerBound]))
            rest = rest[last.upperBound...]
        }
        return found
    }
}
