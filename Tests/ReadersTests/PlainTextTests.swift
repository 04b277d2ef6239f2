import Documents
import Files
import ReadingProperties
import TestSupport
import Testing

@testable import Readers

/// Plain text, Markdown, JSON, division into parts, encodings, names.
@Suite struct PlainTextTests {
    @Test func paragraphsAreSpans() {
        let result = ReaderFixture.read("One\ntwo\n\n \t\nThree", name: "a.txt")
        let document = result.documents[0]
        #expect(result.text == "One\ntwo\n\n \t\nThree")
        #expect(document.spans.map { [$0.start, $0.end] } == [[0, 7], [12, 17]])
        #expect(document.ledger == ExtractionLedger(source: 17, written: 17))
    }

    @Test func markdownIsRecognisedAndUnchanged() {
        let text = "# A #\nprose\nmore\n\n```x\n# no\n\n```\n| a | b |\n|---|---|\n- item\n  goes on\n1. next\n"
        let document = ReaderFixture.read(text, name: "a.md").documents[0]
        #expect(String(decoding: document.text, as: UTF8.self) == text)
        #expect(document.spans.map(\.kind) == [.heading, .prose, .code, .table, .listItem, .listItem])
        #expect(document.spans[0].level == 1)
    }

    @Test func encodings() {
        let text = "Grüße 中文 𝄞"
        let marked = ReaderFixture.read([0xEF, 0xBB, 0xBF] + Array(text.utf8), name: "a.txt")
        #expect(marked.text == text)
        #expect(marked.documents[0].ledger.removed == ["byte-order-mark": 1])
        #expect(marked.documents[0].ledger.isClosed)
        let little = ReaderFixture.utf16(text, isBigEndian: false)
        let big = ReaderFixture.utf16(text, isBigEndian: true)
        #expect(ReaderFixture.read(little, name: "a.txt").text == text)
        #expect(ReaderFixture.read(big, name: "a.txt").text == text)
        // "中文" in GB18030: four bytes say too little.
        let chinese: [UInt8] = [0xD6, 0xD0, 0xCE, 0xC4]
        #expect(ReaderFixture.read(chinese, name: "a.txt").rule == "encoding")
        var options = ReadOptions()
        options.encoding = "GBK"
        #expect(ReaderFixture.read(chinese, name: "a.txt", options: options).text == "中文")
        let broken = ReaderFixture.read(Array("abc".utf8) + [0xFF] + Array("def".utf8), name: "a.txt")
        #expect(broken.rule == "encoding")
        #expect(broken.failureText.contains("byte 3"))
    }

