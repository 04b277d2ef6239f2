import Files

/// 128 bits that stand for a text: two texts of the same words in the same order have the same key, however they are wrapped
/// and indented.
///
/// The chance that any two of a billion different texts share one is below 1 in 10^20.
public struct ContentKey: Sendable, Hashable {
    /// The high half.
    public var high: UInt64
    /// The low half.
    public var low: UInt64

    /// A key from its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The key of a text: XXH3 of its bytes with every run of ASCII white space as one space and none at the ends.
    public init(_ text: UnsafeRawBufferPointer) {
        let hash = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { folded in
            let count = ContentKey.fold(text, into: folded)
            return XXHash3.hash128(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(folded)[..<count]))
        }
        self.init(high: hash.high, low: hash.low)
    }

    /// The key of a text.
    public init(_ text: [UInt8]) {
        self = text.withUnsafeBytes { ContentKey($0) }
    }

    private static func fold(_ text: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var count = 0
        var isPending = false
        for byte in text {
            if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) {
                isPending = count > 0
                continue
            }
            if isPending {
                out[count] = 0x20
                count &+= 1
                isPending = false
            }
            out[count] = byte
            count &+= 1
        }
        return count
    }

    /// 32 lower-case hexadecimal digits.
    public var hexadecimal: String { Hexadecimal.text(of: high) + Hexadecimal.text(of: low) }

    /// The key of 32 hexadecimal digits; nil for anything else.
    public init?(hexadecimal: String) {
        let digits = hexadecimal.utf8
        guard digits.count == 32, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let high = UInt64(hexadecimal.prefix(16), radix: 16), let low = UInt64(hexadecimal.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}
