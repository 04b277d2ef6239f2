/// The number types of MDS scalars and arrays, under their NumPy names.
public enum MDSElement: String, Sendable, CaseIterable {
    case uint8, int8, uint16, int16, float16, uint32, int32, float32, uint64, int64, float64

    /// Bytes of one number.
    public var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// The byte that names the type in an `ndarray` value without a declared type.
    var code: UInt8 {
        switch self {
        case .uint8: 8
        case .int8: 9
        case .uint16: 16
        case .int16: 17
        case .float16: 18
        case .uint32: 32
        case .int32: 33
        case .float32: 34
        case .uint64: 64
        case .int64: 65
        case .float64: 66
        }
    }

    init?(code: UInt8) {
        guard let element = MDSElement.allCases.first(where: { $0.code == code }) else { return nil }
        self = element
    }

    /// Whether token ids can be stored as this type.
    public var isInteger: Bool {
        switch self {
        case .float16, .float32, .float64: false
        default: true
        }
    }
}
