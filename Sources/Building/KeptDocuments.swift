import Documents

/// The documents of one partition as they stay: revised where something went from their text. Asked for in the order of the partition, again
/// from the beginning where a layer of later documents begins: going back reads the artefact anew.
final class KeptDocuments {
    private let path: String
    private var read: DocumentCursor
    private var revised: DocumentCursor?
    private let revisedPath: String?

    /// Rows of one partition after each other, in its order: documents of a partition are read in their order, and another layer begins it
    /// anew.
    static func runs(of rows: [Int], _ kept: [KeptDocument]) -> [(partition: Int, rows: [Int])] {
        var runs: [(partition: Int, rows: [Int])] = []
        for row in rows {
            let document = kept[row]
            if let last = runs.last, last.partition == document.partition,
                last.rows.last.map({ kept[$0].index < document.index }) == true
            {
                runs[runs.count - 1].rows.append(row)
            } else {
                runs.append((document.partition, [row]))
            }
        }
        return runs
    }

    init(partition: Int, extractKeys: [String], tokens: TokenShelf, output: OutputFolder) throws {
        let path = ExtractArtefact.documentsPath(output.extracted, extractKeys[partition])
        revisedPath = tokens.revisions[partition]?.documentsPath
        self.path = path
        read = try DocumentCursor(path)
        revised = try revisedPath.map { try DocumentCursor($0) }
    }

    /// A document.
    func document(_ kept: KeptDocument) throws -> Document {
        let document: Document
        if let index = kept.revision, let open = revised, let path = revisedPath {
            let cursor = open.index > index ? try DocumentCursor(path) : open
            revised = cursor
            document = try cursor.document(at: index)
        } else {
            if read.index > kept.index { read = try DocumentCursor(path) }
            document = try read.document(at: kept.index)
        }
        guard kept.facts.id == document.id else {
            throw BuildFailure.damagedArtefact(
                path: path, problem: "document \(kept.index) is not the one in its facts")
        }
        return document
    }
}
