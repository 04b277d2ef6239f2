import Cleaning
import Documents
import Files
import Glibc
import TestSupport
import Testing

/// The default rules on real text: what a standards corpus is made of stays.
@Suite(.enabled(if: TestData.isPresent)) struct RealTextTests {
    private static func decisions(_ texts: [[UInt8]], languages: [String]) throws -> [String: Int] {
        var options = CleaningOptions()
        try options.setLanguages(languages)
        let rules = QualityRules(options)
        var counts: [String: Int] = [:]
        for text in texts {
            let count = text.withUnsafeBytes { unicodeScalarCount($0) }
            var document = Document(
                id: "1", source: "s", text: text, ledger: ExtractionLedger(source: count, written: count))
            UnicodeRepair.repair(&document)
            #expect(document.ledger.isClosed)
            #expect(document.ledger.written == unicodeScalarCount(document.text))
            let violation = rules.firstViolation(QualityMeasure.measure(document))
            counts[violation?.rule ?? "kept", default: 0] += 1
        }
        return counts
    }

    private static func files(_ folder: String, suffix: String) throws -> [[UInt8]] {
        try Folder.names(in: TestData.path(folder)).filter { $0.contains(suffix) && $0 != "SOURCES.md" }.map { name in
            try ByteStream.open(TestData.path(folder) + "/" + name).readAll(limit: 1 << 26)
        }
    }

    private static func records(_ file: String) throws -> [[UInt8]] {
        var lines = LineReader(try ByteStream.open(TestData.path(file)))
        let parser = JSONParser()
        var texts: [[UInt8]] = []
        while true {
            let text = try lines.next { line in
                try parser.parse(line, name: file) {
                    [UInt8]($0["text"]?.utf8 ?? UnsafeRawBufferPointer(start: nil, count: 0))
                }
            }
            guard let text else { return texts }
            texts.append(text)
        }
    }

    @Test func generalEnglishStays() throws {
        let peps = try RealTextTests.decisions(RealTextTests.records("text-en/peps.jsonl.zst"), languages: ["en"])
        #expect(peps.keys.elementsEqual(["kept"]), "\(peps)")
    }

    /// One record is a stub of 14 words; four are translations into Japanese, Korean and Chinese.
    @Test func onlyStubsAndTranslationsGo() throws {
        let records = try RealTextTests.records("text-en/rust-rfcs.jsonl.zst")
        #expect(try RealTextTests.decisions(records, languages: []) == ["kept": records.count - 1, "too-short": 1])
        #expect(
            try RealTextTests.decisions(records, languages: ["en"])
                == ["kept": records.count - 5, "too-short": 1, "wrong-script": 4])
    }

    @Test(arguments: [
        ("markdown", ".md"), ("etsi-md", ".md.zst"), ("telecom-md", ".md"), ("rfc-text", ".text.zst"),
        ("rfc-text", "rfc"),
        ("text-en", ".txt"), ("asn1", ".asn"),
    ])
    func technicalTextStays(_ folder: String, _ suffix: String) throws {
        let counts = try RealTextTests.decisions(RealTextTests.files(folder, suffix: suffix), languages: ["en"])
        #expect(counts.keys.allSatisfy { $0 == "kept" }, "\(folder): \(counts)")
        #expect(!counts.isEmpty)
    }

    @Test(arguments: ["zh-classical", "zh-classical/niutrans"])
    func classicalChineseStays(_ folder: String) throws {
        let texts = try RealTextTests.files(folder, suffix: ".txt.zst").filter {
            String(validating: $0, as: UTF8.self) != nil
        }
        let counts = try RealTextTests.decisions(texts, languages: ["zh"])
        #expect(counts.keys.elementsEqual(["kept"]), "\(counts)")
        #expect(try RealTextTests.decisions(texts, languages: ["en"]) == ["wrong-script": texts.count])
    }
}
