/// One sample while it is written: a value for each column, put in the order of the columns.
///
/// The lengths of the variable columns stand first and are filled in as the values come, so a sample is written in one pass.
public struct MDSSample {
    private let columns: [MDSColumn]
    private var body: [UInt8]
    let start: Int
    private var nextColumn = 0
    private var nextLength: Int

    /// Takes `body` over, so that there is one reference to it: a second would make every sample copy all that came before.
    init(columns: [MDSColumn], body taken: inout [UInt8]) {
        self.columns = columns
        start = taken.count
        body = []
        nextLength = start
        swap(&body, &taken)
        for column in columns where column.encoding.size == nil {
            body.append(contentsOf: repeatElement(0, count: 4))
        }
    }

    /// Puts an array of 16-bit ids, into a column of them or, widened, of 32-bit ones.
    public mutating func put(_ values: UnsafeBufferPointer<UInt16>) throws(ShardFailure) {
        try put(array: values)
    }

    /// Puts an array of 32-bit numbers, into a column of them or, where all fit, of 16-bit ones.
    public mutating func put(_ values: UnsafeBufferPointer<UInt32>) throws(ShardFailure) {
        try put(array: values)
    }

    /// Puts an array of 32-bit numbers, into a column of them or, where all fit, of 16-bit ones.
    public mutating func put(_ values: [UInt32]) throws(ShardFailure) {
        try unsafe(values) { (sample: inout MDSSample, values) throws(ShardFailure) in try sample.put(array: values) }
    }

    /// Puts an array of 16-bit ids.
    public mutating func put(_ values: [UInt16]) throws(ShardFailure) {
        try unsafe(values) { (sample: inout MDSSample, values) throws(ShardFailure) in try sample.put(array: values) }
    }

    /// Puts a number into a column of integers.
    public mutating func put(_ value: Int) throws(ShardFailure) {
        let column = try column(for: "a number")
        switch column.encoding {
        case .int, .scalar(.int64): append(Int64(value))
        case .scalar(let element):
            switch element {
            case .uint8: append(try narrowed(value, UInt8.self, column))
            case .int8: append(try narrowed(value, Int8.self, column))
            case .uint16: append(try narrowed(value, UInt16.self, column))
            case .int16: append(try narrowed(value, Int16.self, column))
            case .uint32: append(try narrowed(value, UInt32.self, column))
            case .int32: append(try narrowed(value, Int32.self, column))
            case .uint64: append(try narrowed(value, UInt64.self, column))
            default: throw mismatch(column, "a whole number")
            }
        default: throw mismatch(column, "a whole number")
        }
    }

    /// Puts bytes into a column of bytes, UTF-8 into one of text, JSON text into one of JSON. They are not checked.
    public mutating func put(bytes: UnsafeRawBufferPointer) throws(ShardFailure) {
        let column = try column(for: "bytes")
        switch column.encoding {
        case .bytes, .string, .json, .other: break
        default: throw mismatch(column, "bytes")
        }
        body.append(contentsOf: bytes)
        try close(column, bytes.count)
    }

    /// Puts text into a column of text, bytes or JSON.
    public mutating func put(_ text: String) throws(ShardFailure) {
        let column = try column(for: "text")
        switch column.encoding {
        case .bytes, .string, .json: break
        default: throw mismatch(column, "text")
        }
        let before = body.count
        body += text.utf8
        try close(column, body.count - before)
    }

    /// The bytes of all samples; throws where a column has no value.
    mutating func finished() throws(ShardFailure) -> [UInt8] {
        if nextColumn < columns.count {
            throw .invalidValue(column: columns[nextColumn].name, expected: "a value", found: "none")
        }
        return takeBody()
    }

