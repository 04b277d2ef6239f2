import Documents
import Files
import Glibc
import TestSupport
import Testing

@testable import Readers

/// Every real file is read or rejected with a reason, and every ledger closes.
@Suite(.enabled(if: TestData.isPresent), .serialized) struct RealFilesTests {
    private func read(_ folder: String, _ check: (String, ReadResult) -> Void) throws {
        let root = TestData.path(folder)
        for name in try Folder.filesBelow(root) where !name.hasSuffix("SOURCES.md") {
            check(name, ReaderFixture.read(file: root + "/" + name, relativePath: name))
        }
    }

    @Test(arguments: ["3gpp-docx", "3gpp-tdocs", "flat-opc", "3gpp-document-xml"])
    func wordDocumentsAreReadAndTheirLedgersClose(folder: String) throws {
        var count = 0
        try read(folder) { name, result in
            count += 1
            // A template of headers and pictures only.
            let isEmpty = name == "Report_3GPP_DT_template.docx"
            #expect(result.rule == (isEmpty ? "empty" : ""), "\(name): \(result.failureText)")
            #expect(result.documents.isEmpty == isEmpty, "\(name)")
            for document in result.documents {
                #expect(
                    document.ledger.isClosed, "\(name): imbalance \(document.ledger.imbalance) of \(document.ledger)")
                #expect(document.ledger.written == unicodeScalarCount(document.text), "\(name)")
                expectGoodSpans(document, name)
            }
        }
        #expect(count >= 5)
    }

    private func expectGoodSpans(_ document: Document, _ name: String) {
        var end = 0
        var isGood = true
        for span in document.spans {
            if span.start < end || span.end <= span.start || span.end > document.text.count { isGood = false }
            end = span.end
        }
        #expect(isGood, "\(name): spans out of order")
        #expect(!document.spans.isEmpty)
    }

    /// The words of a document that no rule drops are all in our text, in order.
    @Test func nothingIsLost() throws {
        let root = TestData.path("3gpp-docx")
        var options = ReadOptions()
        options.tables = .markdown
        var words = 0
        var missing: [String] = []
        for name in try Folder.filesBelow(root) where name.hasSuffix(".docx") {
            let archive = try ArchiveReader(path: root + "/" + name)
            var document: [UInt8] = []
            var styles: [UInt8] = []
            while let entry = try archive.next() {
                if entry.path == "word/document.xml" { document = try archive.readEntry(limit: 1 << 28) }
                if entry.path == "word/styles.xml" { styles = try archive.readEntry(limit: 1 << 28) }
            }
            // The largest take minutes with a reference this slow.
            if document.count > 8_000_000 { continue }
            let reference = WordReference(document: document, styleNames: WordReference.styleNames(styles))
            let text = ReaderFixture.read(file: root + "/" + name, options: options).documents.flatMap(\.text)
            var position = 0
            for word in reference.words where !word.contains(UInt8(ascii: "|")) {
                words += 1
                if let end = find(word, in: text, from: position) {
                    position = end
                } else {
                    missing.append(name + ": " + String(decoding: word, as: UTF8.self))
                }
            }
        }
        #expect(words > 500_000)
        #expect(Double(missing.count) < Double(words) * 0.0001, "\(missing.count) of \(words): \(missing.prefix(20))")
    }

    private func find(_ word: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        var index = start
        // A word that is missing must not be found chapters later.
        let end = min(text.count - word.count, start + 20_000)
        while index <= end {
            if text[index] == word[0], text[index..<index + word.count].elementsEqual(word) {
                return index + word.count
            }
            index += 1
        }
        return nil
    }

    @Test(arguments: ["text-en", "zh-classical"]) func textsAreReadOrRejectedWithAReason(folder: String) throws {
        var refused: [String] = []
        var documents = 0
        try read(folder) { name, result in
            documents += result.documents.count
            for document in result.documents {
                #expect(document.ledger.isClosed, "\(name)")
                #expect(String(validating: document.text, as: UTF8.self) != nil, "\(name)")
            }
            if result.failure != nil { refused.append("\(name) \(result.rule)") }
            // Four members of one zip are in a Windows encoding.
            for rejection in result.rejections where !name.hasSuffix(".zip") || rejection.rule != "encoding" {
                Issue.record("\(rejection)")
            }
        }
        #expect(documents > 0)
        if folder == "text-en" {
            #expect(refused == [])
        } else {
            #expect(refused.contains("luotuoxiangzi.broken-gbk.txt encoding"))
            // Poems have paragraphs and no text; three of the files are empty arrays.
            #expect(refused.allSatisfy { $0.hasPrefix("poetry/") || $0.hasPrefix("luotuo") }, "\(refused)")
        }
    }

    @Test func chineseInGB18030IsDecoded() throws {
        let path = TestData.path("zh-classical/sanguoyanyi.gb18030.txt.zst")
        let result = ReaderFixture.read(file: path)
        #expect(result.text.contains("却说"))
    }

    @Test func poemsAreReadThroughTheirOwnMember() throws {
        var options = ReadOptions()
        options.textField = "paragraphs"
        let result = ReaderFixture.read(
            file: TestData.path("zh-classical/poetry/poet.tang.0.json.zst"), options: options)
        #expect(result.documents.count > 100)
        #expect(result.rejections.isEmpty)
        #expect(result.documents.allSatisfy { $0.ledger.isClosed })
    }

    @Test(arguments: ["torture-docx", "torture-xml", "torture-docs"]) func tortureIsSurvived(folder: String) throws {
        var count = 0
        try read(folder) { name, result in
            count += 1
            #expect(
                result.failure != nil || !result.documents.isEmpty || !result.rejections.isEmpty, "\(name): no outcome")
            for document in result.documents {
                #expect(document.ledger.isClosed, "\(name): \(document.ledger)")
                #expect(String(validating: document.text, as: UTF8.self) != nil, "\(name)")
                expectGoodSpans(document, name)
            }
            if let failure = result.failure {
                #expect(failure is ReadFailure || failure is FileFailure, "\(name): \(failure)")
                #expect(!result.failureText.contains("\n"), "\(name): \(result.failureText)")
            }
        }
        #expect(count > 0)
    }

    /// Read off the covers by eye.
    @Test(arguments: [
        ("38211-i10.docx", "38.211", "18.1.0", "18", "2023-12", "NR; Physical channels and modulation"),
        (
            "24484-i40.docx", "24.484", "18.4.0", "18", "2023-12",
            "Mission Critical Services (MCS) configuration management; Protocol specification"
        ),
        ("21905-h20.docx", "21.905", "17.2.0", "17", "2024-03", "Vocabulary for 3GPP Specifications"),
        (
            "36521-2-i30.docx", "36.521-2", "18.3.0", "18", "2023-12",
            "Evolved Universal Terrestrial Radio Access (E-UTRA); User Equipment (UE) conformance specification; "
                + "Radio transmission and reception; Part 2: Implementation Conformance Statement (ICS)"
        ),
    ])
    func coversAreUnderstood(
        name: String, specification: String, version: String, release: String, date: String, title: String
    ) {
        let metadata = ReaderFixture.read(file: TestData.path("3gpp-docx/" + name)).documents[0].metadata
        #expect(metadata.specification == specification)
        #expect(metadata.version == version)
        #expect(metadata.release == release)
        #expect(metadata.date == date)
        #expect(metadata.title == title)
        #expect(metadata.publisher == "3GPP")
    }

    @Test func everySpecificationHasItsNumber() throws {
        try read("3gpp-docx") { name, result in
            let metadata = result.documents.first?.metadata
            #expect(metadata?.specification != nil, "\(name)")
            #expect(metadata?.version != nil, "\(name)")
            if let fromName = FileNameIdentity(name) {
                #expect(metadata?.specification == fromName.specification, "\(name)")
            }
        }
    }

    @Test func aPlantedLossShows() {
        var options = ReadOptions()
        options.swallowedAppend = 1000
        let result = ReaderFixture.read(file: TestData.path("3gpp-docx/23274-i20.docx"), options: options)
        let other = ReaderFixture.read(file: TestData.path("3gpp-docx/38201-i00.docx"), options: options)
        #expect((result.documents + other.documents).contains { $0.ledger.imbalance > 0 })
    }
}

