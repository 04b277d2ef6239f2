import Documents
import Files
import Glibc
import ReadingProperties
import TestSupport
import Testing

@testable import Readers

/// Packages, archives and bad input.
@Suite struct PackageTests {
    private let body = ReaderFixture.paragraph("1 Scope", style: "S1") + ReaderFixture.paragraph("Text.")

    @Test func stylesAreResolvedByNameBasisAndOutline() {
        let styles: [(String, String, String, Int?)] = [
            ("1", "heading 1", "", nil), ("mine", "My Own", "1", nil), ("lvl", "Clause", "", 2),
            ("a", "loop", "b", nil),
            ("b", "pool", "a", nil), ("B10", "B1", "", nil),
        ]
        func text(_ style: String) -> String {
            ReaderFixture.read(
                ReaderFixture.package(ReaderFixture.paragraph("x", style: style), styles: styles), name: "a.docx"
            ).text
        }
        #expect(text("1") == "# x")
        #expect(text("mine") == "# x")
        #expect(text("lvl") == "### x")
        #expect(text("a") == "x")
        let item = ReaderFixture.read(
            ReaderFixture.package(ReaderFixture.paragraph("-", style: "B10"), styles: styles), name: "a.docx")
        #expect(item.documents[0].spans[0].kind == .listItem)
    }

    @Test func theMainPartIsFoundThroughRelationships() {
        let bytes = ReaderFixture.package(body, mainPart: "odd/main.xml")
        #expect(ReaderFixture.read(bytes, name: "a.docx").text == "1 Scope\n\nText.")
    }

    @Test func contentDecidesNotTheName() throws {
        let folder = TemporaryFolder()
        let path = folder.write(ReaderFixture.package(body), to: "x")
        func dialect(_ path: String, _ name: String) throws -> Dialect {
            try DocumentReader.recognise(InputFile(path: path, relativePath: name, source: "s"))
        }
        #expect(try dialect(path, "x.txt") == .wordPackage)
        #expect(try dialect(folder.write(ReaderFixture.documentXML(body), to: "y"), "y.txt") == .wordDocument)
        #expect(try dialect(folder.write("{\"text\": \"a\"}\n", to: "z"), "z.bin") == .jsonLines)
        #expect(try dialect(folder.write("# Title\n", to: "m"), "m.md") == .markdown)
        #expect(try dialect(folder.write("plain", to: "p"), "p.docx") == .plainText)
        #expect(try dialect(folder.write("", to: "e"), "e.txt") == .empty)
        #expect(ReaderFixture.read(ReaderFixture.package(body), name: "x.txt").text == "1 Scope\n\nText.")
    }

