internal import Files

/// The documents in JSON Lines of token ids, `{"input_ids": […]}` a line, with `segment_ends` and `documents` where a line is a block, and
/// `loss_spans` where not all of it carries loss.
public struct JSONLinesTokenDocuments: TokenDocumentStream {
    private let path: String
    private let options: TokenImportOptions
    private let lines: LineSource
    private var cutter: DocumentCutter
    private var isAtEnd = false

    /// Opens a file, also compressed with zstd, gzip, bzip2 or xz.
    public init(_ path: String, options: TokenImportOptions = TokenImportOptions()) throws {
        self.path = path
        self.options = options
        lines = LineSource(try ByteStream.open(path))
        cutter = DocumentCutter(path: path, options: options)
    }

    /// The next document; blank lines and lines without ids are passed over.
    public mutating func next() throws -> TokenDocument? {
        let path = path
        func place(_ line: Int) -> String { "\(path):\(line)" }
        while true {
            if let document = cutter.next() { return document }
            if isAtEnd { return nil }
            guard let line = try lines.next(path: path, options: options) else {
                isAtEnd = true
                try cutter.close(place: place)
                continue
            }
            if !line.continues { cutter.closeSegments() }
            try line.ids.withUnsafeBufferPointer {
                try cutter.add(line.number, $0, ends: line.ends, rows: line.rows, loss: line.loss, place: place)
            }
        }
    }
}

/// A line as a block.
struct TokenRecord {
    var number: Int
    var ids: [UInt32]
    var ends: [UInt32]
    var rows: [UInt32]
    var loss: [Range<Int>]?
    /// Whether its first segment may go on with the document that the line before ends with.
    var continues: Bool
}

/// Reads lines of ids. A class, since a reader of lines cannot be copied and a stream of documents can.
private final class LineSource {
    private var lines: LineReader
    private let parser = JSONParser()

    init(_ stream: ByteStream) { lines = LineReader(stream) }

    func next(path: String, options: TokenImportOptions) throws -> TokenRecord? {
        while true {
            let number = lines.lineNumber + 1
            let parser = parser
            let record = try lines.next { line -> TokenRecord? in
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
                return try parser.parse(line, name: "\(path):\(number)", isLineOfReader: true) { element in
                    try LineSource.record(element, number, path, options)
                }
            }
            guard let record else { return nil }
            if let record { return record }
        }
    }

    private static func record(
        _ element: JSONElement, _ number: Int, _ path: String, _ options: TokenImportOptions
    ) throws -> TokenRecord {
        func malformed(_ place: String, _ expected: String, _ found: String) -> TokenImportFailure {
            .malformed(path: "\(path):\(number)", place: place, expected: expected, found: found)
        }
        func numbers(_ name: String) throws -> [UInt32]? {
            guard let array = element.member(name), array.kind != .null else { return nil }
            guard array.kind == .array else { throw malformed(name, "an array of whole numbers", "\(array.kind)") }
            var numbers: [UInt32] = []
            try array.forEachItem { item in
                guard let value = item.int, let number = UInt32(exactly: value) else {
                    throw malformed(
                        "\(name)[\(numbers.count)]", "a whole number from 0 to \(UInt32.max)", item.value.text())
                }
                numbers.append(number)
            }
            return numbers
        }
        let names = options.column.map { [$0] } ?? ["input_ids", "tokens", "ids"]
        var found: [UInt32]?
        for name in names where found == nil { found = try numbers(name) }
        guard let ids = found else {
            throw malformed("line", "the member \(names.joined(separator: " or "))", "none of this name")
        }
        let ends = try numbers(BlockSchema.segmentEnds) ?? (ids.isEmpty ? [] : [UInt32(clamping: ids.count)])
        var previous: UInt32 = 0
        for (place, end) in ends.enumerated() {
            guard end > previous, end <= ids.count else {
                throw malformed(
                    "\(BlockSchema.segmentEnds)[\(place)]", "\(previous + 1) to \(ids.count)", "\(end)")
            }
            previous = end
        }
        let rows = try numbers("documents") ?? []
        guard rows.isEmpty || rows.count == ends.count else {
            throw malformed("documents", "\(ends.count) rows, one for each segment", "\(rows.count)")
        }
        let continues = element.member("continues")
        guard continues == nil || continues?.kind == .null || continues?.bool != nil else {
            throw malformed("continues", "true or false", continues?.value.text() ?? "")
        }
        return TokenRecord(
            number: number, ids: ids, ends: ends, rows: rows,
            loss: try numbers(BlockSchema.lossSpans).map { try spans($0, below: Int(previous), malformed) },
            continues: continues?.bool ?? true)
    }

    /// The spans of pairs start, end that ascend to `end` at most; none of them is empty, but for the pair 0, 0, which stands for none.
    private static func spans(
        _ bounds: [UInt32], below end: Int, _ malformed: (String, String, String) -> TokenImportFailure
    ) throws -> [Range<Int>] {
        let name = BlockSchema.lossSpans
        guard bounds.count % 2 == 0 else { throw malformed(name, "pairs of start and end", "\(bounds.count) numbers") }
        if bounds == [0, 0] { return [] }
        var least = 0
        for (place, bound) in bounds.enumerated() {
            let most = place % 2 == 0 ? end - 1 : end
            guard bound >= least, bound <= most else {
                let expected = least <= most ? "\(least) to \(most)" : "no more spans in \(end) tokens"
                throw malformed("\(name)[\(place)]", expected, "\(bound)")
            }
            least = Int(bound) + (place % 2 == 0 ? 1 : 0)
        }
        return stride(from: 0, to: bounds.count, by: 2).map { Int(bounds[$0])..<Int(bounds[$0 + 1]) }
    }
}
