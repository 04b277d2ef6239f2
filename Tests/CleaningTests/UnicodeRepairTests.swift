import Cleaning
import Documents
import Parallel
import Testing

@Suite struct UnicodeRepairTests {
    /// The same rules on an array of scalars, one at a time.
    private static func slowRepair(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar.value {
            case 0xA0: out.append(" ")
            case 0x0D:
                if index + 1 == scalars.count || scalars[index + 1] != "\n" { out.append("\n") }
            case 0x0B, 0x0C, 0x85, 0x2028, 0x2029: out.append("\n")
            case 0x09, 0x0A: out.append(scalar)
            case 0xAD, 0xFEFF, 0x00...0x1F, 0x7F...0x9F: break
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    private static func document(_ text: String, spans: [TextSpan] = []) -> Document {
        let count = text.unicodeScalars.count
        return Document(
            id: "1", source: "s", text: Array(text.utf8), spans: spans,
            ledger: ExtractionLedger(source: count, written: count))
    }

    private static func repaired(_ text: String) -> String {
        var document = document(text)
        UnicodeRepair.repair(&document)
        return String(decoding: document.text, as: UTF8.self)
    }

    @Test(arguments: [
        ("a\u{A0}b", "a b"), ("so\u{AD}ft", "soft"), ("a\r\nb\rc\r", "a\nb\nc\n"), ("\u{FEFF}a\u{FEFF}", "a"),
        ("a\u{2028}b\u{2029}c\u{85}d\u{0B}e\u{0C}", "a\nb\nc\nd\ne\n"),
        ("\u{0}\u{1}x\u{7F}\u{80}\u{9F}\ty\n", "x\ty\n"),
        ("", ""), ("\r", "\n"), ("\r\r\n\n", "\n\n\n"), ("«é»—中文", "«é»—中文"), ("\u{A0}", " "), ("\u{AD}", ""),
    ]) func eachDefect(_ text: String, _ expected: String) {
        #expect(UnicodeRepairTests.repaired(text) == expected)
    }

    @Test func randomTextsAgreeWithTheSlowTwinAndLedgersClose() {
        let pieces: [String] = [
            "a", "plain words here ", "\u{A0}", "\u{AD}", "\r\n", "\r", "\n", "\t", "\u{FEFF}", "\u{2028}", "\u{2027}",
            "\u{85}",
            "\u{7F}", "\u{0}", "中", "，", "“", "é", "Â", "\u{1F600}", String(repeating: "long ", count: 30),
        ]
        var random = SeededRandom(seed: 3)
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<random.nextInt(below: 60) { text += pieces[random.nextInt(below: pieces.count)] }
            var document = UnicodeRepairTests.document(text)
            UnicodeRepair.repair(&document)
            let expected = UnicodeRepairTests.slowRepair(text)
            #expect(String(decoding: document.text, as: UTF8.self) == expected)
            #expect(document.ledger.written == expected.unicodeScalars.count)
            #expect(document.ledger.isClosed)
            let once = document
            UnicodeRepair.repair(&document)
            #expect(document == once)
        }
    }

    @Test func spansMoveWithTheirText() {
        let parts: [(String, TextSpan.Kind)] = [
            ("\u{FEFF}5.1\u{A0}Scope\r\n", .heading), ("The\u{AD} text of\r\nit\u{0}.\r\n", .prose),
            ("\u{7F}\u{AD}", .note),
            ("| a\u{A0}| b |\n", .table), ("x ::= 1", .code),
        ]
        var text = ""
        var spans: [TextSpan] = []
        for (part, kind) in parts {
            let start = text.utf8.count
            text += part
            spans.append(TextSpan(kind: kind, start: start, end: text.utf8.count, level: kind == .heading ? 2 : 0))
        }
        var document = UnicodeRepairTests.document(text, spans: spans)
        UnicodeRepair.repair(&document)
        let stretches = document.spans.map { span in
            (span.kind, String(decoding: document.text[span.start..<span.end], as: UTF8.self))
        }
        let expected = parts.filter { $0.1 != .note }.map { ($0.1, UnicodeRepairTests.slowRepair($0.0)) }
        #expect(stretches.map(\.0) == expected.map(\.0))
        #expect(stretches.map(\.1) == expected.map(\.1))
        #expect(document.spans[0].level == 2)
    }

    @Test func everyRuleIsBookedAndAPlantedLossStaysVisible() {
        var document = UnicodeRepairTests.document("\u{FEFF}a\u{A0}b\u{AD}\r\nc\rd\u{1}\u{2028}")
        document.ledger.source += 7
        UnicodeRepair.repair(&document)
        #expect(document.ledger.imbalance == 7)
        #expect(
            document.ledger.removed == [
                "byte-order-mark": 1, "no-break-space": 1, "soft-hyphen": 1, "carriage-return": 2,
                "control-character": 1,
                "line-separator": 1,
            ])
        #expect(document.ledger.added == ["no-break-space": 1, "carriage-return": 1, "line-separator": 1])
    }

    @Test func lyingSpansAndTruncatedSequencesDoNotCrash() {
        var document = UnicodeRepairTests.document("a\r\nb")
        document.text += [0xC2]
        document.spans = [
            TextSpan(kind: .prose, start: 2, end: 900), TextSpan(kind: .code, start: -5, end: 1),
            TextSpan(kind: .table, start: 4, end: 2),
        ]
        UnicodeRepair.repair(&document)
        #expect(document.spans.allSatisfy { $0.end <= document.text.count })
    }
}
