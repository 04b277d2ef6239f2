import Documents
import Files

/// The documents of an artefact one after another, when they are asked for.
final class DocumentCursor {
    private let path: String
    private var lines: LineReader
    private let parser = JSONParser()
    /// The index of the document that `next` returns next.
    private(set) var index = 0

    /// Stands before the first document of the artefact at `path`.
    init(_ path: String) throws {
        self.path = path
        lines = LineReader(try ArtefactFile.checked(path) { try ByteStream.open(path) })
    }

    /// The next document; nil at the end.
    func next() throws -> Document? {
        let (path, parser) = (path, parser)
        let document = try ArtefactFile.checked(path) {
            try lines.next { line in
                try parser.parse(line, name: path, isLineOfReader: true) { try Document(jsonLine: $0, name: path) }
            }
        }
        index += 1
        return document
    }

    /// The document of an index at or after the next one.
    func document(at wanted: Int) throws -> Document {
        while let document = try next() {
            if index == wanted + 1 { return document }
        }
        throw BuildFailure.damagedArtefact(path: path, problem: "fewer documents than \(wanted + 1)")
    }
}
