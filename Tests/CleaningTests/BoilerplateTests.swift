import Documents
import Parallel
import Testing

@testable import Cleaning

@Suite struct BoilerplateTests {
    static func document(_ blocks: [String], publisher: String? = "P", separator: String = "\n\n") -> Document {
        var text: [UInt8] = []
        var spans: [TextSpan] = []
        for (index, block) in blocks.enumerated() {
            if index > 0 { text += separator.utf8 }
            let level = block.prefix { $0 == "#" }.count
            spans.append(
                TextSpan(
                    kind: level > 0 ? .heading : .prose, start: text.count, end: text.count + block.utf8.count,
                    level: level))
            text += block.utf8
        }
        let scalars = unicodeScalarCount(text)
        var document = Document(
            id: "1", source: "s", text: text, spans: spans, ledger: ExtractionLedger(source: scalars, written: scalars))
        document.metadata.publisher = publisher
        return document
    }

    static func rule(
        _ name: String, _ target: BoilerplateRule.Target, _ patterns: String...,
        place: BoilerplateRule.Place = .anywhere
    ) -> BoilerplateRule {
        BoilerplateRule(name: name, patterns: patterns.map { (target, TextPattern($0)) }, place: place)
    }

    static let rules = BoilerplateRules([
        BoilerplateRuleSet(
            name: "p", version: 1, publishers: ["P"],
            rules: [
                rule("furniture", .paragraph, "page #", "p house"), rule("title", .heading, "p ts # v#"),
                rule("cover", .front, "p ts # v#*"), rule("notice", .front, "nobody may *"),
                rule("foreword", .section, "foreword", place: .start),
                rule("history", .section, "change history", "history", place: .end),
                rule("void", .clause, "void", "void.", "(void)"),
                rule("late", .tail, "annex ?: change history"),
            ])
    ])

    private static func cleaned(_ blocks: [String], publisher: String? = "P", rules: BoilerplateRules = rules) -> (
        text: String, removed: [String: Int]
    ) {
        var document = document(blocks, publisher: publisher)
        rules.remove(from: &document)
        #expect(document.ledgerGap == 0)
        return (String(decoding: document.text, as: UTF8.self), document.ledger.removed)
    }

