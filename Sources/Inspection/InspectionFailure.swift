public import Files

/// What stands in the way of looking at a built corpus.
public enum InspectionFailure: Failure, Equatable {
    /// The folder holds no sealed corpus.
    case notACorpus(folder: String)
    /// A build was ended while it replaced the files of the folder.
    case halfReplaced(folder: String)
    /// A record of `documents/` that is not what a build writes.
    case malformedRecord(path: String, line: Int, expected: String)
    /// No document has the id.
    case noSuchDocument(folder: String, id: String)
    /// Several documents have ids that begin so.
    case ambiguousDocument(folder: String, id: String, count: Int)
    /// A segment names a document beyond those of the corpus.
    case noSuchRow(folder: String, row: Int, documents: Int)
    /// The tokenizer is not the one the corpus was built with.
    case otherTokenizer(expected: String, found: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .notACorpus, .noSuchDocument, .halfReplaced: .missingInput
        case .malformedRecord, .noSuchRow: .unreadableInput
        case .otherTokenizer, .ambiguousDocument: .usage
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .notACorpus(let folder):
            "\(folder): expected a built corpus with a manifest.json, found none; run `shardmill build` to its end"
        case .halfReplaced(let folder):
            "\(folder): expected one corpus, found a build that was ended while it replaced the files of an earlier one; run that build again"
        case .malformedRecord(let path, let line, let expected):
            "\(path):\(line): expected \(expected), found none; build the corpus again"
        case .noSuchDocument(let folder, let id):
            "\(folder)/documents: no document has the id \(id); ids are 32 hexadecimal digits, see documents/part-*.jsonl.zst"
        case .ambiguousDocument(let folder, let id, let count):
            "\(folder)/documents: expected one document whose id begins with \(id), found \(count); give more of the id"
        case .noSuchRow(let folder, let row, let documents):
            "\(folder): a segment names document row \(row), found \(documents) documents; build the corpus again"
        case .otherTokenizer(let expected, let found):
            "tokenizer: expected the one of the corpus, digest \(expected), found digest \(found); name the other one"
        }
    }
}