    @Test func archivesInsideArchives() {
        var inner = StoredZip()
        inner.add("23501-i50.docx", ReaderFixture.package(body))
        inner.add("../../escape.txt", "outside?")
        var outer = StoredZip()
        outer.add("deep/23501-i50.zip", inner.finished())
        outer.add("picture.png", [0x89, 0x50, 0x4E, 0x47, 0x0D])
        outer.add("data.jsonl", "{\"text\": \"from json\"}\n")
        let result = ReaderFixture.read(outer.finished(), name: "all.zip")
        #expect(result.failure == nil)
        #expect(
            result.documents.map { String(decoding: $0.text, as: UTF8.self) } == [
                "1 Scope\n\nText.", "outside?", "from json",
            ])
        #expect(result.documents[0].metadata.specification == "23.501")
        #expect(result.rejections.map(\.path) == ["all.zip!picture.png"])
        #expect(result.rejections.map(\.rule) == ["unsupported"])
        #expect(Set(result.documents.map(\.id)).count == 3)
    }

    @Test func depthAndExpansionAreBounded() {
        var bytes = Array("text".utf8)
        for _ in 0..<6 {
            var zip = StoredZip()
            zip.add("inner", bytes)
            bytes = zip.finished()
        }
        let deep = ReaderFixture.read(bytes, name: "deep.zip")
        #expect(deep.documents.isEmpty)
        #expect(deep.rejections.map(\.rule) == ["too-large"])
        var options = ReadOptions()
        options.maximumMemberBytes = 100
        var zip = StoredZip()
        zip.add("big.txt", [UInt8](repeating: 0x61, count: 101))
        zip.add("small.txt", "fits")
        let bounded = ReaderFixture.read(zip.finished(), name: "b.zip", options: options)
        #expect(bounded.text == "fits")
        #expect(bounded.rejections.map(\.rule) == ["too-large"])
        options.maximumMemberBytes = 1000
        options.maximumExpandedBytes = 103
        let spent = ReaderFixture.read(zip.finished(), name: "b.zip", options: options)
        #expect(spent.documents.count == 1)
        #expect(spent.rejections.count == 1)
    }

    @Test func aTruncatedPackageIsRefusedEverywhere() {
        let whole = ReaderFixture.package(body)
        #expect(ReaderFixture.read(whole, name: "a.docx").failure == nil)
        for length in stride(from: 0, to: whole.count - 22, by: 37) {
            let result = ReaderFixture.read(Array(whole[..<length]), name: "a.docx")
            // Cut inside the directory the members are still whole, and reading them is right.
            #expect(result.failure != nil || result.text == "1 Scope\n\nText.", "cut at \(length)")
            if let failure = result.failure { #expect(failure is ReadFailure || failure is FileFailure) }
        }
    }

    @Test func brokenPackagesSayWhatIsMissing() {
        var none = StoredZip()
        none.add("[Content_Types].xml", "<Types/>")
        none.add("_rels/.rels", "<Relationships/>")
        #expect(ReaderFixture.read(none.finished(), name: "a.docx").failureText.contains("word/document.xml"))
        var sheet = StoredZip()
        sheet.add("[Content_Types].xml", "<Types/>")
        sheet.add("xl/workbook.xml", "<x/>")
        #expect(ReaderFixture.read(sheet.finished(), name: "a.xlsx").failureText.contains("Excel"))
        var secret = StoredZip()
        secret.add("word/document.xml", Array("secret".utf8), flags: 1)
        #expect(ReaderFixture.read(secret.finished(), name: "a.docx").rule == "encrypted")
        var lying = StoredZip()
        lying.add("word/document.xml", Array(ReaderFixture.documentXML(body).utf8), declaredSize: 0x7FFF_FFF0)
        #expect(ReaderFixture.read(lying.finished(), name: "a.docx").failure != nil)
    }

    @Test func foreignFilesAreNamed() {
        func failure(_ bytes: [UInt8], _ name: String) -> String { ReaderFixture.read(bytes, name: name).failureText }
        #expect(failure([], "a.txt").contains("empty"))
        #expect(failure([0xD0, 0xCF, 0x11, 0xE0] + [UInt8](repeating: 0, count: 600), "a.doc").contains(".docx"))
        #expect(failure(Array("%PDF-1.4 x".utf8), "a.pdf").contains("PDF"))
        #expect(failure(Array("owner".utf8), "~$a.docx").contains("lock"))
        #expect(failure([1, 2, 0, 4], "a.txt").contains("binary"))
        #expect(failure(Array("<mediawiki/>".utf8), "a.xml").contains("without pages"))
        #expect(failure(Array("<project/>".utf8), "pom.xml").contains("XML with root <project>"))
        #expect(failure(Array(" \n\t ".utf8), "a.txt").contains("white space"))
        #expect(
            ReaderFixture.read(file: "/nonexistent/file").failure as? FileFailure == .missing(path: "/nonexistent/file")
        )
    }

    @Test func entitiesAndBombsAreRefused() {
        let bomb =
            "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>"
            + "<w:document xmlns:w=\"\(ReaderFixture.word)\"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
        #expect(ReaderFixture.read(bomb, name: "document.xml").failureText.contains("DTD"))
        let outside = bomb.replacing("[<!ENTITY a \"aaaaaaaaaa\">", with: "[<!ENTITY a SYSTEM \"file:///etc/passwd\">")
        #expect(ReaderFixture.read(outside, name: "document.xml").failureText.contains("DTD"))
        #expect(ReaderFixture.readBody(ReaderFixture.paragraph("&unknown;")).failureText.contains("well-formed"))
        let deep = String(repeating: "<w:sdt>", count: 600) + String(repeating: "</w:sdt>", count: 600)
        #expect(ReaderFixture.readBody(deep).failureText.contains("nested"))
        #expect(ReaderFixture.readBody("<w:p>").failureText.contains("well-formed"))
        #expect(ReaderFixture.readBody("").failureText.contains("without text"))
    }

    @Test func flatPackagesAreReadWithTheirStyles() {
        let flat =
            "<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"\(WordNamespaces.flatPackage)\"><pkg:part pkg:name=\"/word/header1.xml\">"
            + "<pkg:xmlData><w:hdr xmlns:w=\"\(ReaderFixture.word)\"><w:p><w:r><w:t>header</w:t></w:r></w:p></w:hdr></pkg:xmlData></pkg:part>"
            + "<pkg:part pkg:name=\"/word/document.xml\"><pkg:xmlData><w:document xmlns:w=\"\(ReaderFixture.word)\"><w:body>\(body)"
            + "</w:body></w:document></pkg:xmlData></pkg:part><pkg:part pkg:name=\"/word/styles.xml\"><pkg:xmlData><w:styles "
            + "xmlns:w=\"\(ReaderFixture.word)\"><w:style w:type=\"paragraph\" w:styleId=\"S1\"><w:name w:val=\"heading 1\"/></w:style>"
            + "</w:styles></pkg:xmlData></pkg:part></pkg:package>"
        let result = ReaderFixture.read(flat, name: "a.xml")
        #expect(result.text == "# 1 Scope\n\nText.")
        #expect(result.documents.first?.ledger.isClosed == true)
    }

    @Test func otherPrefixesStrictNamespaceAndUTF16() {
        let strict = WordNamespaces.main[1]
        let text =
            "<document xmlns=\"\(strict)\"><body><p><r><t>plain &amp; <![CDATA[<raw>]]> &#x20AC;</t></r></p></body></document>"
        let result = ReaderFixture.read(text, name: "document.xml")
        #expect(result.text == "plain & <raw> €")
        #expect(result.documents.first?.ledger.isClosed == true)
        let wide = ReaderFixture.utf16(text, isBigEndian: false)
        #expect(ReaderFixture.read(wide, name: "document.xml").text == "plain & <raw> €")
    }

    @Test func theLedgerKnowsADeclarationFromAValue() {
        // Data bindings name prefixes in a value; text may hold the word, and a value may hold a bracket.
        let text =
            "<a:document xmlns:a=\"\(ReaderFixture.word)\" note='>'><a:body><a:sdt><a:dataBinding a:prefixMappings=\"xmlns:a='urn:x'\" b='>' "
            + "c=\"xmlns:a='urn:y'\"/></a:sdt><a:p><a:r><a:t>one xmlns:a='urn:z'</a:t></a:r></a:p><b:p xmlns:b='\(ReaderFixture.word)' d='>'>"
            + "<b:r><b:t>two</b:t></b:r></b:p></a:body></a:document>"
        let result = ReaderFixture.read(text, name: "document.xml")
        #expect(result.text == "one xmlns:a='urn:z'\n\ntwo")
        #expect(result.documents.first?.ledger.isClosed == true)
        // A declaration counts wherever it stands among the blocks that are searched.
        for filler in 3_900..<4_200 {
            let late =
                "<a:document xmlns:a=\"\(ReaderFixture.word)\"><a:body><!--"
                + String(repeating: "-x", count: filler / 2)
                + (filler % 2 == 0 ? "" : "x")
                + " --><b:p xmlns:b='\(ReaderFixture.word)'><b:r><b:t>two</b:t></b:r></b:p></a:body></a:document>"
            #expect(
                ReaderFixture.read(late, name: "document.xml").documents.first?.ledger.isClosed == true, "\(filler)")
        }
    }

    @Test func errorsOfTheCallerPassThrough() {
        struct Stop: Error {}
        var zip = StoredZip()
        zip.add("a.txt", "text")
        let folder = TemporaryFolder()
        let input = InputFile(path: folder.write(zip.finished(), to: "a.zip"), relativePath: "a.zip", source: "s")
        var reader = DocumentReader(options: ReadOptions())
        #expect(throws: Stop.self) { try reader.read(input, emit: { _ in throw Stop() }, reject: { _ in }) }
    }

    @Test func splitSpecificationsAreJoinedInOrder() {
        func part(_ text: String) -> [UInt8] { ReaderFixture.package(ReaderFixture.paragraph(text)) }
        var zip = StoredZip()
        zip.add("in/38521-3-i11_sAnnexes.docx", part("annexes"))
        zip.add("in/38521-3-i11_s06.docx", part("six"))
        zip.add("in/38521-3-i11_cover.docx", part("cover"))
        zip.add("in/38521-3-i11_s00-05.docx", part("five"))
        zip.add("in/notes_s1.docx", part("no part"))
        zip.add("38521-3-i11_s07.docx", part("elsewhere"))
        let result = ReaderFixture.read(zip.finished(), name: "38521-3-i11.zip")
        #expect(result.failure == nil && result.rejections.isEmpty)
        let texts = result.documents.map { String(decoding: $0.text, as: UTF8.self) }
        #expect(texts == ["no part", "elsewhere", "cover\n\nfive\n\nsix\n\nannexes"])
        let whole = result.documents[2]
        #expect(whole.ledger.isClosed)
        #expect(whole.metadata.specification == "38.521-3")
        #expect(
            whole.spans.map { String(decoding: whole.text[$0.start..<$0.end], as: UTF8.self) } == [
                "cover", "five", "six", "annexes",
            ])
        var options = ReadOptions()
        options.maximumDocumentBytes = 12
        let divided = ReaderFixture.read(zip.finished(), name: "38521-3-i11.zip", options: options).documents
        #expect(divided.allSatisfy { $0.text.count <= 12 && $0.ledger.isClosed })
        #expect(divided.filter { $0.metadata.part != nil }.flatMap(\.text) == whole.text)
        // A part that cannot be read is rejected; the others are joined.
        var broken = StoredZip()
        broken.add("38521-3-i11_s01.docx", part("one"))
        broken.add("38521-3-i11_s02.docx", Array("PK".utf8))
        broken.add("38521-3-i11_s03.docx", ReaderFixture.package("<w:p>"))
        let rest = ReaderFixture.read(broken.finished(), name: "a.zip")
        #expect(rest.documents.count == 1 && rest.rejections.count == 1)
    }

    @Test func partsSideBySideAreJoinedToo() throws {
        let folder = TemporaryFolder()
        func file(_ name: String, _ body: String) -> InputFile {
            InputFile(
                path: folder.write(ReaderFixture.package(body), to: name), relativePath: "in/" + name, source: "s")
        }
        let cover = file("38521-3-i11_cover.docx", ReaderFixture.paragraph("cover"))
        let five = file("38521-3-i11_s00-05.docx", ReaderFixture.paragraph("five"))
        let bad = InputFile(
            path: folder.write(Array(ReaderFixture.package("<w:p/>").prefix(90)), to: "38521-3-i11_s06.docx"),
            relativePath: "in/38521-3-i11_s06.docx", source: "s")
        let changed = file(
            "38521-3-i11_s07.docx",
            "<w:p><w:r><w:t>a </w:t></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"
        )
        let files = [cover, five, bad, changed]
        #expect(
            InputFile.groups(["a.txt"] + files.map(\.relativePath) + ["in/38521-3-i12_s01.docx", "z_s1.docx"]) == [
                0..<1, 1..<5, 5..<6, 6..<7,
            ])
        var options = ReadOptions()
        options.revisions = .both
        var reader = DocumentReader(options: options)
        var documents: [Document] = []
        var rejections: [Rejection] = []
        try reader.read(parts: files, emit: { documents.append($0) }, reject: { rejections.append($0) })
        #expect(
            documents.map { String(decoding: $0.text, as: UTF8.self) } == [
                "cover\n\nfive\n\na old", "cover\n\nfive\n\na new",
            ])
        #expect(documents[1].id == Document.identifier(source: "s", relativePath: "in/38521-3-i11", place: ""))
        #expect(documents[0].id != documents[1].id)
        #expect(documents.allSatisfy { $0.ledger.isClosed && $0.metadata.other["whole"] == .string(documents[1].id) })
        #expect(rejections.map(\.path) == ["in/38521-3-i11_s06.docx"])
    }

    private func word2003(_ body: String, _ styles: String = "") -> String {
        "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w:wordDocument xmlns:w=\"\(WordNamespaces.main[2])\" "
            + "xmlns:aml=\"\(WordNamespaces.annotation)\" xmlns:wx=\"\(WordNamespaces.auxiliary)\"><w:styles>\(styles)</w:styles>"
            + "<w:body><wx:sect>\(body)</wx:sect></w:body></w:wordDocument>"
    }

    @Test func word2003() {
        let style = "<w:style w:type=\"paragraph\" w:styleId=\"S1\"><w:name w:val=\"heading 1\"/></w:style>"
        func change(_ type: String, _ inner: String) -> String {
            "<aml:annotation aml:id=\"1\" w:type=\"Word.\(type)\"><aml:content>\(inner)</aml:content></aml:annotation>"
        }
        let changed =
            "<w:p><w:r><w:t>a </w:t></w:r>" + change("Insertion", "<w:r><w:t>new</w:t></w:r>")
            + change("Deletion", "<w:r><w:delText>old</w:delText></w:r>")
            + change("Comment", ReaderFixture.paragraph("remark")) + "</w:p>"
        let item =
            "<w:p><w:pPr><w:listPr><w:ilvl w:val=\"0\"/><w:ilfo w:val=\"1\"/><wx:t wx:val=\"2)\"/></w:listPr></w:pPr><w:r><w:t>item</w:t></w:r></w:p>"
        let noted =
            "<w:p><w:r><w:t>text</w:t></w:r><w:r><w:footnote>\(ReaderFixture.paragraph("note"))</w:footnote></w:r><w:r><w:t>.</w:t></w:r></w:p>"
        let table =
            "<w:tbl><w:tr><w:tc><w:tcPr><w:vmerge w:val=\"restart\"/></w:tcPr>\(ReaderFixture.paragraph("x"))</w:tc></w:tr>"
            + "<w:tr><w:tc><w:tcPr><w:vmerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>"
        let body = ReaderFixture.paragraph("Scope", style: "S1") + changed + item + noted + table
        let result = ReaderFixture.read(word2003(body, style), name: "old.xml")
        #expect(
            result.text == "# Scope\n\na new\n\n2) item\n\ntext[^1].\n\n[^1]: note\n\n"
                + "<table>\n<tr><td rowspan=\"2\">x</td></tr>\n<tr></tr>\n</table>", "\(result.failureText)")
        #expect(result.documents.first?.ledger.isClosed == true)
        #expect(result.documents.first?.ledger.removed["comment"] == 6)
        var options = ReadOptions()
        options.revisions = .reject
        #expect(ReaderFixture.read(word2003(changed), name: "old.xml", options: options).text == "a old")
        #expect(ReaderFixture.read(word2003(""), name: "old.xml").failureText.contains("without text"))
        #expect(ReaderFixture.read(word2003("<w:p>"), name: "old.xml").failureText.contains("well-formed"))
    }
}

