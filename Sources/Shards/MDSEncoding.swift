/// How the values of a column are stored.
public enum MDSEncoding: Sendable, Equatable {
    /// An array of one type and one shape: the values alone.
    case fixedArray(MDSElement, shape: [Int])
    /// An array of one type whose shape stands before its values.
    case array(MDSElement)
    /// An array whose type and shape stand before its values.
    case anyArray
    /// One number.
    case scalar(MDSElement)
    /// One 64-bit signed integer.
    case int
    /// Bytes as they are.
    case bytes
    /// Text in UTF-8.
    case string
    /// JSON text in UTF-8.
    case json
    /// An encoding of other writers that is carried but not interpreted, such as `jpeg`.
    case other(String)

    /// From the form in which an index names it; nil for an `ndarray` that makes no sense.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("ndarray", 1): self = .anyArray
        case ("ndarray", 2):
            guard let element = MDSElement(rawValue: parts[1]) else { return nil }
            self = .array(element)
        case ("ndarray", 3):
            guard let element = MDSElement(rawValue: parts[1]) else { return nil }
            var shape: [Int] = []
            var size = element.size
            for dimension in parts[2].split(separator: ",", omittingEmptySubsequences: false) {
                guard let length = Int(dimension), length > 0 else { return nil }
                let (product, overflow) = size.multipliedReportingOverflow(by: length)
                guard !overflow, product <= MDSLayout.largestShard else { return nil }
                size = product
                shape.append(length)
            }
            self = .fixedArray(element, shape: shape)
        case ("ndarray", _): return nil
        case ("int", 1): self = .int
        case ("bytes", 1): self = .bytes
        case ("str", 1): self = .string
        case ("json", 1): self = .json
        default:
            if parts.count == 1, let element = MDSElement(rawValue: text) {
                self = .scalar(element)
            } else {
                self = .other(text)
            }
        }
    }

    /// The form in which an index names it.
    public var text: String {
        switch self {
        case .fixedArray(let element, let shape):
            "ndarray:\(element.rawValue):\(shape.map(String.init).joined(separator: ","))"
        case .array(let element): "ndarray:\(element.rawValue)"
        case .anyArray: "ndarray"
        case .scalar(let element): element.rawValue
        case .int: "int"
        case .bytes: "bytes"
        case .string: "str"
        case .json: "json"
        case .other(let text): text
        }
    }

    /// Bytes of a value where all values have the same, else nil: a length then stands before the values of each sample.
    public var size: Int? {
        switch self {
        case .fixedArray(let element, let shape): shape.reduce(element.size, *)
        case .scalar(let element): element.size
        case .int: 8
        case .array, .anyArray, .bytes, .string, .json, .other: nil
        }
    }
}

/// One column of a data set.
public struct MDSColumn: Sendable, Equatable {
    /// The name; columns are stored in byte order of their names.
    public var name: String
    /// How its values are stored.
    public var encoding: MDSEncoding

    /// A column.
    public init(_ name: String, _ encoding: MDSEncoding) {
        self.name = name
        self.encoding = encoding
    }
}

/// Numbers of the format.
enum MDSLayout {
    /// Offsets are 32 bits wide.
    static let largestShard = Int(UInt32.max)
    /// The writer's own default size limit, which most data sets carry.
    static let defaultSizeLimit = 1 << 26
    static let version = 2
    static let format = "mds"
}
