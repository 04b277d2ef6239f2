public import Building
import Documents
import Files
public import Parallel
public import Shards

/// A sealed corpus on disk, opened for looking: the manifest is read, everything else when it is asked for.
public struct BuiltCorpus: Sendable {
    /// Where everything stands.
    public let folder: OutputFolder
    /// The seal.
    public let manifest: Manifest

    /// Opens a folder that `shardmill build` sealed; throws `InspectionFailure.notACorpus` where there is no manifest,
    /// `.halfReplaced` where a build was ended while it replaced the files.
    public init(_ path: String) throws {
        folder = OutputFolder(path)
        if !Folder.exists(folder.manifest) { throw InspectionFailure.notACorpus(folder: path) }
        if folder.isHalfReplaced { throw InspectionFailure.halfReplaced(folder: path) }
        manifest = try Manifest(folder: path)
    }

    /// The blocks of one side of the split.
    public func dataset(_ split: Split) throws -> ShardDataset { try ShardDataset(folder.split(split)) }

    /// Documents in all parts.
    public var documentCount: Int { manifest.documentParts.reduce(0) { $0 + $1.documents } }

    /// Calls `body` with every record of one part, in order, with its row.
    func forEachRecord(ofPart part: Int, _ body: (_ row: Int, DocumentRecord) throws -> Bool) throws {
        let path = PathText.join(folder.documents, manifest.documentParts[part].name)
        var row = manifest.documentParts[..<part].reduce(0) { $0 + $1.documents }
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var goesOn = true
        var line = 0
        while goesOn {
            let found: Void? = try lines.next { bytes in
                line += 1
                goesOn = try parser.parse(bytes, name: "\(path):\(line)") { element in
                    try body(row, DocumentRecord(element, path: path, line: line))
                }
                row += 1
            }
            if found == nil { return }
        }
    }

    /// Calls `body` with every line of one part, in order, with its row; the element is valid inside the call.
    func forEachElement(
        ofPart part: Int, _ body: (_ row: Int, JSONElement, DocumentRecord) throws -> Void
    ) throws {
        let path = PathText.join(folder.documents, manifest.documentParts[part].name)
        var row = manifest.documentParts[..<part].reduce(0) { $0 + $1.documents }
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var line = 0
        while true {
            let found: Void? = try lines.next { bytes in
                line += 1
                try parser.parse(bytes, name: "\(path):\(line)", isLineOfReader: true) { element in
                    try body(row, element, DocumentRecord(element, path: path, line: line))
                }
                row += 1
            }
            if found == nil { return }
        }
    }

    /// The part that holds a row; nil beyond the last.
    func part(ofRow row: Int) -> Int? {
        var end = 0
        for (part, entry) in manifest.documentParts.enumerated() {
            end += entry.documents
            if row < end { return part }
        }
        return nil
    }

    /// The records of the given rows. Cost: each part that holds one is read once, up to the last row wanted.
    func records(ofRows rows: Set<Int>) throws -> [Int: DocumentRecord] {
        var found: [Int: DocumentRecord] = [:]
        var start = 0
        for (part, entry) in manifest.documentParts.enumerated() {
            let range = start..<start + entry.documents
            start = range.upperBound
            var wanted = rows.count { range.contains($0) }
            if wanted == 0 { continue }
            try forEachRecord(ofPart: part) { row, record in
                if rows.contains(row) {
                    found[row] = record
                    wanted -= 1
                }
                return wanted > 0
            }
        }
        for row in rows.sorted() where found[row] == nil {
            throw InspectionFailure.noSuchRow(folder: folder.path, row: row, documents: documentCount)
        }
        return found
    }

    /// The documents of the given rows, with their texts. Cost: each part that holds one is read once, up to the last row wanted.
    func documents(ofRows rows: Set<Int>) throws -> [Int: (record: DocumentRecord, document: Document)] {
        var found: [Int: (record: DocumentRecord, document: Document)] = [:]
        var start = 0
        let parser = JSONParser()
        for entry in manifest.documentParts {
            let range = start..<start + entry.documents
            start = range.upperBound
            guard let last = rows.filter({ range.contains($0) }).max() else { continue }
            let path = PathText.join(folder.documents, entry.name)
            var lines = LineReader(try ByteStream.open(path))
            for row in range.lowerBound...last {
                let line: Void? = try lines.next { bytes in
                    if !rows.contains(row) { return }
                    found[row] = try parser.parse(bytes, name: path) {
                        (
                            try DocumentRecord($0, path: path, line: row - range.lowerBound + 1),
                            try Document(jsonLine: $0, name: path)
                        )
                    }
                }
                if line == nil { break }
            }
        }
        for row in rows.sorted() where found[row] == nil {
            throw InspectionFailure.noSuchRow(folder: folder.path, row: row, documents: documentCount)
        }
        return found
    }

    /// The document with an id, or the only one whose id begins so; throws `InspectionFailure.noSuchDocument` or
    /// `.ambiguousDocument`. Cost: all parts are read, on all workers.
    public func record(id: String, pool: WorkerPool) throws -> DocumentRecord { try find(id, pool).record }

    /// The document as it was written, with its text and its record; found as `record(id:pool:)` finds it.
    func document(id: String, pool: WorkerPool) throws -> (document: Document, record: DocumentRecord, row: Int) {
        let hit = try find(id, pool)
        let path = PathText.join(folder.documents, manifest.documentParts[hit.part].name)
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        for _ in 0..<hit.line { _ = try lines.next { _ in } }
        guard
            let document = try lines.next({
                try parser.parse($0, name: path) { try Document(jsonLine: $0, name: path) }
            })
        else { throw InspectionFailure.noSuchDocument(folder: folder.path, id: id) }
        let row = manifest.documentParts[..<hit.part].reduce(0) { $0 + $1.documents } + hit.line
        return (document, hit.record, row)
    }

    private func find(_ id: String, _ pool: WorkerPool) throws -> (record: DocumentRecord, part: Int, line: Int) {
        let hits = try pool.map(manifest.documentParts.count) {
            part, _ -> [(record: DocumentRecord, part: Int, line: Int)] in
            var hits: [(record: DocumentRecord, part: Int, line: Int)] = []
            var line = 0
            try forEachRecord(ofPart: part) { _, record in
                if !id.isEmpty, record.id.hasPrefix(id) { hits.append((record, part, line)) }
                line += 1
                return true
            }
            return hits
        }.flatMap { $0 }
        guard let hit = hits.first(where: { $0.record.id == id }) ?? hits.first else {
            throw InspectionFailure.noSuchDocument(folder: folder.path, id: id)
        }
        if hit.record.id != id, hits.count > 1 {
            throw InspectionFailure.ambiguousDocument(folder: folder.path, id: id, count: hits.count)
        }
        return hit
    }
}
