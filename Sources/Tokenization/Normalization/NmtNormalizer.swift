/// Leaves out control characters and makes every odd space a plain one, for texts of machine translation.
struct NmtNormalizer: CharacterNormalizer {
    var summary: String { "nmt" }

    func append(_ codePoint: UInt32, to out: inout [UInt8]) -> Bool {
        switch codePoint {
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: return true
        case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
            out.append(0x20)
            return true
        default: return false
        }
    }
}
