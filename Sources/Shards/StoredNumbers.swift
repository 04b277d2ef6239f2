/// How the numbers of a column are stored, without what only messages need.
enum StoredForm: Sendable {
    /// The values alone.
    case plain(MDSElement)
    /// Behind their shape.
    case shaped(MDSElement)
    /// Behind their type and their shape.
    case named
    /// Not as an array of numbers.
    case other

    /// `bytesElement` is the type of numbers in a column of plain bytes.
    init(_ encoding: MDSEncoding, bytesElement: MDSElement?) {
        switch encoding {
        case .fixedArray(let element, _): self = .plain(element)
        case .array(let element): self = .shaped(element)
        case .anyArray: self = .named
        case .bytes: self = bytesElement.map { .plain($0) } ?? .other
        default: self = .other
        }
    }
}

/// Where an array of whole numbers lies in a shard, and as what.
struct StoredNumbers: Sendable {
    var element: MDSElement
    /// The values alone, without the header of an array.
    var bytes: Range<Int>

    var count: Int { bytes.count / element.size }

    /// Locates the array in a value of `form` at `range`; nil where the value is not such an array.
    init?(_ shard: DecodedShard, range: Range<Int>, form: StoredForm) {
        var start = range.lowerBound
        let element: MDSElement
        switch form {
        case .plain(let declared):
            self.init(element: declared, bytes: range)
            return
        case .shaped(let declared): element = declared
        case .named:
            guard start < range.upperBound else { return nil }
            guard let named = shard.withBytes(start..<start + 1, { MDSElement(code: $0[0]) }) else { return nil }
            element = named
            start += 1
        case .other: return nil
        }
        guard start < range.upperBound else { return nil }
        let (dimensions, width) = shard.withBytes(start..<start + 1) { (Int($0[0] >> 2), 1 << Int($0[0] & 3)) }
        start += 1
        guard dimensions >= 1, dimensions * width <= range.upperBound - start else { return nil }
        var count: UInt64 = 1
        for _ in 0..<dimensions {
            var length: UInt64 = 0
            shard.withBytes(start..<start + width) { bytes in
                for (shift, byte) in bytes.enumerated() { length |= UInt64(byte) << UInt64(8 * shift) }
            }
            start += width
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            if overflow { return nil }
            count = product
        }
        guard count.multipliedFullWidth(by: UInt64(element.size)) == (0, UInt64(range.upperBound - start)) else {
            return nil
        }
        self.init(element: element, bytes: start..<range.upperBound)
    }

    private init?(element: MDSElement, bytes: Range<Int>) {
        if bytes.count % element.size != 0 { return nil }
        self.element = element
        self.bytes = bytes
    }

    /// The first value that is no 32-bit id; nil where all are. Free for types that cannot hold one.
    func firstOutsideUInt32(_ shard: DecodedShard) -> Int64? {
        func search<Number: FixedWidthInteger>(_ type: Number.Type) -> Int64? {
            shard.withBytes(bytes) { raw in
                for index in 0..<count {
                    let value = Number(
                        littleEndian: raw.loadUnaligned(
                            fromByteOffset: index &* MemoryLayout<Number>.size, as: Number.self))
                    if UInt32(exactly: value) == nil { return Int64(clamping: value) }
                }
                return nil
            }
        }
        switch element {
        case .int8: return search(Int8.self)
        case .int16: return search(Int16.self)
        case .int32: return search(Int32.self)
        case .int64: return search(Int64.self)
        case .uint64: return search(UInt64.self)
        default: return nil
        }
    }

    /// Writes the values as 32-bit ids; those that do not fit are cut to 32 bits. Compiles to vector code for each type.
    func copy(_ shard: DecodedShard, to out: UnsafeMutableBufferPointer<UInt32>) {
        func widen<Number: FixedWidthInteger>(_ type: Number.Type) {
            shard.withBytes(bytes) { raw in
                for index in 0..<min(count, out.count) {
                    let value = Number(
                        littleEndian: raw.loadUnaligned(
                            fromByteOffset: index &* MemoryLayout<Number>.size, as: Number.self))
                    out[index] = UInt32(truncatingIfNeeded: value)
                }
            }
        }
        switch element {
        case .uint8: widen(UInt8.self)
        case .int8: widen(Int8.self)
        case .uint16: widen(UInt16.self)
        case .int16: widen(Int16.self)
        case .uint32: widen(UInt32.self)
        case .int32: widen(Int32.self)
        case .uint64: widen(UInt64.self)
        case .int64: widen(Int64.self)
        case .float16, .float32, .float64: break
        }
    }

    /// The values as 32-bit numbers.
    func values(_ shard: DecodedShard) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            let out = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            out.initialize(repeating: 0)
            copy(shard, to: out)
            initialized = count
        }
    }
}
