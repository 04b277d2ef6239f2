internal import CSimdjson
import Glibc

/// Parses JSON with simdjson; reused from record to record. One thread at a time.
///
/// Elements point into the parser and are valid inside the call of `parse` that made them.
public final class JSONParser {
    private let parser: OpaquePointer
    private var padded: UnsafeMutableRawBufferPointer

    /// A parser with room for small texts; it grows to the largest it meets.
    public init() {
        guard let parser = shardmill_json_new() else { fatalError("out of memory for a JSON parser") }
        self.parser = parser
        padded = .allocate(byteCount: 1 << 12, alignment: 64)
    }

    deinit {
        shardmill_json_free(parser)
        padded.deallocate()
    }

    /// Bytes behind a text that must be readable, whatever they hold, so that it is parsed where it stands.
    static let padding = shardmill_json_padding()

    /// Calls `body` with the root of the text in `bytes`. The element and all below it are valid inside the call only.
    /// Errors name `name`. A line of a `LineReader` or a `LineBatch` is parsed where it
    /// stands, any other text is copied first.
    public func parse<Result>(
        _ bytes: UnsafeRawBufferPointer, name: @autoclosure () -> String, isLineOfReader: Bool = false,
        _ body: (JSONElement) throws -> Result
    ) throws -> Result {
        var text = bytes.baseAddress
        if !isLineOfReader || text == nil { text = copy(bytes) }
        var root = shardmill_json_element()
        let code = shardmill_json_parse(parser, text.unsafelyUnwrapped, bytes.count, true, &root)
        if code != 0 {
            throw FileFailure.malformed(
                path: name(), place: "JSON", expected: "one valid JSON value",
                found: String(cString: shardmill_json_message(code)))
        }
        return try withExtendedLifetime(self) { try body(JSONElement(element: root)) }
    }

    private func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
        if padded.count < bytes.count + JSONParser.padding {
            padded.deallocate()
            padded = .allocate(byteCount: bytes.count + bytes.count / 4 + JSONParser.padding, alignment: 64)
        }
        if bytes.count > 0 { padded.copyMemory(from: bytes) }
        memset(padded.baseAddress! + bytes.count, 0, JSONParser.padding)
        return UnsafeRawPointer(padded.baseAddress!)
    }

    /// Calls `body` with the root of the text in `bytes`, which is parsed where it stands if there is memory behind it.
    public func parse<Result>(
        _ bytes: [UInt8], name: @autoclosure () -> String, _ body: (JSONElement) throws -> Result
    ) throws -> Result {
        let isPadded = bytes.capacity >= bytes.count + JSONParser.padding
        return try bytes.withUnsafeBytes { try parse($0, name: name(), isLineOfReader: isPadded, body) }
    }
}

/// A value inside a parsed JSON text. Valid inside the call of `JSONParser.parse` that made it.
public struct JSONElement {
    let element: shardmill_json_element

    /// The JSON type of the element.
    public enum Kind: Sendable { case object, array, string, integer, unsigned, double, bool, null }

    /// What the element is; an integer above `Int64.max` is `unsigned`.
    public var kind: Kind {
        switch UInt8(bitPattern: shardmill_json_type(element)) {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "l"): .integer
        case UInt8(ascii: "u"): .unsigned
        case UInt8(ascii: "d"): .double
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        default: .null
        }
    }

    /// The bytes of a string, unescaped, valid as long as the element; nil for other kinds.
    public var utf8: UnsafeRawBufferPointer? {
        guard kind == .string else { return nil }
        var length = 0
        let start = shardmill_json_string(element, &length)
        return UnsafeRawBufferPointer(start: start, count: length)
    }

    /// The string; nil for other kinds.
    public var string: String? { utf8.map { String(decoding: $0, as: UTF8.self) } }

    /// The integer; nil for other kinds and for numbers with a fraction.
    public var int: Int? { kind == .integer ? Int(shardmill_json_int64(element)) : nil }

    /// The number as a double; nil for other kinds.
    public var double: Double? {
        switch kind {
        case .integer: Double(shardmill_json_int64(element))
        case .unsigned: Double(shardmill_json_uint64(element))
        case .double: shardmill_json_double(element)
        default: nil
        }
    }

    /// The truth value; nil for other kinds.
    public var bool: Bool? {
        switch UInt8(bitPattern: shardmill_json_type(element)) {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// Members of an object or items of an array; 0 for other kinds.
    public var count: Int { shardmill_json_count(element) }

    /// The value of the first member called `key`; nil where there is none or this is no object. Linear in the members.
    public subscript(key: StaticString) -> JSONElement? {
        var found: JSONElement?
        forEachMember { name, value in
            if found == nil, name.count == key.utf8CodeUnitCount,
                name.count == 0 || memcmp(name.baseAddress!, key.utf8Start, name.count) == 0
            {
                found = value
            }
        }
        return found
    }

    /// The value of the first member called `key`, for a name known at run time.
    public func member(_ key: String) -> JSONElement? {
        var found: JSONElement?
        forEachMember { name, value in
            if found == nil, name.elementsEqual(key.utf8) { found = value }
        }
        return found
    }

    /// Calls `body` with every item of an array, in order.
    public func forEachItem(_ body: (JSONElement) throws -> Void) rethrows {
        var iterator = shardmill_json_items(element)
        var item = shardmill_json_element()
        while shardmill_json_next_item(&iterator, &item) { try body(JSONElement(element: item)) }
    }

    /// Calls `body` with every member of an object, in order; the key's bytes are valid as long as the element.
    public func forEachMember(_ body: (UnsafeRawBufferPointer, JSONElement) throws -> Void) rethrows {
        var iterator = shardmill_json_members(element)
        var value = shardmill_json_element()
        var key: UnsafePointer<CChar> = UnsafePointer(bitPattern: 1)!
        var length = 0
        while shardmill_json_next_member(&iterator, &key, &length, &value) {
            try body(UnsafeRawBufferPointer(start: key, count: length), JSONElement(element: value))
        }
    }

    /// The element and all below it as an owned value.
    public var value: JSONValue {
        switch kind {
        case .object:
            var members: [String: JSONValue] = [:]
            forEachMember { key, value in members[String(decoding: key, as: UTF8.self)] = value.value }
            return .object(members)
        case .array:
            var items: [JSONValue] = []
            forEachItem { items.append($0.value) }
            return .array(items)
        case .string: return .string(string ?? "")
        case .integer: return .integer(int ?? 0)
        case .unsigned, .double: return .double(double ?? 0)
        case .bool: return .bool(bool ?? false)
        case .null: return .null
        }
    }
}
