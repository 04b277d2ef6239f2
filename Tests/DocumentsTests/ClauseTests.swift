import Documents
import Files
import Parallel
import Testing

@Suite struct ClauseTests {
    /// A document of blocks: headings by their `#`, everything else prose.
    static func document(_ blocks: [String], separator: String = "\n\n") -> Document {
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
        var document = Document(id: "whole", source: "s", text: text, spans: spans)
        let scalars = unicodeScalarCount(text)
        document.ledger = ExtractionLedger(
            source: scalars + 7, written: scalars, added: ["mark": 3], removed: ["cover": 10])
        return document
    }

    @Test(
        arguments: [
            ("## 5.3.2 General", "5.3.2", "General"), ("# 1 Scope", "1", "Scope"), ("### A.1 More", "A.1", "More"),
            ("# Annex B (informative): Further work", "B", "Further work"), ("ANNEX C: Void", "C", "Void"),
            ("###### Annex A (informative):Notes", "A", "Notes"),
            ("# Annex D (normative):\nLong title", "D", "Long title"),
            ("#### 4.9B.1 (void)", "4.9B.1", "(void)"), ("## 3A References", "3A", "References"),
            ("##### 5.1.3.1.21Aa Instance", "5.1.3.1.21Aa", "Instance"), ("### 6.2.A.1 Part", "6.2.A.1", "Part"),
            ("# 1. Scope", "1", "Scope"), ("## B1.0 Introduction", "B1.0", "Introduction"),
            ("#  Contents {#contents .TT}", nil, "Contents"), ("## **3 Terms**", "3", "Terms"),
            ("# Foreword", nil, "Foreword"),
            ("## 5G systems", nil, "5G systems"), ("## 3GPP work", nil, "3GPP work"),
            ("## H.264 video", nil, "H.264 video"),
            ("## 802.11 access", nil, "802.11 access"), ("# 2024 results", nil, "2024 results"),
            ("## 3rd party", nil, "3rd party"),
            ("## 50% loads", nil, "50% loads"), ("# Annexes", nil, "Annexes"), ("# A terminal", nil, "A terminal"),
            ("#### – Name-r16", nil, "– Name-r16"), ("# ", nil, ""), ("#", nil, ""), ("## 5.17 Void", "5.17", "Void"),
            ("# 7\u{A0}Tables", "7", "Tables"), ("## 4.2\tTabs", "4.2", "Tabs"), ("# Annex X", "X", ""),
        ] as [(String, String?, String)]) func headingsSayTheirNumber(
            _ line: String, _ number: String?, _ title: String
        )
    {
        let label = HeadingLabel(Array(line.utf8))
        #expect(label.number == number)
        #expect(label.title == title)
    }

    /// Converters that lose the tab: letters behind a number are the title's.
    @Test(arguments: [
        ("# 1Scope", "1", "Scope"), ("## 4.2UE procedures", "4.2", "UE procedures"), ("## 7.3DVoid", "7.3D", "Void"),
        ("#### 6.6.2.2(Void)", "6.6.2.2", "(Void)"), ("### 6.5B.1Things", "6.5B.1", "Things"),
        ("### 8.9.3.1gNB procedures", "8.9.3.1", "gNB procedures"), ("### 4.2.7aNames", "4.2.7a", "Names"),
    ]) func gluedHeadingsAreParted(_ line: String, _ number: String, _ title: String) {
        let label = HeadingLabel(Array(line.utf8), isGlued: true)
        #expect(label.number == number)
        #expect(label.title == title)
    }

    @Test func numbersNestAndLevelsDoNot() {
        let blocks = [
            "# Foreword", "# 1 Scope", "## 1.1 Aim", "### 1.1.3 Deep", "###### Notes", "# 2 Other",
            "###### Annex A: Extra",
            "# A.1 First", "# A.100 Hundredth", "# History",
        ]
        let outline = ClauseOutline(ClauseTests.document(blocks))
        #expect(outline.headings.map(\.parent) == [nil, nil, 1, 2, 3, nil, nil, 6, 6, nil])
        #expect(outline.end(ofSectionAt: 1) == 5)
        #expect(outline.end(ofSectionAt: 6) == 9)
        #expect(outline.path(to: 4) == [1, 2, 3, 4])
    }

