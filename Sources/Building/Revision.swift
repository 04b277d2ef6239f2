import Documents
import Files
import Parallel
import Tokenization

/// The documents of one partition that lose a part of their text: their new texts in `revised/<key>.documents.zst` and their tokens beside it.
/// The tokens are written last: where they stand, both are whole.
struct Revision: Sendable {
    /// The artefact of the new texts.
    let documentsPath: String
    /// Their tokens.
    let tokens: TokenArtefact
    /// Bytes of text of each; 0 where nothing but white space is left.
    let bytes: [Int]
    /// The balance of all edits, in Unicode scalars.
    let ledger: ExtractionLedger

    private static func factsPath(_ folder: String, _ key: String) -> String { "\(folder)/\(key).facts.zst" }

    /// Raised whenever the same edits would give another text.
    static let version = "revised 1"

    /// Names the artefact: the text and the tokens that it began from, and every edit.
    static func key(tokenKey: String, edits: [(index: Int, edits: [TextEdit])]) -> String {
        var digest = SHA256Digest()
        digest.update(version)
        digest.update(tokenKey)
        for (index, edits) in edits {
            digest.update("document \(index)")
            for edit in edits {
                digest.update("\(edit.range) \(edit.rule)")
                digest.update(edit.replacement)
            }
        }
        return String(digest.hexadecimal().prefix(32))
    }

    /// The revision that stands in `folder` under `key`.
    init(folder: String, key: String) throws {
        documentsPath = ExtractArtefact.documentsPath(folder, key)
        tokens = try TokenArtefact(folder: folder, key: key)
        let path = Revision.factsPath(folder, key)
        let facts = try JSONValue(parsing: ArtefactFile.content(path), name: path)
        guard let ledger = facts["ledger"].flatMap(ExtractionLedger.init(json:)),
            let bytes = facts["bytes"]?.items?.compactMap(\.int), bytes.count == tokens.counts.count
        else { throw BuildFailure.damagedArtefact(path: path, problem: "no facts of a revision") }
        self.ledger = ledger
        self.bytes = bytes
    }

    static func exists(_ folder: String, _ key: String) -> Bool { Folder.exists(TokenArtefact.path(folder, key)) }

    /// Applies `edits`, in the order of documents, and tokenizes what is left.
    static func write(
        folder: String, key: String, documents: String, edits: [(index: Int, edits: [TextEdit])], width: Int,
        policy: SpecialTokenPolicy, encoder: TokenEncoder
    ) throws {
        let cursor = try DocumentCursor(documents)
        var texts = try ZstdFileWriter(ExtractArtefact.documentsPath(folder, key), level: 3)
        var tokens = try TokenArtefactWriter(TokenArtefact.path(folder, key), width: width)
        var bytes: [JSONValue] = []
        var ledger = ExtractionLedger()
        var ids: [UInt32] = []
        let droppedBefore = encoder.missingBytes
        for (index, edits) in edits {
            var document = try cursor.document(at: index)
            let before = document.ledger
            guard edits.allSatisfy({ $0.range.lowerBound >= 0 && $0.range.upperBound <= document.text.count }) else {
                throw BuildFailure.damagedArtefact(
                    path: documents, problem: "document \(index) is not the one that was decided about")
            }
            document.apply(edits)
            for edit in Set(edits.map(\.rule)) {
                ledger.remove(
                    (document.ledger.removed[edit] ?? 0) - (before.removed[edit] ?? 0), rule: edit)
                ledger.add((document.ledger.added[edit] ?? 0) - (before.added[edit] ?? 0), rule: edit)
            }
            ledger.written += document.ledger.written - before.written
            let isBlank = document.text.allSatisfy { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
            bytes.append(.integer(isBlank ? 0 : document.text.count))
            ids.removeAll(keepingCapacity: true)
            let specialsBefore = encoder.specialTokensAsText
            try document.text.withUnsafeBytes { try encoder.encode($0, specials: policy, into: &ids) }
            try tokens.append(ids, specials: encoder.specialTokensAsText - specialsBefore)
            try texts.append { document.appendJSONLine(to: &$0) }
        }
        try texts.commit()
        let facts = JSONValue.object(["bytes": .array(bytes), "ledger": ledger.json])
        try ZstdCompressor(level: 3).write(facts.encoded(), to: factsPath(folder, key))
        try tokens.commit(droppedBytes: encoder.missingBytes - droppedBefore)
    }
}
