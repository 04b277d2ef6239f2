import Documents
import Files
import Readers
import TestSupport
import Testing

@testable import standards_generator

@Suite struct GeneratorTests {
    private static func writer(
        _ folder: String, first: Int = 0, count: Int = 60, format: OutputFormat = .mixed, share: Double = 0.2,
        threads: Int = 1
    ) -> CorpusWriter {
        CorpusWriter(
            seed: 5, first: first, count: count, format: format, share: share, folder: folder, threads: threads)
    }

    /// Every file of a folder, by relative path.
    private static func files(_ folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for path in try Folder.filesBelow(folder) {
            files[path] = try FileByteStream(folder + "/" + path).readAll(limit: 1 << 30)
        }
        return files
    }

    @Test func threadsDoNotChangeAByte() throws {
        let one = TemporaryFolder()
        let many = TemporaryFolder()
        let outcome = try GeneratorTests.writer(one.path).write()
        _ = try GeneratorTests.writer(many.path, threads: 4).write()
        let files = try GeneratorTests.files(one.path)
        #expect(try GeneratorTests.files(many.path) == files)
        #expect(outcome.documents == 60)
        #expect(outcome.nearDuplicates > 0)
        let formats = Set(files.keys.map { $0.split(separator: "/")[0] })
        #expect(formats == ["flatopc", "docx-xml", "pdf2xml", "markdown", "text", "jsonl", "near-duplicates.jsonl"])
    }

    @Test func anyRangeGivesTheSameDocuments() throws {
        let whole = TemporaryFolder()
        let part = TemporaryFolder()
        _ = try GeneratorTests.writer(whole.path, format: .text).write()
        _ = try GeneratorTests.writer(part.path, first: 23, count: 9, format: .text).write()
        let all = try GeneratorTests.files(whole.path)
        let some = try GeneratorTests.files(part.path).filter { $0.key.hasPrefix("text/") }
        #expect(some.count == 9)
        for (path, bytes) in some { #expect(all[path] == bytes, "\(path)") }
    }

    @Test func otherSeedsGiveOtherDocuments() {
        let words = SharedWords()
        var first = DocumentSource(seed: 1, share: 0, words: words)
        var second = DocumentSource(seed: 2, share: 0, words: words)
        let left = first.withDocument(3, .text) { Array($0) }
        let right = second.withDocument(3, .text) { Array($0) }
        #expect(left != right)
        #expect(first.withDocument(3, .text) { Array($0) } == left)
    }

    @Test func lengthsSpreadFromFiveToFourHundredKilobytes() {
        var source = DocumentSource(seed: 7, share: 0, words: SharedWords())
        let lengths = (0..<400).map { source.withDocument($0, .text) { $0.count } }.sorted()
        #expect(lengths.first! > 3_000 && lengths.first! < 8_000)
        #expect(lengths[200] > 15_000 && lengths[200] < 60_000)
        #expect(lengths.last! > 250_000 && lengths.last! < 520_000)
    }

    @Test func namesAreUnique() {
        let source = DocumentSource(seed: 7, share: 0, words: SharedWords())
        let numbers = Set(
            (0..<70_000).map { index in
                var number = ByteBuffer(capacity: 32)
                SpecificationIdentity(seed: 7, index: index).appendNumber(to: &number)
                return number.string
            })
        #expect(numbers.count == 70_000)
        #expect(source.name(0).hasPrefix("lgf-62.100-v"))
        #expect(numbers.contains("62.100-1"))
    }

    /// The text of every dialect as the project's own readers give it.
    @Test func everyDialectIsReadAndHasTheSameWords() throws {
        let folder = TemporaryFolder()
        var source = DocumentSource(seed: 11, share: 0.3, words: SharedWords())
        // Tables as the plain text has them: cells alone.
        var options = ReadOptions()
        options.tables = .markdown
        var reader = DocumentReader(options: options)
        var compared = 0
        for index in 0..<16 {
            let plain = source.withDocument(index, .text) { Array($0) }
            // Cover lines stand in the text form only.
            let expected = GeneratorTests.words(plain, droppingLines: 3)
            let expectedHeadings = source.withDocument(index, .markdown) { bytes in
                bytes.split(separator: 0x0A).filter { $0.first == 0x23 }.count
            }
            for format in [OutputFormat.flatopc, .docxXML, .pdf2xml, .markdown, .jsonl] {
                let path = source.withDocument(index, format) { folder.write(Array($0), to: "d\(format.suffix)") }
                var documents: [Document] = []
                try reader.read(
                    InputFile(path: path, relativePath: PathText.name(of: path), source: "s"),
                    emit: { documents.append($0) }, reject: { Issue.record("\($0)") })
                let document = try #require(documents.first)
                #expect(documents.count == 1)
                #expect(document.ledger.isClosed)
                let isWord = format == .flatopc || format == .docxXML
                if format != .markdown {
                    #expect(document.metadata.specification == GeneratorTests.number(index))
                    #expect(document.metadata.title?.hasPrefix("Lumen Grid") == true)
                    #expect(document.metadata.version?.split(separator: ".").count == 3)
                }
                // On pages a heading is known by its number, which an edit of a copy may have taken.
                let isCopy = CopyPlan(seed: 11, index: index, share: 0.3).isCopy
                if isWord || (format == .pdf2xml && !isCopy) {
                    #expect(document.spans.filter { $0.kind == .heading }.count == expectedHeadings)
                    #expect(document.spans.contains { $0.kind == .listItem })
                }
                // Mathematics has its own notation in each dialect.
                if isWord, document.spans.contains(where: { $0.kind == .equation }) { continue }
                let words = GeneratorTests.words(document.text, droppingLines: isWord || format == .pdf2xml ? 0 : 3)
                #expect(words == expected, "\(format) \(index)")
                compared += 1
            }
        }
        #expect(compared > 40)
    }

    private static func number(_ index: Int) -> String {
        var number = ByteBuffer(capacity: 32)
        SpecificationIdentity(seed: 11, index: index).appendNumber(to: &number)
        return number.string
    }

    private static func words(_ text: [UInt8], droppingLines: Int) -> [String] {
        // A fence names its language.
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).filter {
            !$0.starts(with: "```".utf8)
        }
        return ReferenceWords.of(Array(lines.dropFirst(droppingLines).joined(separator: [0x0A])))
    }

    @Test func anOutputThatIsAFileIsAClearError() {
        let folder = TemporaryFolder()
        let path = folder.write("x", to: "taken")
        #expect(throws: FileFailure.self) { try GeneratorTests.writer(path).write() }
    }
}