    mutating func takeBody() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        return taken
    }

    // MARK: Arrays

    private mutating func put<Number: FixedWidthInteger & UnsignedInteger>(
        array values: UnsafeBufferPointer<Number>
    ) throws(ShardFailure) {
        let column = try column(for: "an array")
        let before = body.count
        if values.isEmpty {
            throw .invalidValue(column: column.name, expected: "at least one number", found: "an empty array")
        }
        switch column.encoding {
        case .fixedArray(let element, let shape):
            let wanted = shape.reduce(1, *)
            if wanted != values.count {
                throw .invalidValue(column: column.name, expected: "\(wanted) numbers", found: "\(values.count)")
            }
            try append(values, element, column)
        case .array(let element):
            appendShape(values.count)
            try append(values, element, column)
        case .anyArray:
            let element: MDSElement = Number.bitWidth == 16 ? .uint16 : .uint32
            body.append(element.code)
            appendShape(values.count)
            try append(values, element, column)
        default: throw mismatch(column, "an array")
        }
        try close(column, body.count - before)
    }

    /// One dimension: `(1 << 2) | k`, then the length in `1 << k` bytes, the fewest that hold it.
    private mutating func appendShape(_ count: Int) {
        let width = count < 1 << 8 ? 0 : count < 1 << 16 ? 1 : count < 1 << 32 ? 2 : 3
        body.append(UInt8(1 << 2 | width))
        for byte in 0..<(1 << width) { body.append(UInt8(truncatingIfNeeded: count >> (8 * byte))) }
    }

    private mutating func append<Number: FixedWidthInteger & UnsignedInteger>(
        _ values: UnsafeBufferPointer<Number>, _ element: MDSElement, _ column: MDSColumn
    ) throws(ShardFailure) {
        switch element {
        case .uint16: try append(values, as: UInt16.self, column)
        case .uint32: try append(values, as: UInt32.self, column)
        case .int32: try append(values, as: Int32.self, column)
        case .int64: try append(values, as: Int64.self, column)
        case .uint64: try append(values, as: UInt64.self, column)
        default: throw mismatch(column, "an array of ids")
        }
    }

    private mutating func append<Number: FixedWidthInteger & UnsignedInteger, Stored: FixedWidthInteger>(
        _ values: UnsafeBufferPointer<Number>, as stored: Stored.Type, _ column: MDSColumn
    ) throws(ShardFailure) {
        let limit = UInt64(Stored.max)
        let size = MemoryLayout<Stored>.size
        // All bits together, since every limit is a power of two less one: compiles to vector code, as a search would not.
        var bits: Number = 0
        withUnsafeTemporaryAllocation(byteCount: values.count * size, alignment: 16) { out in
            for index in 0..<values.count {
                let value = values[index]
                bits |= value
                out.storeBytes(
                    of: Stored(truncatingIfNeeded: value).littleEndian, toByteOffset: index &* size, as: Stored.self)
            }
            if UInt64(bits) <= limit { body.append(contentsOf: UnsafeRawBufferPointer(out)) }
        }
        if UInt64(bits) > limit, let wrong = values.first(where: { UInt64($0) > limit }) {
            throw .invalidValue(column: column.name, expected: "numbers up to \(limit)", found: "\(wrong)")
        }
    }

    // MARK: Columns

    private func column(for value: String) throws(ShardFailure) -> MDSColumn {
        if nextColumn < columns.count { return columns[nextColumn] }
        throw .invalidLayout("expected \(columns.count) values in a sample, found \(value) more")
    }

    private func mismatch(_ column: MDSColumn, _ found: String) -> ShardFailure {
        .invalidValue(column: column.name, expected: "a value for \(column.encoding.text)", found: found)
    }

    private mutating func close(_ column: MDSColumn, _ count: Int) throws(ShardFailure) {
        if column.encoding.size == nil {
            guard count <= MDSLayout.largestShard else {
                throw .invalidValue(column: column.name, expected: "less than 2^32 bytes", found: "\(count)")
            }
            for byte in 0..<4 { body[nextLength + byte] = UInt8(truncatingIfNeeded: count >> (8 * byte)) }
            nextLength += 4
        }
        nextColumn += 1
    }

    private func narrowed<Number: FixedWidthInteger>(
        _ value: Int, _ type: Number.Type, _ column: MDSColumn
    ) throws(ShardFailure) -> Number {
        guard let number = Number(exactly: value) else {
            throw .invalidValue(
                column: column.name, expected: "\(Number.min) to \(Number.max)", found: "\(value)")
        }
        return number
    }

    private mutating func append<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { body.append(contentsOf: $0) }
        nextColumn += 1
    }

    private mutating func unsafe<Number>(
        _ values: [Number],
        _ body: (inout MDSSample, UnsafeBufferPointer<Number>) throws(ShardFailure) -> Void
    ) throws(ShardFailure) {
        var failure: ShardFailure?
        values.withUnsafeBufferPointer { values in
            do throws(ShardFailure) { try body(&self, values) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
