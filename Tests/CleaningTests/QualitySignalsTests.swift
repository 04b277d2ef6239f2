import Cleaning
import Documents
import Files
import Testing

@Suite struct QualitySignalsTests {
    private static func document(_ text: String, _ spans: [TextSpan] = []) -> Document {
        Document(id: "1", source: "s", text: Array(text.utf8), spans: spans)
    }

    @Test func countsOfASmallText() {
        let signals = QualityMeasure.measure(QualitySignalsTests.document("The UE_ID of clause 5.2 (see [3]).\n"))
        #expect(signals.prose.characters == 35)
        #expect(signals.prose.visible == 28)
        #expect(signals.prose.letters == 18)
        #expect(signals.prose.words == 8)  // The UE_ID of clause 5 2 see 3
        #expect(signals.prose.spacedWords == 5)
        #expect(signals.prose.longestWord == 6)
        #expect(signals.prose.words(of: .latin) == 5)
        #expect(signals.rest == TextTally())
        #expect(signals.lines == 1)
    }

    @Test func scriptsWithoutSpacesCountLetters() {
        let signals = QualityMeasure.measure(QualitySignalsTests.document("道可道，非常道。ЯзыкX かな คำ 한국어 말"))
        #expect(signals.prose.words(of: .han) == 6)
        #expect(signals.prose.words(of: .cyrillic) == 1)
        #expect(signals.prose.words(of: .latin) == 0)
        #expect(signals.prose.words(of: .kana) == 2)
        #expect(signals.prose.words(of: .southeastAsian) == 2)
        #expect(signals.prose.words(of: .hangul) == 2)
        #expect(signals.prose.longestWord == 5)
    }

    private static let signsInsideBlocks: Set<UInt32> = [
        0x07FE, 0x07FF, 0x09F2, 0x09F3, 0x09FB, 0x0AF1, 0x0BF9, 0x1400, 0x1806, 0xA838, 0xFB29, 0xFDFC,
    ]

    /// Letters of the standard library (categories Lu, Ll, Lt, Lo) are letters to us, and its symbols and digits are not.
    @Test func classesAgreeWithTheStandardLibrary() {
        var wrong: [String] = []
        for value in UInt32(0)..<0x10000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            // Letterlike symbols, enclosed digits and signs of currency and list that stand inside a block of letters.
            let isLetterlike = (0x2000..<0x2C00).contains(value) || value == 0x303C
            let isInsideLetters = QualitySignalsTests.signsInsideBlocks.contains(value)
            let signals = QualityMeasure.measure(QualitySignalsTests.document(String(Character(scalar))))
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter:
                if !isLetterlike, signals.prose.letters != 1 { wrong.append("letter \(String(value, radix: 16))") }
            case .mathSymbol, .currencySymbol, .dashPunctuation, .initialPunctuation, .finalPunctuation,
                .spaceSeparator,
                .lineSeparator, .privateUse, .control:
                if !isInsideLetters, signals.prose.letters != 0 {
                    wrong.append("no letter \(String(value, radix: 16))")
                }
            default: break
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(60))")
    }

    @Test func tablesAndCodeAreNoProse() {
        let prose = "Words of prose.\n"
        let table = "| 1 | 2 |\n| 1 | 2 |\n"
        let signals = QualityMeasure.measure(
            QualitySignalsTests.document(
                prose + table + prose,
                [
                    TextSpan(kind: .prose, start: 0, end: 16), TextSpan(kind: .table, start: 16, end: 36),
                    TextSpan(kind: .prose, start: 36, end: 52),
                ]))
        #expect(signals.prose.words == 6)
        #expect(signals.rest.words == 4)
        #expect(signals.lines == 2)
        #expect(signals.lineCharacters == 30)
        #expect(signals.repeatedLineCharacters == 15)
        #expect(signals.everything.characters == 52)
    }

    @Test func everyByteIsCountedOnceWhateverTheSpansSay() {
        let text = "Some text of ordinary words with a 中文 stretch.\n"
        let lies: [[TextSpan]] = [
            [TextSpan(kind: .code, start: -10, end: 900)], [TextSpan(kind: .code, start: 30, end: 10)],
            [TextSpan(kind: .table, start: 5, end: 20), TextSpan(kind: .code, start: 0, end: 10)],
            [TextSpan(kind: .heading, start: .max, end: .min)],
        ]
        for spans in lies {
            let signals = QualityMeasure.measure(QualitySignalsTests.document(text, spans))
            #expect(signals.everything.characters == text.unicodeScalars.count)
        }
    }

    @Test func manyLinesGrowTheTable() {
        var text = ""
        for line in 0..<5000 { text += "\(line)\n\(line % 100)\n" }
        let signals = QualityMeasure.measure(QualitySignalsTests.document(text))
        var seen: Set<Substring> = []
        var repeated = 0
        for line in text.split(separator: "\n") where !seen.insert(line).inserted { repeated += line.utf8.count }
        #expect(signals.lines == 10000)
        #expect(signals.repeatedLineCharacters == repeated)
    }

    @Test func jsonBringsEverythingBack() throws {
        let signals = QualityMeasure.measure(
            QualitySignalsTests.document(
                "one two 三 four\none two\n", [TextSpan(kind: .code, start: 0, end: 3)]))
        let line = signals.json.encoded()
        #expect(try QualitySignals(json: JSONValue(parsing: line, name: "test")) == signals)
        #expect(QualitySignals(json: .null) == QualitySignals())
    }

    @Test func bytesThatAreNoTextDoNotCrash() {
        for bytes: [UInt8] in [[0xFF], [0xE2, 0x80], [0xF0, 0x9F], [0xC2], [0x80, 0x41], [0xF4, 0xBF, 0xBF, 0xBF]] {
            let signals = QualityMeasure.measure(Document(id: "1", source: "s", text: bytes))
            #expect(signals.prose.characters >= 1)
        }
    }
}
