import Files

/// The values of one column of a row group, one by one, page by page.
final class ParquetColumn {
    enum Value {
        case null
        /// Bytes in `bytes`.
        case bytes(Range<Int>)
        case integer(Int)
        case double(Double)
        case bool(Bool)
    }

    /// No page holds more values or more bytes.
    static let mostValues = 1 << 24
    static let mostBytes = 256 << 20

    private enum Coding {
        case none
        case plain(ByteCursor)
        case dictionary(HybridCursor)
        case bits(HybridCursor)
        case numbers(DeltaCursor)
        case lengths(DeltaCursor, ByteCursor)
        case prefixes(DeltaCursor, DeltaCursor, ByteCursor)
    }

    private let origin: ParquetOrigin
    private let column: ParquetFooter.Column
    private let chunk: ParquetFooter.Chunk
    private let name: String
    private let zstd = ZstdDecompressor()
    private var place: Int
    private var valuesLeft: Int
    private var leftInPage = 0
    private var coding = Coding.none
    private var levels: HybridCursor?
    private var dictionary: [Value] = []
    private var dictionaryBytes: [UInt8] = []
    /// What `Value.bytes` counts in, until the next call of `next`.
    private(set) var bytes: [UInt8] = []
    private var usesDictionary = false
    private var bitsLeft = 0

    init(_ origin: ParquetOrigin, _ column: ParquetFooter.Column, _ chunk: ParquetFooter.Chunk, name: String) {
        self.origin = origin
        self.column = column
        self.chunk = chunk
        self.name = name
        place = chunk.start
        valuesLeft = chunk.values
    }

    /// The next value.
    func next() throws -> Value {
        while leftInPage == 0 {
            guard valuesLeft > 0, place < chunk.end else { throw ByteCursor.Fault(expected: "another value") }
            try openPage()
        }
        leftInPage -= 1
        valuesLeft -= 1
        if levels != nil, try levels!.next() == 0 { return .null }
        return try decode()
    }

