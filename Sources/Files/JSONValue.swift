/// An owned JSON value, for the small texts: manifests, configurations, metadata. Written with sorted keys, always.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The value of a member, where this is an object that has it.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { return members[key] }
        return nil
    }

    /// The items, where this is an array.
    public var items: [JSONValue]? {
        if case .array(let items) = self { return items }
        return nil
    }

    /// The members, where this is an object.
    public var members: [String: JSONValue]? {
        if case .object(let members) = self { return members }
        return nil
    }

    /// The string, where this is one.
    public var string: String? {
        if case .string(let string) = self { return string }
        return nil
    }

    /// The integer, where this is one.
    public var int: Int? {
        if case .integer(let value) = self { return value }
        return nil
    }

    /// The number, where this is one.
    public var double: Double? {
        switch self {
        case .double(let value): return value
        case .integer(let value): return Double(value)
        default: return nil
        }
    }

    /// The truth value, where this is one.
    public var bool: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// How a value is laid out.
    public enum Layout: Sendable {
        /// `{"a":1,"b":[2,3]}`, UTF-8.
        case compact
        /// Two spaces of indentation, UTF-8, a line feed at the end.
        case pretty
        /// As Python's `json.dumps(sort_keys=True)`: `{"a": 1, "b": [2, 3]}`, everything beyond ASCII escaped.
        case python
    }

    /// The value as JSON with keys in byte order. A number that is not finite becomes null.
    public func encoded(_ layout: Layout = .compact) -> [UInt8] {
        var out: [UInt8] = []
        append(to: &out, layout, depth: 0)
        if layout == .pretty { out.append(0x0A) }
        return out
    }

    /// `encoded` as a string.
    public func text(_ layout: Layout = .compact) -> String {
        String(decoding: encoded(layout), as: UTF8.self)
    }

    /// Parses a text. Errors name `name`.
    public init(parsing bytes: [UInt8], name: String) throws {
        self = try JSONParser().parse(bytes, name: name) { $0.value }
    }

    /// Parses a file of at most `limit` bytes.
    public init(file path: String, limit: Int = 1 << 28) throws {
        try self.init(parsing: FileByteStream(path).readAll(limit: limit), name: path)
    }

    private func append(to out: inout [UInt8], _ layout: Layout, depth: Int) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value): out += String(value).utf8
        case .double(let value): out += (value.isFinite ? value.description : "null").utf8
        case .string(let value): JSONText.append(value, to: &out, asciiOnly: layout == .python)
        case .array(let items):
            out.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                JSONValue.separate(index, &out, layout, depth)
                item.append(to: &out, layout, depth: depth + 1)
            }
            JSONValue.close(UInt8(ascii: "]"), items.isEmpty, &out, layout, depth)
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            let keys = members.keys.sorted(by: precedesInByteOrder)
            for (index, key) in keys.enumerated() {
                JSONValue.separate(index, &out, layout, depth)
                JSONText.append(key, to: &out, asciiOnly: layout == .python)
                out += (layout == .compact ? ":" : ": ").utf8
                members[key]!.append(to: &out, layout, depth: depth + 1)
            }
            JSONValue.close(UInt8(ascii: "}"), members.isEmpty, &out, layout, depth)
        }
    }

    private static func separate(_ index: Int, _ out: inout [UInt8], _ layout: Layout, _ depth: Int) {
        if index > 0 { out += (layout == .python ? ", " : ",").utf8 }
        if layout == .pretty { newLine(&out, depth + 1) }
    }

    private static func close(_ bracket: UInt8, _ empty: Bool, _ out: inout [UInt8], _ layout: Layout, _ depth: Int) {
        if layout == .pretty, !empty { newLine(&out, depth) }
        out.append(bracket)
    }

    private static func newLine(_ out: inout [UInt8], _ depth: Int) {
        out.append(0x0A)
        for _ in 0..<depth * 2 { out.append(0x20) }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; of two equal keys the last one counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
