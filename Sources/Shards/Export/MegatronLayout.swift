/// The pair of files that Megatron-LM calls an indexed dataset. `.bin`: the ids of all sequences, back to back. `.idx`, little-endian:
/// magic, version (u64), number type (u8), sequences (u64), document indices (u64), length of each sequence (i32), its byte offset in
/// `.bin` (i64), and the document indices (i64): 0, then one past the last sequence of each document. A file of multimodal data ends
/// with a mode (i8) for each sequence.
enum MegatronLayout {
    static let magic = Array("MMIDIDX\0\0".utf8)
    static let version: UInt64 = 1
    /// Bytes before the first length.
    static let header = 34

    /// The integer types by the code in the file; 6 and 7 are floating point.
    static func element(code: UInt8) -> MDSElement? {
        switch code {
        case 1: .uint8
        case 2: .int8
        case 3: .int16
        case 4: .int32
        case 5: .int64
        case 6: .float64
        case 7: .float32
        case 8: .uint16
        default: nil
        }
    }
}