    @Test func aClauseIsARecordOfItsOwn() throws {
        let blocks = [
            "Before all.", "# 1 Scope", "What it is about.", "## 1.1 Aim", "###### Remarks", "A remark.",
            "# Annex A: More",
            "## A.1 First", "Text é.",
        ]
        let document = ClauseTests.document(blocks)
        let records = document.clauses()
        let texts = records.map { String(decoding: $0.text, as: UTF8.self) }
        #expect(
            texts == [
                "Before all.", "# 1 Scope\n\nWhat it is about.", "## 1.1 Aim\n\n###### Remarks\n\nA remark.",
                "# Annex A: More", "## A.1 First\n\nText é.",
            ])
        #expect(records.map { $0.metadata.other["clause"]?.string } == [nil, "1", "1.1", "A", "A.1"])
        #expect(
            records[4].metadata.other["clause_path"] == .array([.string("Annex A More"), .string("A.1 First")]))
        #expect(records[4].metadata.other["parent"] == .string(records[3].id))
        #expect(records[2].metadata.other["parent"] == .string(records[1].id))
        #expect(records[1].metadata.other["parent"] == nil)
        #expect(records.allSatisfy { $0.metadata.other["whole"] == .string("whole") })
        #expect(records[2].spans.map(\.start) == [0, 12, 28])
        #expect(document.clauses() == records)
    }

    /// Ids are made of numbers, not of places: what is put in elsewhere changes none. Clauses of one number differ.
    @Test func idsStayWhenOtherClausesCome() {
        let some = ["# 1 A", "x", "# 2 B", "y", "# 2 C", "z", "# 2 C", "z"]
        let more = ["# 0 New", "w"] + some
        let ids = ClauseTests.document(some).clauses().map(\.id)
        #expect(Set(ids).count == 4)
        #expect(ClauseTests.document(more).clauses().map(\.id).suffix(4) == ids[...])
    }

    @Test func documentsWithoutNumbersAreCutAtEveryHeading() {
        let records = ClauseTests.document(["# Title", "a", "## Methods", "b", "## Results", "c"]).clauses()
        #expect(records.count == 3)
        #expect(records[2].metadata.other["clause_path"] == .array([.string("Title"), .string("Results")]))
        let plain = ClauseTests.document(["a", "b"])
        #expect(plain.clauses() == [plain])
        let empty = Document(id: "e", source: "s", text: [])
        #expect(empty.clauses() == [empty])
    }

    /// 3GPP writes a dash where the types of a protocol would have numbers.
    @Test func aDashStandsForANumber() {
        let records = ClauseTests.document([
            "# 1 Types", "x", "#### – First-r16", "y", "###### Notes", "z", "#### –\tB", "w",
        ])
        .clauses()
        #expect(records.map { $0.metadata.other["clause_title"]?.string } == ["Types", "– First-r16", "– B"])
        #expect(records[1].metadata.other["clause_path"] == .array([.string("1 Types"), .string("– First-r16")]))
        #expect(records.map { $0.path(in: "a") } == ["a#clause 1", "a#clause – First-r16", "a#clause – B"])
    }

    /// A family that is there stays: a part of a text, a reading of tracked changes.
    @Test func equalClausesAreToldApart() {
        let document = ClauseTests.document((0..<3000).flatMap { _ in ["# 1 Same", "x"] })
        let records = document.clauses()
        #expect(records.count == 3000)
        #expect(Set(records.map(\.id)).count == 3000)
    }

    @Test func aNumberWithoutEndIsNone() {
        let number = (1...40).map { "\($0)" }.joined(separator: ".")
        #expect(HeadingLabel("# \(number) Title".utf8).number == nil)
        #expect(HeadingLabel("# 1.2.3.4.5.6.7.8 Title".utf8).number == "1.2.3.4.5.6.7.8")
    }

    @Test func aWholeThatIsKnownStays() {
        var document = ClauseTests.document(["# 1 A", "x"])
        document.metadata.other["whole"] = .string("both")
        #expect(document.clauses().allSatisfy { $0.metadata.other["whole"] == .string("both") })
    }

    @Test func randomDocumentsAddUp() {
        let pieces = [
            "# 1 Scope", "# 2 Scope", "## 1.1 Aim", "## 1.1 Aim", "# Annex A: B", "## A.1 C", "# Void",
            "#### 5.5.5.5 D",
            "text", "täxt 中", "a\nb", "###### x", "# ", "",
        ]
        var random = SeededRandom(seed: 11)
        for round in 0..<300 {
            let blocks = (0..<random.nextInt(below: 12)).map { _ in pieces[random.nextInt(below: pieces.count)] }
            let document = ClauseTests.document(blocks, separator: round % 2 == 0 ? "\n\n" : "\n")
            let records = document.clauses()
            var sum = ExtractionLedger()
            for record in records {
                #expect(record.ledgerGap == 0)
                #expect(record.spans.allSatisfy { $0.start >= 0 && $0.start <= $0.end && $0.end <= record.text.count })
                sum.merge(record.ledger)
            }
            let separators = sum.removed.removeValue(forKey: "clause-separator") ?? 0
            #expect(sum.source == document.ledger.source)
            #expect(sum.written + separators == document.ledger.written)
            #expect(sum.added == document.ledger.added)
            #expect(sum.removed == document.ledger.removed)
            #expect(Set(records.map(\.id)).count == records.count)
            #expect(records.flatMap(\.spans).count == document.spans.count)
            let joined = records.flatMap { $0.text.filter { $0 > 0x20 } }
            #expect(joined == document.text.filter { $0 > 0x20 })
            let contents = records.map { record in
                record.text.prefix((record.text.lastIndex { $0 > 0x20 } ?? -1) + 1)
            }
            #expect(document.clauseRanges().map { document.text[$0] } == contents.filter { !$0.isEmpty })
        }
    }

    @Test func headingSpansCarryTheirNumber() throws {
        var line: [UInt8] = []
        let document = ClauseTests.document(["# Foreword", "a", "## 5.3 Bearers", "b"])
        document.appendJSONLine(to: &line)
        let json = try JSONValue(parsing: line, name: "line")
        #expect(
            json["spans"]?.items?[2]
                == .array([.string("heading"), .integer(15), .integer(29), .integer(2), .string("5.3")]))
        #expect(json["spans"]?.items?[0] == .array([.string("heading"), .integer(0), .integer(10), .integer(1)]))
        let back = try JSONParser().parse(line, name: "line") { try Document(jsonLine: $0, name: "line") }
        #expect(back == document)
    }
}
