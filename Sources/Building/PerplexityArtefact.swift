import Cleaning
import Documents
import Files

/// What a model says of the documents of one partition, in order: `perplexity/<key>.json`.
struct PerplexityArtefact: Sendable {
    /// Raised whenever the same model would give the same text another score.
    static let version = "perplexity 1"

    static func path(_ folder: String, _ key: String) -> String { "\(folder)/\(key).json" }

    let path: String
    let signals: [PerplexitySignal]

    init(folder: String, key: String) throws {
        let path = PerplexityArtefact.path(folder, key)
        self.path = path
        guard
            let items = try ArtefactFile.checked(path, { try JSONValue(file: path) })["documents"]?.items,
            case let signals = items.compactMap(PerplexitySignal.init(json:)), signals.count == items.count
        else { throw BuildFailure.damagedArtefact(path: path, problem: "no list of perplexities") }
        self.signals = signals
    }

    /// Scores the documents of an artefact.
    static func write(
        folder: String, key: String, documents: String, score: (Document) throws -> PerplexitySignal
    ) throws {
        var signals: [JSONValue] = []
        try ExtractArtefact.forEachDocument(at: documents) { document in
            do { signals.append(try score(document).json) } catch let failure as any Failure
                where failure.kind == .unreadableInput
            {
                throw BuildFailure.unscored(id: document.id, source: document.source, problem: failure.description)
            }
            return true
        }
        try AtomicFile.write(JSONValue.object(["documents": .array(signals)]).encoded(), to: path(folder, key))
    }
}
