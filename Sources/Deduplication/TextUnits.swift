import Files

/// A text as words and symbols, each as 32 bits: what of it survives when lines are wrapped elsewhere and columns spaced otherwise.
///
/// A word is a run of letters and digits of ASCII and of all characters beyond it; every other character that is no white space is a unit of
/// its own. Case counts. White space is that of ASCII, the no-break space, U+1680, U+2000 to U+200B, U+2028, U+2029, U+202F, U+205F, U+3000 and
/// U+FEFF. Two different words share their 32 bits once in 4 billion pairs, so that two stretches that differ in one word only are taken for
/// equal so rarely.
public struct TextUnits: Sendable {
    /// The units, in the order of the text.
    public private(set) var hashes: [UInt32] = []
    private var starts: [Int] = []
    private var ends: [Int] = []

    /// Units of a text in UTF-8. Bytes that are no UTF-8 are taken as letters.
    public init(_ text: UnsafeBufferPointer<UInt8>) {
        hashes.reserveCapacity(text.count / 5)
        starts.reserveCapacity(text.count / 5)
        ends.reserveCapacity(text.count / 5)
        var index = 0
        let count = text.count
        while index < count {
            let byte = text[index]
            if byte >= 0x80 {
                let space = TextUnits.spaceLength(text, index)
                if space > 0 {
                    index &+= space
                    continue
                }
            } else if TextUnits.isSpace(byte) {
                index &+= 1
                continue
            } else if !TextUnits.isWordCharacter(byte) {
                add(text, index, index &+ 1)
                index &+= 1
                continue
            }
            let start = index
            index &+= 1
            while index < count {
                let next = text[index]
                if next < 0x80 ? !TextUnits.isWordCharacter(next) : TextUnits.spaceLength(text, index) > 0 { break }
                index &+= 1
            }
            add(text, start, index)
        }
    }

    /// Units of a text.
    public init(_ text: [UInt8]) { self = text.withUnsafeBufferPointer { TextUnits($0) } }

    private mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
        let hash = XXHash3.hash64(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[start..<end]))
        hashes.append(UInt32(truncatingIfNeeded: hash ^ hash >> 32))
        starts.append(start)
        ends.append(end)
    }

    /// The bytes of the text from the first of some units to the last, without white space around.
    public func bytes(of units: Range<Int>) -> Range<Int> {
        units.isEmpty ? 0..<0 : starts[units.lowerBound]..<ends[units.upperBound - 1]
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F)
    }

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
    }

    /// Bytes of the white space beyond ASCII at `index`; 0 where none begins.
    private static func spaceLength(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        let lead = text[index]
        if lead == 0xC2 {
            return index + 1 < text.count && (text[index + 1] == 0xA0 || text[index + 1] == 0x85) ? 2 : 0
        }
        if lead < 0xE1 || lead > 0xEF || index + 2 >= text.count { return 0 }
        switch (lead, text[index + 1], text[index + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8B), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80), (0xEF, 0xBB, 0xBF):
            return 3
        default: return 0
        }
    }
}
