/// The classes of characters that the split patterns ask for.
enum CharacterClass {
    static let other: UInt8 = 0
    static let letter: UInt8 = 1
    static let number: UInt8 = 2
    /// White space that is neither `\r` nor `\n`.
    static let space: UInt8 = 3
    /// `\r` and `\n`.
    static let lineEnd: UInt8 = 4

    /// `\p{L}`, `\p{N}`, `\s` as the regular expressions see them.
    static let ofPatterns = makeTable(numbersBeyondPatterns: false)
    /// The same with the numbers that only the `Digits` splitter knows.
    static let ofDigits = makeTable(numbersBeyondPatterns: true)

    private static func makeTable(numbersBeyondPatterns: Bool) -> CodePointTable {
        var flat = [UInt8](repeating: other, count: 0x110000)
        func set(_ text: StaticString, _ value: UInt8) {
            UnicodeWords.forEachRange(text) { first, last in
                for codePoint in first...last { flat[codePoint] = value }
            }
        }
        set(UnicodeData.letters, letter)
        set(UnicodeData.numbers, number)
        if numbersBeyondPatterns { set(UnicodeData.laterDigits, number) }
        set(UnicodeData.whiteSpace, space)
        flat[0x0A] = lineEnd
        flat[0x0D] = lineEnd
        return CodePointTable(flat)
    }
}
