/// For every scalar whether it is in words and what it is in lower case, from the properties of Swift's library.
///
/// Blocks of 256 scalars are made when they are met first, so that a text pays for its own scripts only. One thread at a time.
final class WordScalars {
    /// The scalar is a letter, a number or `_`.
    static let isWord: UInt32 = 1 << 31
    /// Its lower case is more than one scalar or depends on its neighbours.
    static let isSpecial: UInt32 = 1 << 30
    /// The scalar in lower case.
    static let lowered: UInt32 = 0x1F_FFFF

    private static let blockCount = 0x110000 >> 8
    private let blocks: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>

    init() {
        blocks = .allocate(capacity: WordScalars.blockCount)
        blocks.initialize(repeating: nil, count: WordScalars.blockCount)
    }

    deinit {
        for block in 0..<WordScalars.blockCount { blocks[block]?.deallocate() }
        blocks.deallocate()
    }

    /// The flags and the lower case of a scalar below 0x110000.
    @inline(__always)
    subscript(scalar: UInt32) -> UInt32 {
        if let block = blocks[Int(scalar >> 8)] { return block[Int(scalar & 255)] }
        return made(scalar >> 8)[Int(scalar & 255)]
    }

    @inline(never)
    private func made(_ number: UInt32) -> UnsafeMutablePointer<UInt32> {
        let block = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
        for index in 0..<256 { block[index] = WordScalars.entry(number << 8 | UInt32(index)) }
        blocks[Int(number)] = block
        return block
    }

    private static func entry(_ value: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(value), isInWords(scalar) else { return 0 }
        var entry = isWord
        var lower = value
        if scalar.properties.changesWhenLowercased {
            let mapping = scalar.properties.lowercaseMapping.unicodeScalars
            lower = mapping.first!.value
            if mapping.count > 1 { entry |= isSpecial }
        }
        if value == 0x3A3 { entry |= isSpecial }
        return entry | lower
    }

    private static func isInWords(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: scalar == "_"
        }
    }
}
