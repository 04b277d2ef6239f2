import Documents
import Files
import Testing

@Suite struct TextEditTests {
    /// A document of `text` whose spans are the given stretches of it.
    func document(_ text: String, _ spans: [(TextSpan.Kind, Range<Int>)] = []) -> Document {
        let bytes = Array(text.utf8)
        return Document(
            id: "a", source: "s", text: bytes,
            spans: spans.map { TextSpan(kind: $0.0, start: $0.1.lowerBound, end: $0.1.upperBound) },
            ledger: ExtractionLedger(source: text.unicodeScalars.count, written: text.unicodeScalars.count))
    }

    @Test func whatGoesIsBookedAndSpansMove() {
        // "Title\n\nOne ä two.\n\n| table |"
        var document = document(
            "Title\n\nOne ä two.\n\n| table |", [(.heading, 0..<5), (.prose, 7..<18), (.table, 20..<29)])
        document.apply([TextEdit(11..<14, rule: "a"), TextEdit(20..<29, rule: "b", replacement: Array("<T>".utf8))])
        #expect(String(decoding: document.text, as: UTF8.self) == "Title\n\nOne two.\n\n<T>")
        #expect(
            document.spans.map { "\($0.kind) \($0.start) \($0.end)" } == ["heading 0 5", "prose 7 15", "table 17 20"])
        #expect(document.ledger.removed == ["a": 2, "b": 9])
        #expect(document.ledger.added == ["b": 3])
        #expect(document.ledgerGap == 0)
    }

    @Test func overlappingEditsTakeTheirUnion() {
        let edits = [
            TextEdit(4..<8, rule: "b", replacement: [1]), TextEdit(2..<6, rule: "a"), TextEdit(2..<4, rule: "c"),
            TextEdit(9..<9, rule: "d"),
        ]
        #expect(TextEdit.ordered(edits) == [TextEdit(2..<6, rule: "a"), TextEdit(6..<8, rule: "b")])
    }

    @Test func aSpanOfWhichNothingIsLeftGoes() {
        var document = document("abc def", [(.prose, 0..<3), (.prose, 4..<7)])
        document.apply([TextEdit(0..<4, rule: "a")])
        #expect(document.spans == [TextSpan(kind: .prose, start: 0, end: 3)])
        document.apply([TextEdit(0..<3, rule: "a")])
        #expect(document.text.isEmpty && document.spans.isEmpty && document.ledgerGap == 0)
    }

    @Test func whiteSpaceThatWouldStandDoubleGoes() {
        func without(_ range: Range<Int>, _ text: String) -> String {
            var document = self.document(text)
            document.apply([TextEdit(range, rule: "a")])
            #expect(document.ledgerGap == 0)
            return String(decoding: document.text, as: UTF8.self)
        }
        #expect(without(4..<7, "one two three") == "one three")
        #expect(without(0..<3, "one two three") == "two three")
        #expect(without(5..<8, "one\n\ntwo\n\n  three") == "one\n\n  three")
        #expect(without(4..<7, "one\ttwo") == "one\t")
        var document = self.document("one two  three")
        document.apply([TextEdit(4..<7, rule: "a"), TextEdit(8..<9, rule: "b", replacement: [0x2D])])
        #expect(String(decoding: document.text, as: UTF8.self) == "one -three")
    }

    /// Against edits made one at a time from the end, on random texts without white space.
    @Test func randomEditsEqualEditsOneAtATime() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let length = Int.random(in: 0...40, using: &random)
            let text = (0..<length).map { _ in "aäxあ".randomElement(using: &random)! }.map(String.init).joined()
            let starts = Array(text.utf8).indices.filter { Array(text.utf8)[$0] & 0xC0 != 0x80 } + [text.utf8.count]
            var spans: [(TextSpan.Kind, Range<Int>)] = []
            var cuts = (0..<4).map { _ in starts.randomElement(using: &random)! }.sorted()
            while cuts.count >= 2 {
                let (low, high) = (cuts.removeFirst(), cuts.removeFirst())
                if low < high { spans.append((.prose, low..<high)) }
            }
            let edits = (0..<3).map { number in
                let (a, b) = (starts.randomElement(using: &random)!, starts.randomElement(using: &random)!)
                return TextEdit(
                    min(a, b)..<max(a, b), rule: "r\(number)", replacement: number == 1 ? Array("«»".utf8) : [])
            }
            var all = document(text, spans)
            let old = all
            all.apply(edits)
            var single = old
            for edit in TextEdit.ordered(edits).reversed() { single.apply([edit]) }
            #expect(all.text == single.text)
            #expect(all.ledger == single.ledger)
            #expect(all.ledgerGap == 0)
            var end = 0
            for span in all.spans {
                #expect(span.start >= end && span.start < span.end && span.end <= all.text.count)
                end = span.end
            }
        }
    }
}
