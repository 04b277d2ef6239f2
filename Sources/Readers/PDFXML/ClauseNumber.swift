/// The number that a heading of a standard begins with: `4.1.1A`, `A.2`, `Annex B`.
struct ClauseNumber: Equatable {
    /// How deep it is, from 1.
    let level: Int
    /// The bytes of the number itself.
    let length: Int
    /// Whether a title follows it.
    let hasTitle: Bool

    /// Nil where the text does not begin with one.
    init?(_ text: some Collection<UInt8>) {
        let bytes = Array(text.prefix(48))
        if bytes.starts(with: "Annex ".utf8), bytes.count > 6, ClauseNumber.isCapital(bytes[6]),
            bytes.count == 7 || !ClauseNumber.isLetter(bytes[7])
        {
            self.init(level: 1, length: 7, hasTitle: bytes.count > 8)
            return
        }
        var index = 0
        var parts = 0
        if index < bytes.count, ClauseNumber.isCapital(bytes[0]) {
            // An annex's letter counts as a part, and needs another.
            guard bytes.count > 2, bytes[1] == 0x2E, ClauseNumber.isDigit(bytes[2]) else { return nil }
            index = 2
            parts = 1
        }
        while index < bytes.count, ClauseNumber.isDigit(bytes[index]) {
            let start = index
            while index < bytes.count, ClauseNumber.isDigit(bytes[index]) { index += 1 }
            if index - start > 3 { return nil }
            parts += 1
            if index < bytes.count, ClauseNumber.isLetter(bytes[index]) { index += 1 }
            guard index + 1 < bytes.count, bytes[index] == 0x2E,
                ClauseNumber.isDigit(bytes[index + 1]) || ClauseNumber.isLetter(bytes[index + 1])
            else { break }
            index += 1
            // A letter within a number: 6.2.A.1.
            if ClauseNumber.isLetter(bytes[index]) {
                index += 1
                parts += 1
                if index + 1 < bytes.count, bytes[index] == 0x2E, ClauseNumber.isDigit(bytes[index + 1]) {
                    index += 1
                } else {
                    break
                }
            }
        }
        if parts == 0 { return nil }
        if index < bytes.count, bytes[index] == 0x2E { index += 1 }
        guard index == bytes.count || bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0xC2 else {
            return nil
        }
        var rest = index
        while rest < bytes.count, bytes[rest] == 0x20 || bytes[rest] == 0x09 { rest += 1 }
        self.init(level: min(parts, 9), length: index, hasTitle: rest < bytes.count)
    }

    private init(level: Int, length: Int, hasTitle: Bool) {
        self.level = level
        self.length = length
        self.hasTitle = hasTitle
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