/// Markup files of the test data: every ledger closes, and what standards pages say is there.
@Suite struct RealMarkupTests {
    @Test(
        .enabled(if: TestData.isPresent, "the shared test data are not here"),
        arguments: ["mediawiki", "html", "html-3gpp-meeting", "jats", "tei", "rfc-xml", "word-html", "torture-xml"])
    func everyFileIsReadOrRejectedAndEveryLedgerCloses(folder: String) throws {
        var documents = 0
        for file in try Folder.filesBelow(TestData.path(folder)) {
            let result = ReaderFixture.read(file: TestData.path(folder) + "/" + file, relativePath: file)
            documents += result.documents.count
            for document in result.documents {
                #expect(document.ledger.isClosed, "\(file): off by \(document.ledger.imbalance)")
                #expect(document.ledger.written == unicodeScalarCount(document.text), "\(file)")
            }
            if let failure = result.failure as? ReadFailure { #expect(!failure.description.contains("\n")) }
        }
        #expect(documents > 0)
    }

    @Test(.enabled(if: TestData.isPresent, "the shared test data are not here"))
    func aSpecificationSavedAsAPageHasItsHeadingsTablesAndCode() throws {
        let path = TestData.path("word-html/38413-f00.htm.zst")
        let document = try #require(ReaderFixture.read(file: path).documents.first)
        func count(_ kind: TextSpan.Kind) -> Int { document.spans.count { $0.kind == kind } }
        #expect(document.metadata.specification == "38.413")
        #expect(count(.heading) > 400 && count(.table) > 200 && count(.code) > 5)
        let text = String(decoding: document.text, as: UTF8.self)
        #expect(text.contains("AMF → NG-RAN node"))
    }
}