    @Test func eachRuleTakesWhatItSays() {
        let blocks = [
            "P TS 12 V3 (2020)", "A title", "Nobody may copy this.", "More of it.", "# Foreword", "Who made it.",
            "###### By whom", "Them.", "# 1 Scope", "The scope.", "Page 7", "## 1.1 Void", "## 1.2 Gone", "Void.",
            "## 1.3 Void", "But not at all.", "# 2 Void", "## 2.1 (Void)", "# Annex A: Change history", "| table |",
        ]
        let (text, removed) = BoilerplateTests.cleaned(blocks)
        #expect(text == "# 1 Scope\n\nThe scope.\n\n## 1.3 Void\n\nBut not at all.")
        #expect(
            removed == [
                "boilerplate-cover": 26, "boilerplate-notice": 36, "boilerplate-foreword": 51,
                "boilerplate-furniture": 6, "boilerplate-void": 60, "boilerplate-history": 38,
            ])
    }

    /// What looks like boilerplate and is the text's own.
    @Test(arguments: [
        ["# 1 Scope", "## 5.5 Service history", "h", "# 6 History", "What a call leaves.", "# 7 More", "x"],
        ["# 1 History", "The first clause.", "# 2 Foreword", "A term."],
        ["# 1 Scope", "# 5 Void", "A void is an empty space."], ["# 1 Scope", "# 5 Void", "## 5.1 Kinds", "x"],
        ["# Voids", "Void."], ["# 1 Scope", "Void.", "It is not."], ["Nobody may know.", "There is no heading."],
        ["# 1 Scope", "Page 7 has a table."], ["# 1 Scope", "Annex A: Change history", "# 2 More", "x"],
    ]) func whatOnlyLooksLikeItStays(_ blocks: [String]) {
        let (text, removed) = BoilerplateTests.cleaned(blocks)
        #expect(text == blocks.joined(separator: "\n\n"))
        #expect(removed.isEmpty)
    }

    @Test func rulesAreForTheirPublisherAndCanBeOff() {
        let blocks = ["# Foreword", "x", "# 1 Scope", "y"]
        let whole = blocks.joined(separator: "\n\n")
        #expect(BoilerplateTests.cleaned(blocks, publisher: nil).text == whole)
        #expect(BoilerplateTests.cleaned(blocks, publisher: "Q").text == whole)
        #expect(BoilerplateTests.cleaned(blocks, rules: .none).text == whole)
        let off = BoilerplateRules(BoilerplateTests.rules.sets, off: ["foreword"])
        #expect(BoilerplateTests.cleaned(blocks, rules: off).text == whole)
        #expect(off.digestText != BoilerplateTests.rules.digestText)
        let any = BoilerplateRules([
            BoilerplateRuleSet(
                name: "any", version: 1, publishers: [], rules: [BoilerplateTests.rule("f", .section, "foreword")])
        ])
        #expect(BoilerplateTests.cleaned(blocks, publisher: nil, rules: any).text == "# 1 Scope\n\ny")
    }

    /// Only the first part of a text holds its front.
    @Test func laterPartsHaveNoFront() {
        var document = BoilerplateTests.document(["P TS 12 V3", "x", "# Foreword", "y", "# 4 Void"])
        document.metadata.part = 2
        BoilerplateTests.rules.remove(from: &document)
        #expect(String(decoding: document.text, as: UTF8.self) == "P TS 12 V3\n\nx\n\n# Foreword\n\ny")
    }

    @Test func aDocumentOfBoilerplateAloneIsEmpty() {
        let (text, removed) = BoilerplateTests.cleaned(["# Foreword", "x"])
        #expect(text.isEmpty)
        #expect(removed == ["boilerplate-foreword": 13])
    }

    @Test(arguments: [
        ("foreword", "Foreword", true), ("foreword", "A foreword", false), ("*history", "Change   HISTORY", true),
        ("page #", "Page 12", true), ("page #", "Page", false), ("v#.#.#", "V18.10.0", true), ("t?", "TS", true),
        ("t?", "T", false), ("a*b*c", "a x b y c", true), ("a*b*c", "a x c", false), ("x", "**X**", true),
        ("change history date *", "| Change history |\n| --- |\n| Date | More |", true), ("a b", "a\u{A0}b", true),
        ("*", "", true), ("", "", true), ("#", "x", false), ("a", "+-----+\n| a |\n+=====+", true),
        ("a-b", "a-b", true),
    ]) func patternsMatchWholeTexts(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(TextPattern(pattern).matches(TextPattern.folded(text.utf8)) == expected)
    }

    /// A pattern of many stars costs the product of the lengths, not more.
    @Test func hostilePatternsEnd() {
        let pattern = TextPattern(String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches(Array(String(repeating: "a", count: 400).utf8)))
    }

    /// Whatever the document: the spans that stay are spans of the document in their order with their text, every block that went is one a
    /// rule names or stands under a heading or behind a block that one names, the ledger closes, and a second time nothing goes.
    @Test func randomDocumentsLoseWholeBlocksOfTheirRulesOnly() {
        let pieces = [
            "P TS 12 V3", "Nobody may copy.", "# Foreword", "# 1 Scope", "## 1.1 Void", "## 1.2 Gone", "Void.",
            "(void)", "Page 3",
            "text", "täxt 中", "# Annex A: Change history", "Annex B: Change history", "# History", "# A.1 More",
            "###### Small", "p house", "# 2 History",
        ]
        var random = SeededRandom(seed: 5)
        for round in 0..<600 {
            let blocks = (0..<random.nextInt(below: 14)).map { _ in pieces[random.nextInt(below: pieces.count)] }
            let before = BoilerplateTests.document(blocks, separator: ["\n\n", "\n", " \n \n\n"][round % 3])
            var after = before
            BoilerplateTests.rules.remove(from: &after)
            #expect(after.ledgerGap == 0)
            func texts(_ document: Document) -> [String] {
                document.spans.map { String(decoding: document.text[$0.start..<$0.end], as: UTF8.self) }
            }
            let all = texts(before)
            let kept = texts(after)
            var place = 0
            for text in kept {
                while place < all.count, all[place] != text { place += 1 }
                #expect(place < all.count, "\(text) is no block of \(all)")
                place += 1
            }
            #expect(after.text.filter { $0 > 0x20 } == kept.flatMap { Array($0.utf8) }.filter { $0 > 0x20 })
            // Nothing but a rule's own words can begin a removal.
            let named = ["P TS", "Nobody", "# Foreword", "oid", "Page", "hange history", "istory", "p house"]
            if kept.count < all.count { #expect(all.contains { block in named.contains { block.contains($0) } }) }
            if !all.contains(where: { block in named.contains { block.contains($0) } }) { #expect(after == before) }
            // Text of numbered clauses stays unless it is void or behind the end.
            let clauses = all.contains("# 1 Scope")
            if clauses, !all.contains("Annex B: Change history"), !all.contains("# Annex A: Change history"),
                !all.contains("# History"), let first = all.firstIndex(of: "# 1 Scope")
            {
                let own = all[(first + 1)...].prefix {
                    !$0.hasPrefix("#") && $0 != "Page 3" && $0 != "p house" && !$0.contains("oid")
                }
                for text in own { #expect(kept.contains(text)) }
            }
        }
    }
}
