import Documents
import Files

/// Reads CSV and TSV: a document a row, row by row.
struct DelimitedReader {
    private let origin: TextOrigin
    private let context: ReadContext
    private let form: TextForm
    private let delimiter: UInt8
    private let columns: FieldColumns
    private let limit: Int

    /// A reader of the table at `origin`. Throws where the table has no column of text.
    init(_ origin: TextOrigin, _ context: ReadContext) throws {
        self.origin = origin
        self.context = context
        form = try origin.form(context)
        limit = max(1 << 26, 4 * context.options.maximumDocumentBytes)
        delimiter = try DelimitedReader.delimiter(origin, form, context)
        var rows = DelimitedScanner(TextStream(try origin.open(), form), delimiter: delimiter, limit: limit)
        let first: [String]? = try rows.next { row, fields, _ in
            fields.map { field in
                var name: [UInt8] = []
                DelimitedScanner.append(field, of: row, to: &name)
                return String(decoding: name, as: UTF8.self)
            }
        }
        guard let first else { throw ReadFailure.empty(path: context.name, what: "a table without rows") }
        let names = context.options.tableHeader ? first : first.indices.map { String($0 + 1) }
        columns = try FieldColumns(names, context)
    }

    /// Where rows begin that may begin a part of the file: the first at or after each multiple of `step`.
    func cuts(step: Int) throws -> [Int] {
        var cuts: [Int] = []
        var rows = DelimitedScanner(try origin.open(), delimiter: delimiter, limit: limit)
        var next = step
        while let _: Void = try rows.next({ _, _, _ in }) {
            if rows.nextOffset >= next {
                cuts.append(rows.nextOffset)
                next = rows.nextOffset / step * step + step
            }
        }
        return cuts
    }

    /// Emits a document for every row and rejects every bad one.
    func read(emit: (Document) throws -> Void, reject: (Rejection) throws -> Void) throws {
        let range = context.input.range ?? 0..<Int.max
        let stream = TextStream(try origin.open(from: range.lowerBound), form, offset: range.lowerBound)
        let shift = range.lowerBound > 0 ? range.lowerBound : stream.isPlain ? form.markBytes : 0
        var rows = DelimitedScanner(stream, delimiter: delimiter, limit: limit)
        if context.options.tableHeader, range.lowerBound == 0 { _ = try rows.next { _, _, _ in } }
        let writer = RecordWriter(context)
        var found = 0
        var linesBefore: Int?
        var text: [UInt8] = []
        while shift + rows.nextOffset < range.upperBound {
            var problem: String?
            var isBlank = false
            let offset = shift + rows.nextOffset
            let more: Void? = try rows.next { row, fields, fault in
                isBlank = row.allSatisfy { $0 == 0x0D || $0 == 0x20 }
                if isBlank { return }
                found += 1
                if let bad = UTF8Validation.firstBadByte(row) {
                    problem = "bytes that are not \(form.encoding.rawValue), the first at byte \(offset + bad)"
                    return
                }
                switch fault {
                case .unclosedQuote: problem = "a quote that is never closed"
                case .textAfterQuote: problem = "text after a closing quote"
                case nil: problem = columns.problem(fields.count)
                }
                if problem != nil { return }
                try emitRow(row, fields, offset, writer, &text, emit)
            }
            if more == nil { break }
            if isBlank { continue }
            guard let problem else { continue }
            if linesBefore == nil { linesBefore = try origin.lines(before: range.lowerBound) }
            let failure = ReadFailure.malformed(
                path: context.name, place: "line \(linesBefore! + rows.lineFeedsBefore + 1)",
                expected: "a row of \(columns.names.count) columns as RFC 4180 has them", found: problem)
            try reject(context.rejection(failure))
        }
        if found == 0, context.input.range == nil {
            throw ReadFailure.empty(path: context.name, what: "no row in the table")
        }
    }

    private func emitRow(
        _ row: UnsafeRawBufferPointer, _ fields: [DelimitedScanner.Field], _ offset: Int, _ writer: RecordWriter,
        _ text: inout [UInt8], _ emit: (Document) throws -> Void
    ) throws {
        func value(_ column: Int) -> String {
            var bytes: [UInt8] = []
            if column < fields.count { DelimitedScanner.append(fields[column], of: row, to: &bytes) }
            return String(decoding: bytes, as: UTF8.self)
        }
        text.removeAll(keepingCapacity: true)
        var added: [String: Int] = [:]
        for column in columns.text where fields[column].end > fields[column].start {
            if !text.isEmpty {
                text += [0x0A, 0x0A]
                added["field-breaks", default: 0] += 2
            }
            DelimitedScanner.append(fields[column], of: row, to: &text)
        }
        var metadata = columns.metadata(count: fields.count, value)
        if let encoding = form.reported { metadata.other["encoding"] = .string(encoding) }
        try text.withUnsafeBytes {
            try writer.emit(
                $0, key: columns.id.map(value), position: "@\(offset)", metadata: metadata, added: added, emit)
        }
    }

    /// The delimiter that gives the first rows the same number of columns, and the most; a tab first where the name says so.
    private static func delimiter(_ origin: TextOrigin, _ form: TextForm, _ context: ReadContext) throws -> UInt8 {
        let sample = try DocumentReader.sample(of: TextStream(origin.open(), form))
        let suffix = PathText.formatExtension(of: context.leafName)
        if suffix == "tsv" || suffix == "tab" { return 0x09 }
        var best: (delimiter: UInt8, isEven: Bool, columns: Int) = (UInt8(ascii: ","), false, 1)
        for delimiter in [UInt8(ascii: ","), 0x09, UInt8(ascii: ";"), UInt8(ascii: "|")] {
            var rows = DelimitedScanner(
                MemoryByteStream(sample, name: context.name), delimiter: delimiter, limit: .max >> 1)
            var counts: [Int] = []
            while counts.count < 10, let count: Int = try rows.next({ _, fields, _ in fields.count }) {
                // The last row of the sample may be cut off.
                if rows.nextOffset == sample.count, sample.count == Dialect.sampleBytes, !counts.isEmpty { break }
                counts.append(count)
            }
            guard let columns = counts.first, columns > 1 else { continue }
            let isEven = counts.allSatisfy { $0 == columns }
            if best.columns == 1 || isEven && !best.isEven || isEven == best.isEven && columns > best.columns {
                best = (delimiter, isEven, columns)
            }
        }
        return best.delimiter
    }
}
