/// Reads the words of `UnicodeData`.
struct UnicodeWords {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ text: StaticString) {
        bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Calls `body` with the first and last code point of every range.
    static func forEachRange(_ text: StaticString, _ body: (Int, Int) -> Void) {
        var words = UnicodeWords(text)
        while let first = words.number() {
            let last = words.take(UInt8(ascii: "-")) ? words.number() ?? first : first
            body(first, last)
            words.skipSpaces()
        }
    }

    /// Calls `body` with the first and last code point of every range and the number behind its colon.
    static func forEachNumberedRange(_ text: StaticString, _ body: (Int, Int, Int) -> Void) {
        var words = UnicodeWords(text)
        while let first = words.number() {
            let last = words.take(UInt8(ascii: "-")) ? words.number() ?? first : first
            _ = words.take(UInt8(ascii: ":"))
            body(first, last, words.number() ?? 0)
            words.skipSpaces()
        }
    }

    /// Calls `body` with every code point and what it becomes: `=` sets the code point, each word is the next one's.
    static func forEachMapping(_ text: StaticString, _ body: (UInt32, [UInt32]) -> Void) {
        var words = UnicodeWords(text)
        var codePoint: UInt32 = 0
        while true {
            words.skipSpaces()
            if words.take(UInt8(ascii: "=")) {
                codePoint = UInt32(words.number() ?? 0)
                continue
            }
            guard let first = words.number() else { return }
            var becomes = [UInt32(first)]
            while words.take(UInt8(ascii: "+")), let next = words.number() { becomes.append(UInt32(next)) }
            body(codePoint, becomes)
            codePoint += 1
        }
    }

    /// The next hexadecimal number; nil at the end and at any other sign.
    mutating func number() -> Int? {
        var value = 0
        let start = index
        while index < bytes.count, let digit = UnicodeWords.digit(bytes[index]) {
            value = value << 4 | digit
            index += 1
        }
        return index > start ? value : nil
    }

    /// Whether `sign` stands here; it is consumed then.
    mutating func take(_ sign: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == sign else { return false }
        index += 1
        return true
    }

    mutating func skipSpaces() {
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 55
        default: nil
        }
    }
}
