/// The pattern that came with o200k: a word is capitals, then small letters, then perhaps a contraction.
///
/// With U capitals (`Lu`, `Lt`), B letters without case and marks (`Lm`, `Lo`, `M`), L small letters (`Ll`), P any sign but a line
/// end, a letter or a number, and C the contractions:
///
/// `P?[UB]*[LB]+C?|P?[UB]+[LB]*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
///
/// Marks are P as well as B, so that they can stand on both sides.
enum CaseScanner: PretokenScanner {
    private static let small: UInt8 = 1
    private static let capital: UInt8 = 5
    private static let caseless: UInt8 = 6
    private static let mark: UInt8 = 7

    static let classes: CodePointTable = {
        var flat = [UInt8](repeating: CharacterClass.other, count: 0x110000)
        func set(_ names: [String], _ value: UInt8) {
            for name in names {
                for range in UnicodeProperty.named(name)?.ranges ?? [] {
                    for codePoint in range where codePoint < 0x110000 { flat[Int(codePoint)] = value }
                }
            }
        }
        set(["Ll"], small)
        set(["Lu", "Lt"], capital)
        set(["Lm", "Lo"], caseless)
        set(["M"], mark)
        set(["N"], CharacterClass.number)
        set(["White_Space"], CharacterClass.space)
        flat[0x0A] = CharacterClass.lineEnd
        flat[0x0D] = CharacterClass.lineEnd
        return CodePointTable(flat)
    }()

    @inline(__always) static var lineRule: LineRule { .behindEnd(slashFollows: true) }

    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int {
        let (kind, next) = cursor.character(at: start)
        if kind == CharacterClass.number { return endOfNumber(cursor, from: next) }
        if kind != CharacterClass.lineEnd, let end = endOfWord(cursor, start, kind, next) { return end }
        if kind == CharacterClass.other || kind == mark { return endOfOther(cursor, from: next) }
        if cursor.bytes[start] == 0x20, next < cursor.end {
            let (second, afterSecond) = cursor.character(at: next)
            if second == CharacterClass.other || second == mark { return endOfOther(cursor, from: afterSecond) }
        }
        return endOfSpace(cursor, from: start, first: next)
    }

    /// The two alternatives of words, each with the sign before them and without.
    @inline(__always)
    private static func endOfWord(_ cursor: CharacterCursor, _ start: Int, _ kind: UInt8, _ next: Int) -> Int? {
        let isLetter = kind == small || kind == capital || kind == caseless
        let behind = isLetter || next == cursor.end ? nil : capitals(cursor, from: next)
        let here = isLetter || kind == mark ? capitals(cursor, from: start) : nil
        if let end = behind?.withSmall ?? here?.withSmall { return endOfContraction(cursor, from: end) }
        if let end = behind?.without ?? here?.without { return endOfContraction(cursor, from: end) }
        return nil
    }

    /// `[UB]*[LB]+` and `[UB]+` from `start`, nil where they do not match.
    @inline(__always)
    private static func capitals(_ cursor: CharacterCursor, from start: Int) -> (withSmall: Int?, without: Int?) {
        var index = start
        var afterCaseless: Int?
        while index < cursor.end {
            let (kind, next) = cursor.character(at: index)
            if kind < capital { break }
            if kind != capital { afterCaseless = next }
            index = next
        }
        // Small letters behind; else the run gives back its capitals down to a letter that can stand for a small one.
        let end = index
        while index < cursor.end {
            let (kind, next) = cursor.character(at: index)
            if kind != small && kind < caseless { break }
            index = next
        }
        return (index > end ? index : afterCaseless, end > start ? end : nil)
    }

    private static func endOfContraction(_ cursor: CharacterCursor, from index: Int) -> Int {
        guard index < cursor.end, cursor.bytes[index] == UInt8(ascii: "'") else { return index }
        return LetterScanner<LlamaRules>.endOfContraction(cursor, after: index) ?? index
    }

    @inline(__always)
    private static func endOfNumber(_ cursor: CharacterCursor, from index: Int) -> Int {
        var index = index
        var count = 1
        while count < 3, index < cursor.end {
            let (kind, next) = cursor.character(at: index)
            if kind != CharacterClass.number { break }
            index = next
            count &+= 1
        }
        return index
    }

    /// `[^\s\p{L}\p{N}]+[\r\n/]*` after its first character.
    private static func endOfOther(_ cursor: CharacterCursor, from index: Int) -> Int {
        var index = index
        while index < cursor.end {
            let (kind, next) = cursor.character(at: index)
            if kind != CharacterClass.other && kind != mark { break }
            index = next
        }
        while index < cursor.end, [0x0A, 0x0D, 0x2F].contains(cursor.bytes[index]) { index += 1 }
        return index
    }

    private static func endOfSpace(_ cursor: CharacterCursor, from start: Int, first next: Int) -> Int {
        var index = start
        var last = start
        var afterLineEnd = 0
        while index < cursor.end {
            let (kind, after) = cursor.character(at: index)
            if kind != CharacterClass.space && kind != CharacterClass.lineEnd { break }
            last = index
            index = after
            if kind == CharacterClass.lineEnd { afterLineEnd = after }
        }
        if afterLineEnd > 0 { return afterLineEnd }
        return index == cursor.end || index == next ? index : last
    }
}
