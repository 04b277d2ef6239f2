/// Eight bytes of text looked at together.
struct EightBytes {
    let word: UInt64

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The eight bytes from `index` on, all of which must be there.
    @inline(__always) init(_ bytes: UnsafeRawBufferPointer, at index: Int) {
        word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    }

    /// Whether one of them is `byte`.
    @inline(__always) func contains(_ byte: UInt8) -> Bool {
        let other = word ^ (UInt64(byte) &* EightBytes.ones)
        return (other &- EightBytes.ones) & ~other & EightBytes.highs != 0
    }

    /// Whether all are ASCII.
    @inline(__always) var isASCII: Bool { word & EightBytes.highs == 0 }

    /// Whether one may be below 0x20 and no line feed. A byte behind a line feed may be taken for one.
    @inline(__always) var mayHoldControl: Bool {
        let below = (word &- 0x2020_2020_2020_2020) & ~word & EightBytes.highs
        return below & ~marks(0x0A) != 0
    }

    /// The high bit of every byte that is `byte`.
    @inline(__always) func marks(_ byte: UInt8) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let other = word ^ (UInt64(byte) &* EightBytes.ones)
        return ~(((other & low) &+ low) | other | low)
    }
}