/// Legacy documents, with a stand-in for LibreOffice: the search path belongs to the process, so these run one after another.
@Suite(.serialized) struct LegacyWordTests {
    private let legacy: [UInt8] =
        [0xD0, 0xCF, 0x11, 0xE0] + Array("WordDocument".utf8.flatMap { [$0, 0] as [UInt8] })
        + [UInt8](repeating: 0, count: 600)

    @Test func legacyDocumentsAreConvertedOnRequest() {
        let folder = TemporaryFolder()
        let converted = folder.write(ReaderFixture.package(ReaderFixture.paragraph("converted")), to: "ready.docx")
        // Takes what follows --outdir, and leaves the ready document there.
        let script =
            "#!/bin/sh\nwhile [ $# -gt 1 ]; do if [ \"$1\" = --outdir ]; then cp '\(converted)' \"$2/input.docx\"; fi; shift; done\n"
        let program = folder.write(Array(script.utf8), to: "soffice")
        chmod(program, 0o755)
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        defer {
            setenv("PATH", path, 1)
            withExtendedLifetime(folder) {}
        }
        #expect(ReaderFixture.read(legacy, name: "old.doc").failureText.contains("legacy Word"))
        var options = ReadOptions()
        options.convertsLegacy = true
        setenv("PATH", PathText.folder(of: program) + ":" + path, 1)
        #expect(ReaderFixture.read(legacy, name: "old.doc", options: options).text == "converted")
        var zip = StoredZip()
        zip.add("23501.doc", legacy)
        #expect(ReaderFixture.read(zip.finished(), name: "a.zip", options: options).text == "converted")
        _ = folder.write(Array("#!/bin/sh\nexit 3\n".utf8), to: "soffice")
        chmod(program, 0o755)
        #expect(ReaderFixture.read(legacy, name: "old.doc", options: options).failureText.contains("exit status 3"))
        setenv("PATH", "/nonexistent", 1)
        #expect(
            ReaderFixture.read(legacy, name: "old.doc", options: options).failureText.contains("install LibreOffice"))
    }
}