    @Test func validationAgreesWithTheStandardLibrary() {
        var random = SystemRandomNumberGenerator()
        let starts: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF, 0xA0, 0x9F,
            0x90, 0x8F,
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<12, using: &random)
            let bytes = (0..<count).map { _ in starts.randomElement(using: &random)! }
            let bad = bytes.withUnsafeBytes { UTF8Validation.firstBadByte($0) }
            #expect((bad == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            if let bad { #expect(String(validating: bytes[..<bad], as: UTF8.self) != nil, "\(bytes)") }
        }
    }

    @Test func longTextsBecomePartsOfOneFamily() {
        let paragraphs = (0..<40).map { "Paragraph \($0) of a text.\nSecond line \($0)." }.joined(separator: "\n\n")
        var options = ReadOptions()
        options.maximumDocumentBytes = 200
        let result = ReaderFixture.read(paragraphs, name: "a.txt", options: options)
        #expect(result.documents.flatMap(\.text) == Array(paragraphs.utf8))
        #expect(result.documents.map { $0.metadata.part! } == Array(1...result.documents.count))
        let whole = Document.identifier(source: "test", relativePath: "a.txt", place: "")
        for document in result.documents {
            #expect(document.text.count <= 200)
            #expect(document.metadata.other["whole"] == .string(whole))
            #expect(document.ledger.isClosed)
            #expect(document.text.starts(with: "Paragraph".utf8))
            #expect(document.ledger.written == unicodeScalarCount(document.text))
            #expect(document.spans.allSatisfy { $0.end <= document.text.count })
        }
        #expect(Set(result.documents.map(\.id)).count == result.documents.count)
        // A line that is too long is cut between scalars.
        options.maximumDocumentBytes = 14
        let line = ReaderFixture.read(String(repeating: "中", count: 20), name: "b.txt", options: options)
        #expect(line.documents.flatMap(\.text) == Array(String(repeating: "中", count: 20).utf8))
        #expect(line.documents.allSatisfy { $0.text.count <= 14 && $0.text.count % 3 == 0 })
        // Word documents are divided too, and a loss shows in the first part.
        let body = (0..<30).map { ReaderFixture.paragraph("Sentence number \($0).") }.joined()
        options.maximumDocumentBytes = 100
        let word = ReaderFixture.readBody(body, options: options)
        #expect(word.documents.count > 3)
        #expect(word.documents.allSatisfy { $0.ledger.isClosed })
        #expect(word.documents.flatMap(\.text) == ReaderFixture.readBody(body).documents[0].text)
        options.swallowedAppend = 20
        #expect(ReaderFixture.readBody(body, options: options).documents.contains { !$0.ledger.isClosed })
    }

    @Test func aLineOf200MegabytesIsRead() throws {
        let folder = TemporaryFolder()
        let path = folder("huge.txt")
        var file = try AtomicFile(path)
        let chunk = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        for _ in 0..<200 { try file.write(chunk) }
        try file.commit()
        var reader = DocumentReader(options: ReadOptions())
        var total = 0
        var parts = 0
        try reader.read(
            InputFile(path: path, relativePath: "huge.txt", source: "s"),
            emit: { document in
                total += document.text.count
                parts += 1
            }, reject: { _ in })
        #expect(total == 200 << 20)
        #expect(parts == 20)
    }

    @Test func jsonLinesGoOnAfterBadOnes() {
        let lines = [
            "{\"id\": \"x\", \"text\": \"first\", \"title\": \"T\", \"stars\": 3}", "", "{broken", "[1]",
            "{\"other\": 1}",
            "{\"id\": \"x\", \"text\": \"again\"}", "{\"text\": \"unnamed\", \"metadata\": {\"version\": \"1.2.3\"}}",
        ]
        let result = ReaderFixture.read(lines.joined(separator: "\n"), name: "a.jsonl")
        #expect(result.documents.map { String(decoding: $0.text, as: UTF8.self) } == ["first", "again", "unnamed"])
        #expect(result.rejections.count == 3)
        #expect(result.rejections[0].value.contains("line 3"))
        #expect(result.rejections[2].value.contains("other"))
        let hash = Hexadecimal.text(of: XXHash3.hash64("first"))
        #expect(
            result.documents[0].id
                == Document.identifier(source: "test", relativePath: "a.jsonl", place: "x#\(hash)"))
        #expect(Set(result.documents.map(\.id)).count == 3)
        #expect(result.documents[0].metadata.title == "T")
        #expect(result.documents[0].metadata.other["stars"] == 3)
        #expect(result.documents[2].metadata.version == "1.2.3")
        #expect(result.documents.allSatisfy { $0.ledger.isClosed })
        #expect(ReaderFixture.read("\n\n", name: "a.jsonl").rule == "empty")
    }

    @Test func jsonLinesOfOurOwnComeBack() {
        let document = ReaderFixture.readBody(
            ReaderFixture.paragraph("A", style: "Heading1") + ReaderFixture.paragraph("b")
        ).documents[0]
        var line: [UInt8] = []
        document.appendJSONLine(to: &line)
        let again = ReaderFixture.read(line, name: "part.jsonl").documents[0]
        #expect(again.text == document.text)
        #expect(again.spans == document.spans)
    }

    @Test func jsonArrays() {
        let text = ReaderFixture.read("[{\"text\": \"a\"}, {\"text\": 5}, {\"text\": [\"b\", \"c\"]}]", name: "a.json")
        #expect(text.documents.map { String(decoding: $0.text, as: UTF8.self) } == ["a", "b\nc"])
        #expect(text.documents.allSatisfy { $0.ledger.isClosed })
        #expect(text.rejections.count == 1)
        let other = ReaderFixture.read("[{\"author\": \"x\", \"paragraphs\": [\"p\"]}]", name: "a.json")
        #expect(other.failureText.contains("author, paragraphs"))
        var options = ReadOptions()
        options.textField = "paragraphs"
        #expect(
            ReaderFixture.read("[{\"author\": \"x\", \"paragraphs\": [\"p\"]}]", name: "a.json", options: options).text
                == "p")
        #expect(ReaderFixture.read("[]", name: "a.json").rule == "empty")
        #expect(ReaderFixture.read("[{\"a\"", name: "a.json").failure != nil)
    }

    @Test func compressedFilesAndMembers() {
        let json = ZstdCompressor(level: 3).compress(Array("{\"text\": \"packed\"}\n".utf8))
        #expect(ReaderFixture.read(json, name: "a.jsonl.zst").text == "packed")
        var zip = StoredZip()
        zip.add("a.jsonl.zst", json)
        #expect(ReaderFixture.read(zip.finished(), name: "a.zip").text == "packed")
        let package = ZstdCompressor(level: 3).compress(ReaderFixture.package(ReaderFixture.paragraph("docx")))
        #expect(ReaderFixture.read(package, name: "a.docx.zst").text == "docx")
        #expect(ReaderFixture.read(Array(json.dropLast(5)), name: "a.jsonl.zst").failure != nil)
    }

    @Test func fileNamesOfSpecifications() {
        func identity(_ name: String) -> String? { FileNameIdentity(name).map { "\($0.specification) \($0.version)" } }
        #expect(identity("23501-i50.docx") == "23.501 18.5.0")
        #expect(identity("26.258-i00.docx") == "26.258 18.0.0")
        #expect(identity("38521-3-i11.zip") == "38.521-3 18.1.1")
        #expect(identity("33117-v2010.docx") == "33.117 20.1.0")
        #expect(identity("38331-i00_s00-05.docx") == "38.331 18.0.0")
        #expect(identity("29244-i40.document.xml.zst") == "29.244 18.4.0")
        #expect(identity("36101-1j20.docx") == nil)
        #expect(identity("notes-2024.docx") == nil)
        #expect(identity("readme.md") == nil)
    }

    @Test func coversOfBothPublishersGiveOneNumber() {
        let etsi = SpecificationCover(identity: ["ETSI TS 123 501 V18.5.0 (2024-05)"], title: []).metadata
        #expect(etsi.specification == "23.501")
        #expect(etsi.publisher == "ETSI")
        #expect(etsi.date == "2024-05")
        let part = SpecificationCover(identity: ["ETSI\u{A0}TS 138 521-3 V17.0.0 (2022-8)"], title: []).metadata
        #expect(part.specification == "38.521-3")
        #expect(
            SpecificationCover(identity: ["ETSI EN 303 645 V2.1.1 (2020-06)"], title: []).metadata.specification
                == "303 645")
        #expect(SpecificationCover(identity: [], title: []).metadata == Metadata())
    }

    @Test func optionsHaveADigest() {
        var options = ReadOptions()
        let usual = options.digestText
        options.revisions = .reject
        #expect(options.digestText != usual)
    }
}