    /// Calls `body` with the bytes of a value.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try (usesDictionary ? dictionaryBytes : bytes).withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[range]))
        }
    }

    private func decode() throws -> Value {
        switch coding {
        case .none: throw ByteCursor.Fault(expected: "a page with values")
        case .plain(var cursor):
            coding = .none
            defer { coding = .plain(cursor) }
            return try plain(&cursor)
        case .dictionary(var cursor):
            coding = .none
            defer { coding = .dictionary(cursor) }
            let index = Int(try cursor.next())
            guard index < dictionary.count else { throw ByteCursor.Fault(expected: "an entry of the dictionary") }
            return dictionary[index]
        case .bits(var cursor):
            coding = .none
            defer { coding = .bits(cursor) }
            return .bool(try cursor.next() != 0)
        case .numbers(var cursor):
            coding = .none
            defer { coding = .numbers(cursor) }
            return .integer(Int(try cursor.next()))
        case .lengths(var lengths, var data):
            coding = .none
            defer { coding = .lengths(lengths, data) }
            return .bytes(try data.take(ParquetColumn.length(try lengths.next())))
        case .prefixes(var prefixes, var suffixes, var data):
            coding = .none
            defer { coding = .prefixes(prefixes, suffixes, data) }
            let prefix = try ParquetColumn.length(try prefixes.next())
            let suffix = try data.take(ParquetColumn.length(try suffixes.next()))
            guard prefix <= bytes.count else { throw ByteCursor.Fault(expected: "a prefix of the value before") }
            bytes.removeLast(bytes.count - prefix)
            guard bytes.count + suffix.count <= ParquetColumn.mostBytes else {
                throw ByteCursor.Fault(expected: "a shorter value")
            }
            bytes.append(contentsOf: data.bytes[suffix])
            return .bytes(0..<bytes.count)
        }
    }

    private static func length(_ value: Int64) throws -> Int {
        guard value >= 0, value <= mostBytes else { throw ByteCursor.Fault(expected: "a length") }
        return Int(value)
    }

    private func plain(_ cursor: inout ByteCursor) throws -> Value {
        switch column.type {
        case .bytes: return .bytes(try cursor.take(Int(try cursor.fixed32())))
        case .int32: return .integer(Int(Int32(bitPattern: try cursor.fixed32())))
        case .int64: return .integer(Int(bitPattern: UInt(try cursor.fixed64())))
        case .float: return .double(Double(Float(bitPattern: try cursor.fixed32())))
        case .double: return .double(Double(bitPattern: try cursor.fixed64()))
        case .boolean, .int96, .fixed: throw ByteCursor.Fault(expected: "a column of another type")
        }
    }

    // MARK: Pages

    private func openPage() throws {
        // A header is short unless it carries statistics.
        var head = try origin.bytes(place..<min(place + 4096, chunk.end))
        var cursor = ByteCursor(head)
        var budget = 1 << 16
        var header: ThriftStruct
        do { header = try ThriftStruct(&cursor, budget: &budget) } catch is ByteCursor.Fault where head.count == 4096 {
            head = try origin.bytes(place..<min(place + (16 << 20), chunk.end))
            cursor = ByteCursor(head)
            header = try ThriftStruct(&cursor, budget: &budget)
        }
        guard let type = header.integer(1), let size = header.integer(2), let packed = header.integer(3), size >= 0,
            packed >= 0, size <= ParquetColumn.mostBytes, packed <= chunk.end - place - cursor.place
        else { throw ByteCursor.Fault(expected: "a page of at most \(ParquetColumn.mostBytes) bytes") }
        let start = place + cursor.place
        place = start + packed
        let content = try origin.bytes(start..<start + packed)
        guard content.count == packed else { throw ByteCursor.Fault(expected: "a whole page") }
        switch type {
        case 0: try openData(header, try expand(content, size))
        case 2: try openDictionary(header, try expand(content, size))
        case 3: try openDataV2(header, content, size)
        default: break
        }
    }

    private func count(_ header: ThriftStruct) throws -> Int {
        guard let count = header.integer(1), count >= 0, count <= ParquetColumn.mostValues else {
            throw ByteCursor.Fault(expected: "a page of at most \(ParquetColumn.mostValues) values")
        }
        return count
    }

    private func openDictionary(_ header: ThriftStruct, _ content: [UInt8]) throws {
        guard let info = header.structure(7) else { throw ByteCursor.Fault(expected: "a dictionary header") }
        let count = try count(info)
        var cursor = ByteCursor(content)
        dictionary = []
        for _ in 0..<count { dictionary.append(try plain(&cursor)) }
        dictionaryBytes = content
    }

    private func openData(_ header: ThriftStruct, _ content: [UInt8]) throws {
        guard let info = header.structure(5) else { throw ByteCursor.Fault(expected: "a data page header") }
        leftInPage = min(try count(info), valuesLeft)
        var cursor = ByteCursor(content)
        levels = nil
        if column.isOptional {
            guard info.integer(3) ?? 3 == 3 else { throw ByteCursor.Fault(expected: "levels as runs") }
            let length = Int(try cursor.fixed32())
            levels = try HybridCursor(ByteCursor(content, try cursor.take(length)), width: 1)
        }
        try openValues(info.integer(2), cursor)
    }

    private func openDataV2(_ header: ThriftStruct, _ content: [UInt8], _ size: Int) throws {
        guard let info = header.structure(8) else { throw ByteCursor.Fault(expected: "a data page header") }
        leftInPage = min(try count(info), valuesLeft)
        var cursor = ByteCursor(content)
        let repetition = info.integer(6) ?? 0
        _ = try cursor.take(repetition)
        let range = try cursor.take(info.integer(5) ?? 0)
        levels = column.isOptional ? try HybridCursor(ByteCursor(content, range), width: 1) : nil
        let packed = Array(content[cursor.place...])
        let left = size - range.count - repetition
        guard left >= 0 else { throw ByteCursor.Fault(expected: "a page larger than its levels") }
        try openValues(info.integer(4), ByteCursor(info.bool(7) == false ? packed : try expand(packed, left)))
    }

    private func openValues(_ encoding: Int?, _ start: ByteCursor) throws {
        var cursor = start
        usesDictionary = false
        bytes = []
        switch (encoding, column.type) {
        case (0, .boolean):
            let range = try cursor.take(cursor.left)
            // Bit-packed without a head: made one run of the hybrid.
            var run: [UInt8] = []
            var head = UInt64(range.count) << 1 | 1
            while head >= 0x80 {
                run.append(UInt8(head & 0x7F | 0x80))
                head >>= 7
            }
            run.append(UInt8(head))
            coding = .bits(try HybridCursor(ByteCursor(run + cursor.bytes[range]), width: 1))
        case (3, .boolean):
            _ = try cursor.take(4)
            coding = .bits(try HybridCursor(cursor, width: 1))
        case (0, _):
            bytes = cursor.bytes
            coding = .plain(cursor)
        case (2, _), (8, _):
            usesDictionary = true
            if cursor.left == 0 {
                coding = .none
            } else {
                let width = Int(try cursor.byte())
                coding = .dictionary(try HybridCursor(cursor, width: width))
            }
        case (5, .int32), (5, .int64): coding = .numbers(try DeltaCursor(cursor))
        case (6, .bytes):
            var lengths = try DeltaCursor(cursor)
            let data = try lengths.rest()
            bytes = data.bytes
            coding = .lengths(try DeltaCursor(cursor), data)
        case (7, .bytes):
            var prefixes = try DeltaCursor(cursor)
            let second = try prefixes.rest()
            var suffixes = try DeltaCursor(second)
            let data = try suffixes.rest()
            coding = .prefixes(try DeltaCursor(cursor), try DeltaCursor(second), data)
        default:
            throw ByteCursor.Fault(
                expected: "plain, dictionary or delta values, found encoding \(encoding.map(String.init) ?? "none")")
        }
    }

    private func expand(_ content: [UInt8], _ size: Int) throws -> [UInt8] {
        if size == 0, content.isEmpty { return [] }
        switch chunk.codec {
        case 0: return content
        case 1: return try Snappy.decompress(content, size: size)
        case 2, 6:
            let stream = try DecompressingByteStream(bytes: content, name: name)
            let out = try stream.readAll(limit: size, hint: "the page says so")
            guard out.count == size else { throw ByteCursor.Fault(expected: "a page of \(size) bytes") }
            return out
        default:
            let codecs = [3: "LZO", 4: "Brotli", 5: "LZ4", 7: "LZ4"]
            throw ByteCursor.Fault(
                expected: "pages without compression, or with Snappy, gzip or zstd, found "
                    + (codecs[chunk.codec] ?? "codec \(chunk.codec)"))
        }
    }
}
