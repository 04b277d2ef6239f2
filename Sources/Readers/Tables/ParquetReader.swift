import Documents
import Files

/// Reads Parquet files of flat columns: a document a row. Memory: a page of each column.
struct ParquetReader {
    private let origin: ParquetOrigin
    private let context: ReadContext
    private let footer: ParquetFooter
    private let columns: FieldColumns

    /// Reads the end of the file. Throws where it is no Parquet or has no column of text.
    init(_ origin: ParquetOrigin, _ context: ReadContext) throws {
        self.origin = origin
        self.context = context
        do { footer = try ParquetFooter(origin) } catch let fault as ByteCursor.Fault {
            throw ReadFailure.malformed(
                path: context.name, place: "Parquet footer", expected: fault.expected, found: "other bytes")
        }
        columns = try FieldColumns(footer.columns.map(\.name), context)
        for index in columns.text where !footer.columns[index].isText {
            throw ReadFailure.malformed(
                path: context.name, place: "column \(footer.columns[index].name)", expected: "text",
                found: "\(footer.columns[index].type)")
        }
        // A few bytes can claim any number of empty rows.
        let rows = footer.groups.reduce(0) { $0.addingReportingOverflow($1.rows).partialValue }
        let most = 64 * origin.count + (1 << 16)
        if rows < 0 || rows > most || footer.groups.contains(where: { $0.rows > most }) {
            throw ReadFailure.bound(
                path: context.name, what: "rows", limit: most,
                advice: "the file is damaged or written to exhaust a reader")
        }
    }

    /// Emits a document for every row with text. Rows without any are counted in one rejection.
    func read(emit: (Document) throws -> Void, reject: (Rejection) throws -> Void) throws {
        var row = 0
        var empty: (first: Int, count: Int) = (0, 0)
        for group in footer.groups {
            do {
                try read(group, &row, &empty, emit, reject)
            } catch let fault as ByteCursor.Fault {
                throw ReadFailure.malformed(
                    path: context.name, place: "row \(row)", expected: fault.expected, found: "other bytes")
            }
        }
        if empty.count > 0 {
            try reject(
                context.rejection(
                    ReadFailure.empty(
                        path: context.name,
                        what: "\(empty.count) rows have no text, the first is row \(empty.first)")))
        }
        if row == 0 { throw ReadFailure.empty(path: context.name, what: "no row in the table") }
    }

    private func read(
        _ group: (rows: Int, chunks: [ParquetFooter.Chunk?]), _ row: inout Int, _ empty: inout (first: Int, count: Int),
        _ emit: (Document) throws -> Void, _ reject: (Rejection) throws -> Void
    ) throws {
        var cursors: [ParquetColumn?] = []
        for (index, column) in footer.columns.enumerated() {
            let isWanted = columns.text.contains(index) || columns.isKept(index) && column.isReadable
            guard isWanted else {
                cursors.append(nil)
                continue
            }
            guard column.leaf < group.chunks.count, let chunk = group.chunks[column.leaf] else {
                throw ByteCursor.Fault(expected: "a chunk of column \(column.name)")
            }
            cursors.append(ParquetColumn(origin, column, chunk, name: context.name))
        }
        let writer = RecordWriter(context)
        var values = [ParquetColumn.Value](repeating: .null, count: cursors.count)
        var text: [UInt8] = []
        for _ in 0..<group.rows {
            for index in cursors.indices {
                if let cursor = cursors[index] { values[index] = try cursor.next() }
            }
            row += 1
            text.removeAll(keepingCapacity: true)
            var added: [String: Int] = [:]
            var found = 0
            for index in columns.text {
                guard case .bytes(let range) = values[index], let cursor = cursors[index] else { continue }
                if range.isEmpty, columns.text.count > 1 { continue }
                if found > 0 {
                    text += [0x0A, 0x0A]
                    added["field-breaks", default: 0] += 2
                }
                found += 1
                cursor.withBytes(range) { text.append(contentsOf: $0) }
            }
            if found == 0 {
                if empty.count == 0 { empty.first = row }
                empty.count += 1
                continue
            }
            if let bad = text.withUnsafeBytes({ UTF8Validation.firstBadByte($0) }) {
                try reject(
                    context.rejection(
                        ReadFailure.malformed(
                            path: context.name, place: "row \(row)", expected: "UTF-8",
                            found: "other bytes, the first at byte \(bad) of the text")))
                continue
            }
            func value(_ index: Int) -> JSONValue? {
                switch values[index] {
                case .null: nil
                case .bytes(let range):
                    cursors[index]?.withBytes(range) { .string(String(decoding: $0, as: UTF8.self)) }
                case .integer(let number): .integer(number)
                case .double(let number): .double(number)
                case .bool(let truth): .bool(truth)
                }
            }
            let key = columns.id.flatMap(value).flatMap { $0.string ?? $0.int.map(String.init) }
            try text.withUnsafeBytes {
                try writer.emit(
                    $0, key: key, position: "#\(row)", metadata: columns.metadata(value), added: added, emit)
            }
        }
    }
}

extension ParquetFooter.Column {
    /// Whether its values can stand in metadata.
    fileprivate var isReadable: Bool {
        switch type {
        case .bytes: isText
        case .int96, .fixed: false
        default: true
        }
    }
}
