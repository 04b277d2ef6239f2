import Files

/// Where the bytes of a Parquet file are; read in stretches.
enum ParquetOrigin {
    case file(String, bytes: Int)
    case memory([UInt8])

    var count: Int {
        switch self {
        case .file(_, let bytes): bytes
        case .memory(let bytes): bytes.count
        }
    }

    /// The bytes in `range`, cut to the file.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        let range = range.clamped(to: 0..<count)
        switch self {
        case .memory(let bytes): return Array(bytes[range])
        case .file(let path, _):
            let stream = try FileByteStream(path, from: range.lowerBound)
            var found = [UInt8](repeating: 0, count: range.count)
            var filled = 0
            while filled < found.count {
                let got = try found.withUnsafeMutableBytes {
                    try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                }
                if got == 0 { break }
                filled += got
            }
            found.removeLast(found.count - filled)
            return found
        }
    }
}

/// What the end of a Parquet file says of it: the flat columns and where their chunks are.
struct ParquetFooter {
    enum Physical: Int { case boolean, int32, int64, int96, float, double, bytes, fixed }

    struct Column {
        let name: String
        let type: Physical
        let isOptional: Bool
        /// Whether the bytes are text: a string, an enumeration or JSON, or bytes that nothing else is said of.
        let isText: Bool
        /// Its place among all leaves of the schema.
        let leaf: Int
    }

    struct Chunk {
        let codec: Int
        let values: Int
        let start: Int
        let end: Int
    }

    let columns: [Column]
    /// Names of columns that are not flat.
    let nested: [String]
    /// For each row group its rows and the chunk of every leaf.
    let groups: [(rows: Int, chunks: [Chunk?])]

    private static let longest = 64 << 20

    init(_ origin: ParquetOrigin) throws {
        let size = origin.count
        let tail = try origin.bytes(max(0, size - 8)..<size)
        if tail.count == 8, tail.suffix(4).elementsEqual("PARE".utf8) {
            throw ByteCursor.Fault(expected: "a file that is not encrypted")
        }
        guard size >= 12, tail.count == 8, tail.suffix(4).elementsEqual("PAR1".utf8) else {
            throw ByteCursor.Fault(expected: "PAR1 at the end; the file may be cut off")
        }
        var lengthCursor = ByteCursor(tail)
        let length = Int(try lengthCursor.fixed32())
        guard length <= min(size - 12, ParquetFooter.longest) else {
            throw ByteCursor.Fault(expected: "a footer of at most \(min(size - 12, ParquetFooter.longest)) bytes")
        }
        var cursor = ByteCursor(try origin.bytes(size - 8 - length..<size - 8))
        var budget = 1 << 22
        let root = try ThriftStruct(&cursor, budget: &budget)
        var columns: [Column] = []
        var nested: [String] = []
        let schema = root.structures(2)
        var index = 1
        var leaf = 0
        while index < schema.count {
            let element = schema[index]
            let name = element.text(4) ?? ""
            if element.integer(5) ?? 0 > 0 {
                nested.append(name)
                // Passes over everything below.
                var open = element.integer(5) ?? 0
                while open > 0, index + 1 < schema.count {
                    index += 1
                    let children = max(0, schema[index].integer(5) ?? 0)
                    open = open - 1 + min(children, schema.count)
                    if children == 0 { leaf += 1 }
                }
            } else {
                let repetition = element.integer(3) ?? 0
                if let type = element.integer(1).flatMap(Physical.init), repetition < 2 {
                    let converted = element.integer(6)
                    let isText = type == .bytes && (converted == nil || [0, 4, 19].contains(converted))
                    columns.append(
                        Column(name: name, type: type, isOptional: repetition == 1, isText: isText, leaf: leaf))
                } else {
                    nested.append(name)
                }
                leaf += 1
            }
            index += 1
        }
        self.columns = columns
        self.nested = nested
        groups = root.structures(4).map { group in
            let chunks = group.structures(1).map { chunk -> Chunk? in
                guard let data = chunk.structure(3), chunk.text(1) == nil, let first = data.integer(9),
                    let length = data.integer(7), let values = data.integer(5), let codec = data.integer(4)
                else { return nil }
                let dictionary = data.integer(11) ?? 0
                let start = dictionary > 0 ? min(dictionary, first) : first
                guard start >= 4, length >= 0, values >= 0, start <= size, length <= size - start else { return nil }
                return Chunk(codec: codec, values: values, start: start, end: start + length)
            }
            return (max(0, group.integer(3) ?? 0), chunks)
        }
    }
}
