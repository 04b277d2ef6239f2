import Documents
import Files
import Glibc
import ReadingProperties
import TestSupport
import Testing

@testable import Readers

/// A PDF through a program: stand-ins for `pdftohtml` that fail in every way, and the program itself where it is installed.
@Suite struct PDFConversionTests {
    private static let hasConverter = ["/usr/bin", "/usr/local/bin", "/bin"].contains {
        access($0 + "/pdftohtml", X_OK) == 0
    }

    /// A PDF of one page and one line, by hand; poppler mends the table of contents that it has not.
    private static let pdf = """
        %PDF-1.4
        1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
        2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
        3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>> endobj
        4 0 obj <</Length 58>> stream
        BT /F1 12 Tf 72 700 Td (The relay keeps its lamps dark.) Tj ET
        endstream endobj
        5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
        trailer <</Root 1 0 R>>
        %%EOF

        """

    private func read(script: String, seconds: Int = 60, bytes: String = PDFConversionTests.pdf) -> ReadResult {
        let folder = TemporaryFolder()
        let program = folder.write("#!/bin/sh\n" + script, to: "converter")
        chmod(program, 0o755)
        var options = ReadOptions()
        options.pdfConverter = program
        options.conversionSeconds = seconds
        options.maximumExpandedBytes = 1 << 20
        defer { withExtendedLifetime(folder) {} }
        return ReaderFixture.read(bytes, name: "spec.pdf", options: options)
    }

    private static let page =
        "<pdf2xml producer=\"poppler\" version=\"1\"><page number=\"1\"><text top=\"1\" left=\"1\">Words.</text></page></pdf2xml>"

    @Test func recognisedByContent() throws {
        let folder = TemporaryFolder()
        let path = folder.write(PDFConversionTests.pdf, to: "a.txt")
        #expect(try DocumentReader.recognise(InputFile(path: path, relativePath: "a.txt", source: "s")) == .pdf)
    }

    @Test func theProgramsOutputIsRead() {
        let result = read(script: "cat <<'END'\n\(PDFConversionTests.page)\nEND\n")
        #expect(result.text == "Words.")
        #expect(result.documents.first?.metadata.other["converter"]?.string == "poppler 1")
    }

    @Test func aMissingProgramSaysWhatToInstall() {
        var options = ReadOptions()
        options.pdfConverter = "no-such-converter"
        let result = ReaderFixture.read(PDFConversionTests.pdf, name: "spec.pdf", options: options)
        #expect(result.rule == "unsupported")
        #expect(result.failureText.contains("install poppler-utils"), "\(result.failureText)")
    }

    @Test func failuresOfTheProgramAreNamed() {
        let damaged = read(script: "echo 'Syntax Error: nothing here' >&2; exit 1")
        #expect(damaged.rule == "unreadable")
        #expect(damaged.failureText.contains("Syntax Error: nothing here"), "\(damaged.failureText)")
        let locked = read(script: "echo 'Command Line Error: Incorrect password' >&2; exit 1")
        #expect(locked.rule == "encrypted")
        let killed = read(script: "echo '<pdf2xml>'; kill -9 $$")
        #expect(killed.rule == "unreadable", "\(killed.failureText)")
        // Well-formed output does not make up for a failure.
        let late = read(script: "cat <<'END'\n\(PDFConversionTests.page)\nEND\nexit 3")
        #expect(late.rule == "unreadable")
        #expect(late.documents.isEmpty)
        let cut = read(script: "echo '<pdf2xml><page number=\"1\"><text>Wo'")
        #expect(cut.rule == "unreadable")
    }

    @Test func aProgramThatHangsOrNeverEndsIsStopped() {
        let hangs = read(script: "echo '<pdf2xml>'; exec sleep 600", seconds: 1)
        #expect(hangs.rule == "too-large", "\(hangs.failureText)")
        #expect(hangs.failureText.contains("seconds"))
        let floods = read(script: "echo '<pdf2xml>'; while :; do echo '<page number=\"1\"></page>'; done")
        #expect(floods.failureText.contains("larger than 1048576 bytes"), "\(floods.failureText)")
        let chatters = read(
            script:
                "i=0; while [ $i -lt 20000 ]; do echo \"Warning $i of a long row of warnings\" >&2; i=$((i+1)); done; echo '\(PDFConversionTests.page)'"
        )
        #expect(chatters.text == "Words.")
    }

    @Test(.enabled(if: hasConverter)) func poppler() {
        let result = ReaderFixture.read(PDFConversionTests.pdf, name: "spec.pdf")
        #expect(result.text == "The relay keeps its lamps dark.", "\(result.failureText)")
        var zip = StoredZip()
        zip.add("inside/spec.pdf", PDFConversionTests.pdf)
        #expect(ReaderFixture.read(zip.finished(), name: "a.zip").text == "The relay keeps its lamps dark.")
        let broken = ReaderFixture.read("%PDF-1.7\nnothing of a PDF follows", name: "broken.pdf")
        #expect(broken.rule == "unreadable", "\(broken.failureText)")
        #expect(!broken.failureText.contains("\n"))
    }
}
