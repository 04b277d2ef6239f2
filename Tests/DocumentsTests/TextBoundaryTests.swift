import Documents
import Testing

@Suite struct TextBoundaryTests {
    private static func widened(_ boundary: TextBoundary, _ text: String, _ part: String) -> String {
        let bytes = Array(text.utf8)
        let range = place(of: part, in: text)
        return bytes.withUnsafeBufferPointer { String(decoding: bytes[boundary.widened(range, in: $0)], as: UTF8.self) }
    }

    private static func narrowed(_ boundary: TextBoundary, _ text: String, _ part: String) -> String? {
        let bytes = Array(text.utf8)
        let range = place(of: part, in: text)
        return bytes.withUnsafeBufferPointer { buffer in
            boundary.narrowed(range, in: buffer).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    private static func place(of part: String, in text: String) -> Range<Int> {
        let bytes = Array(text.utf8)
        let wanted = Array(part.utf8)
        let start = (0...bytes.count - wanted.count).first { Array(bytes[$0..<$0 + wanted.count]) == wanted }!
        return start..<start + wanted.count
    }

    private static let prose =
        "First it waits. Then it\nanswers (soon.) \"Is that so?\" Yes.\n\n| a | b |\n| c | d |\nText e.g. here"

    @Test func sentences() {
        let prose = TextBoundaryTests.prose
        #expect(TextBoundaryTests.widened(.sentence, prose, "answers") == "Then it\nanswers (soon.)")
        #expect(TextBoundaryTests.widened(.sentence, prose, "s. Th") == "First it waits. Then it\nanswers (soon.)")
        #expect(TextBoundaryTests.widened(.sentence, prose, "c |") == "| c | d |")
        #expect(TextBoundaryTests.widened(.sentence, prose, "Yes") == "Yes.")
        #expect(
            TextBoundaryTests.narrowed(.sentence, prose, "waits. Then it\nanswers (soon.) \"Is")
                == "Then it\nanswers (soon.)")
        #expect(TextBoundaryTests.narrowed(.sentence, prose, "d |\nText e.g. here") == "Text e.g. here")
        #expect(TextBoundaryTests.narrowed(.sentence, prose, "it waits") == nil)
    }

    @Test func lines() {
        let prose = TextBoundaryTests.prose
        #expect(TextBoundaryTests.widened(.line, prose, "waits") == "First it waits. Then it")
        #expect(
            TextBoundaryTests.widened(.line, prose, "it\na")
                == "First it waits. Then it\nanswers (soon.) \"Is that so?\" Yes.")
        #expect(TextBoundaryTests.narrowed(.line, prose, "b |\n| c | d |\nText") == "| c | d |")
        #expect(
            TextBoundaryTests.narrowed(.line, prose, "answers (soon.) \"Is that so?\" Yes.\n\n| a")
                == "answers (soon.) \"Is that so?\" Yes.")
    }

    @Test func characters() {
        let bytes = Array("aéz".utf8)
        bytes.withUnsafeBufferPointer { text in
            #expect(TextBoundary.character.narrowed(0..<2, in: text) == 0..<1)
            #expect(TextBoundary.character.narrowed(2..<4, in: text) == 3..<4)
            #expect(TextBoundary.character.narrowed(1..<2, in: text) == nil)
            #expect(TextBoundary.character.widened(2..<3, in: text) == 1..<3)
        }
    }
}

@Suite struct ReplacingTests {
    private static func document(_ text: String, _ spans: [(TextSpan.Kind, Int, Int)]) -> Document {
        let bytes = Array(text.utf8)
        let scalars = text.unicodeScalars.count
        return Document(
            id: "d", source: "s", text: bytes, spans: spans.map { TextSpan(kind: $0, start: $1, end: $2) },
            ledger: ExtractionLedger(source: scalars, written: scalars))
    }

    @Test func whatGoesIsBookedAndSpansShrink() {
        var document = ReplacingTests.document(
            "Häd\n\none two\n\nthree four", [(.heading, 0, 4), (.prose, 6, 13), (.prose, 15, 25)])
        document.replace([6..<13, 18..<21], rule: "repeated")
        #expect(String(decoding: document.text, as: UTF8.self) == "Häd\n\nthrfour")
        #expect(
            document.spans == [TextSpan(kind: .heading, start: 0, end: 4), TextSpan(kind: .prose, start: 6, end: 13)])
        #expect(document.ledgerGap == 0)
        #expect(document.ledger.removed == ["repeated": 12])
    }

    @Test func aMarkerStandsForEachStretch() {
        var document = ReplacingTests.document("one two three four", [(.prose, 0, 7), (.table, 8, 18)])
        document.replace([4..<7, 8..<13], by: Array("[…]".utf8), rule: "mask")
        #expect(String(decoding: document.text, as: UTF8.self) == "one […] […] four")
        #expect(document.ledgerGap == 0)
        #expect(document.ledger.added == ["mask": 6] && document.ledger.removed == ["mask": 8])
        #expect(document.spans.last == TextSpan(kind: .table, start: 10, end: 20))
    }

    @Test func doubleWhiteSpaceGoesToo() {
        func without(_ text: String, _ ranges: [Range<Int>]) -> String {
            var document = ReplacingTests.document(text, [])
            document.replace(ranges, rule: "r")
            #expect(document.ledgerGap == 0)
            return String(decoding: document.text, as: UTF8.self)
        }
        #expect(without("a b c", [2..<3]) == "a c")
        #expect(without("a\nb\n\n  c", [2..<3]) == "a\n  c")
        #expect(without("b\n\nc", [0..<1]) == "c")
        #expect(without("abc", [0..<3]) == "")
        #expect(without("a(b)c", [1..<4]) == "ac")
        #expect(without("abcd", [0..<2, 1..<3]) == "d")
    }

    @Test func randomRangesKeepTheLedgerClosed() {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<500 {
            let count = 5 + random(40)
            let text = (0..<count).map { _ in ["a", " ", "\n", "b"][random(4)] }.joined()
            var cuts = (0..<6).map { _ in random(count + 1) }.sorted()
            let spans = [(TextSpan.Kind.prose, cuts[1], cuts[2]), (.table, cuts[2], cuts[5])].filter { $0.1 < $0.2 }
            var document = ReplacingTests.document(text, spans)
            cuts = (0..<4).map { _ in random(count + 1) }.sorted()
            document.replace([cuts[0]..<cuts[1], cuts[2]..<cuts[3]], by: random(2) == 0 ? [] : [0x58], rule: "r")
            #expect(document.ledgerGap == 0)
            var end = 0
            for span in document.spans {
                #expect(span.start >= end && span.end > span.start && span.end <= document.text.count)
                end = span.end
            }
        }
    }
}
