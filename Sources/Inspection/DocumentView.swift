import Building
import Documents
public import Files
public import Parallel
import Shards

/// One document as it went into a corpus: what is known of it, where its tokens are, and its text with its structure.
public struct DocumentView: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// Row in `documents/`: the number that segments of blocks name.
    public let row: Int
    /// What is known of it, and where its tokens are.
    public let record: DocumentRecord
    /// The blocks that have a token of it, ascending; of the first copy where documents are packed one after another, else of all copies.
    public let blocks: [Int]
    private let document: Document

    /// Finds the document with an id, or the only one whose id begins so. Cost: all parts of `documents/` are read, on all
    /// workers; where pieces of documents stand anywhere, the shards of its split too. Throws `InspectionFailure`, `ShardFailure`.
    public init(_ corpus: BuiltCorpus, id: String, pool: WorkerPool) throws {
        let found = try corpus.document(id: id, pool: pool)
        document = found.document
        record = found.record
        row = found.row
        if found.record.block < 0 {
            blocks = []
            return
        }
        if corpus.manifest.recipe["pack"]?["strategy"]?.string ?? "concatenate" != "concatenate" {
            blocks = try DocumentView.blocks(ofRow: found.row, in: corpus.dataset(found.record.split), pool)
            return
        }
        let framed =
            found.record.tokens
            + (corpus.manifest.separator == "both" ? 2 : corpus.manifest.separator == "none" ? 0 : 1)
        let (last, overflow) = found.record.offset.addingReportingOverflow(max(0, framed - 1))
        let first = found.record.block
        blocks = Array(first...first + (overflow ? 0 : max(0, last / corpus.manifest.blockLength)))
    }

    /// The blocks with a segment of a row.
    private static func blocks(ofRow row: Int, in dataset: ShardDataset, _ pool: WorkerPool) throws -> [Int] {
        try pool.map(dataset.index.shards.count) { shard, _ in
            var blocks: [Int] = []
            try dataset.forEachBlock(ofShard: shard) { block in
                if block.segmentDocuments.contains(UInt32(clamping: row)) { blocks.append(block.index) }
            }
            return blocks
        }.flatMap { $0 }
    }

    /// One JSON object: the record of `documents/` and where it stands.
    public var json: JSONValue {
        .object([
            "schema": .integer(DocumentView.schemaVersion), "row": .integer(row), "document": record.json,
            "first_block": blocks.first.map { .integer($0) } ?? .null,
            "last_block": blocks.last.map { .integer($0) } ?? .null, "blocks": .array(blocks.map { .integer($0) }),
            "metadata": document.metadata.json, "ledger": document.ledger.json,
            "spans": .array(document.spans.map(\.json)),
            "text": .string(String(decoding: document.text, as: UTF8.self)),
        ])
    }

    /// The document for a terminal: facts, then the text with the kind of each stretch before it. `colours` marks the kinds in ANSI
    /// sequences; control characters in the text are shown as pictures.
    public func text(colours: Bool = false) -> String {
        var out = TerminalText.bold(TerminalText.sanitized(record.heading), colours) + "\n"
        for (name, value) in facts {
            out += TerminalText.faint("   \(name): \(TerminalText.sanitized(value))", colours) + "\n"
        }
        out += "\n"
        var position = 0
        for span in document.spans where span.start >= position && span.end <= document.text.count {
            out += TerminalText.sanitized(piece(position..<span.start))
            let level = span.level > 0 ? " \(span.level)" : ""
            let label = "[\(span.kind.rawValue)\(level)] "
            let number = TextSpan.Kind.allCases.firstIndex(of: span.kind) ?? 0
            out += TerminalText.coloured(label, number: number, colours)
            let body = TerminalText.sanitized(piece(span.start..<span.end))
            out += span.kind == .heading ? TerminalText.bold(body, colours) : body
            position = span.end
        }
        out += TerminalText.sanitized(piece(position..<document.text.count))
        return out.hasSuffix("\n") ? out : out + "\n"
    }

    private var facts: [(String, String)] {
        var facts = [("id", record.id), ("source", record.source)]
        if let path = record.path { facts.append(("path", path)) }
        for (key, value) in (document.metadata.json.members ?? [:]).sorted(by: { precedesInByteOrder($0.key, $1.key) })
        where key != "title" {
            facts.append((key, value.string ?? value.text()))
        }
        let place = blocks.isEmpty ? "no block" : "\(blocks.count == 1 ? "block" : "blocks") \(blockText)"
        let copies = record.copies == 1 ? "" : ", packed \(record.copies) times"
        facts.append(
            (
                "tokens",
                "\(NumberText.count(record.tokens)) in \(record.split.rawValue) \(place) from \(record.offset)\(copies), row \(row)"
            ))
        let rules = document.ledger.removed.sorted { precedesInByteOrder($0.key, $1.key) }.map {
            "\($0.key) \(NumberText.count($0.value))"
        }
        facts.append(
            (
                "ledger",
                "\(NumberText.count(document.ledger.source)) scalars read, \(NumberText.count(document.ledger.written)) written"
                    + (rules.isEmpty ? "" : ", removed: " + rules.joined(separator: ", "))
            ))
        return facts
    }

    /// `3–5, 9`
    private var blockText: String {
        var ranges: [ClosedRange<Int>] = []
        for block in blocks {
            if let last = ranges.last, last.upperBound + 1 == block {
                ranges[ranges.count - 1] = last.lowerBound...block
            } else {
                ranges.append(block...block)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }
            .joined(separator: ", ")
    }

    private func piece(_ range: Range<Int>) -> String { String(decoding: document.text[range], as: UTF8.self) }
}
