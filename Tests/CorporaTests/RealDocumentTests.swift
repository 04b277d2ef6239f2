import Cleaning
import Documents
import Files
import Readers
import TestSupport
import Testing

/// The default rules on real standards as the readers give them, with their tables and code: nothing goes. A file
/// that holds no document is the readers' matter.
@Suite(.enabled(if: TestData.isPresent)) struct RealDocumentTests {
    @Test(arguments: ["flat-opc", "3gpp-tdocs", "3gpp-docx", "pdf2xml"])
    func standardsStay(_ folder: String) throws {
        let root = TestData.path(folder)
        var options = CleaningOptions()
        try options.setLanguages(["en"])
        let rules = QualityRules(options)
        var reader = DocumentReader(options: ReadOptions())
        var documents = 0
        var dropped: [String] = []
        for path in try Folder.filesBelow(root) where path != "SOURCES.md" {
            let input = InputFile(path: root + "/" + path, relativePath: path, source: folder)
            try? reader.read(
                input,
                emit: { read in
                    var document = read
                    let imbalance = document.ledger.imbalance
                    UnicodeRepair.repair(&document)
                    #expect(document.ledger.imbalance == imbalance)
                    #expect(document.ledger.written == unicodeScalarCount(document.text))
                    documents += 1
                    if let violation = rules.firstViolation(QualityMeasure.measure(document)) {
                        dropped.append("\(path) \(violation)")
                    }
                }, reject: { _ in })
        }
        #expect(documents > 0)
        #expect(dropped.isEmpty, "\(dropped.count) of \(documents): \(dropped.prefix(20))")
    }
}
