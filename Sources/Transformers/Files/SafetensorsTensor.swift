/// How the numbers of a tensor stand in a safetensors file. The raw value is the name in the file's header.
public enum SafetensorsElementType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case uint64 = "U64"
    case int32 = "I32"
    case uint32 = "U32"
    case int16 = "I16"
    case uint16 = "U16"
    case int8 = "I8"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}

/// One tensor as the header of a safetensors file describes it.
public struct SafetensorsTensor: Sendable, Equatable {
    /// The name, unique in the file.
    public let name: String
    /// How the elements are stored.
    public let elementType: SafetensorsElementType
    /// The dimensions, outermost first; empty for a scalar. Elements stand in row-major order.
    public let shape: [Int]

    /// Describes a tensor that is to be written.
    public init(name: String, elementType: SafetensorsElementType, shape: [Int]) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
    }

    /// The product of the dimensions.
    public var elementCount: Int { shape.reduce(1, *) }
    /// The bytes of all elements.
    public var byteCount: Int { elementCount * elementType.byteCount }
}
