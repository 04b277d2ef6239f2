/// A Thrift structure in the compact protocol, as Parquet writes its metadata: values by field number.
struct ThriftStruct {
    indirect enum Value {
        case integer(Int64)
        case bool(Bool)
        case bytes([UInt8])
        case list([Value])
        case structure(ThriftStruct)
        /// Of a kind that no field we ask for has.
        case other
    }

    private var fields: [(id: Int, value: Value)] = []

    /// Reads one structure. Depth and number of values are bounded; `budget` counts down over all that is read.
    init(_ cursor: inout ByteCursor, budget: inout Int, depth: Int = 0) throws {
        if depth > 16 { throw ByteCursor.Fault(expected: "metadata less deep") }
        var id = 0
        while true {
            let head = try cursor.byte()
            if head == 0 { return }
            if head >> 4 == 0 {
                id = Int(truncatingIfNeeded: try cursor.zigzag())
            } else {
                id &+= Int(head >> 4)
            }
            let value =
                switch head & 15 {
                case 1: Value.bool(true)
                case 2: Value.bool(false)
                default: try ThriftStruct.value(head & 15, &cursor, &budget, depth)
                }
            fields.append((id, value))
        }
    }

    private static func value(
        _ type: UInt8, _ cursor: inout ByteCursor, _ budget: inout Int, _ depth: Int
    ) throws -> Value {
        budget -= 1
        if budget < 0 || depth > 16 { throw ByteCursor.Fault(expected: "less metadata") }
        switch type {
        case 1, 2: return .bool(try cursor.byte() == 1)
        case 3: return .integer(Int64(Int8(bitPattern: try cursor.byte())))
        case 4, 5, 6: return .integer(try cursor.zigzag())
        case 7:
            _ = try cursor.take(8)
            return .other
        case 8:
            let count = try cursor.count("bytes of a text", limit: cursor.left)
            return .bytes(Array(cursor.bytes[try cursor.take(count)]))
        case 9, 10:
            let head = try cursor.byte()
            let count = head >> 4 == 15 ? try cursor.count("items", limit: cursor.left) : Int(head >> 4)
            var items: [Value] = []
            for _ in 0..<count { items.append(try value(head & 15, &cursor, &budget, depth + 1)) }
            return .list(items)
        case 11:
            let count = try cursor.count("entries", limit: cursor.left)
            if count == 0 { return .other }
            let types = try cursor.byte()
            for _ in 0..<count {
                _ = try value(types >> 4, &cursor, &budget, depth + 1)
                _ = try value(types & 15, &cursor, &budget, depth + 1)
            }
            return .other
        case 12: return .structure(try ThriftStruct(&cursor, budget: &budget, depth: depth + 1))
        default: throw ByteCursor.Fault(expected: "a Thrift type, found \(type)")
        }
    }

    private func value(_ id: Int) -> Value? { fields.last { $0.id == id }?.value }

    func integer(_ id: Int) -> Int? { if case .integer(let value)? = value(id) { Int(value) } else { nil } }
    func bool(_ id: Int) -> Bool? { if case .bool(let value)? = value(id) { value } else { nil } }
    func structure(_ id: Int) -> ThriftStruct? { if case .structure(let value)? = value(id) { value } else { nil } }
    func text(_ id: Int) -> String? {
        if case .bytes(let value)? = value(id) { String(decoding: value, as: UTF8.self) } else { nil }
    }

    func structures(_ id: Int) -> [ThriftStruct] {
        guard case .list(let items)? = value(id) else { return [] }
        return items.compactMap { if case .structure(let value) = $0 { value } else { nil } }
    }

    func texts(_ id: Int) -> [String] {
        guard case .list(let items)? = value(id) else { return [] }
        return items.compactMap {
            if case .bytes(let value) = $0 { String(decoding: value, as: UTF8.self) } else { nil }
        }
    }

    func has(_ id: Int) -> Bool { value(id) != nil }
}
