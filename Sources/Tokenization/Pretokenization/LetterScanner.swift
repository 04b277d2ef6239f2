import CKernels

/// The pattern that came with cl100k, with runs of at most `Rules.digits` digits:
///
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
enum LetterScanner<Rules: LetterRules>: PretokenScanner {
    @inline(__always) static var pattern: shardmill_pattern? {
        Rules.digits == 1 ? shardmill_letters_digit : shardmill_letters_digits
    }

    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int {
        let first = cursor.bytes[start]
        if first == UInt8(ascii: "'"), let end = endOfContraction(cursor, after: start) { return end }
        let (kind, next) = cursor.character(at: start)
        if kind == CharacterClass.letter { return cursor.endOfRun(kind, from: next) }
        if kind == CharacterClass.number { return endOfNumber(cursor, from: next) }
        var second = CharacterClass.lineEnd
        var afterSecond = next
        if next < cursor.end { (second, afterSecond) = cursor.character(at: next) }
        if second == CharacterClass.letter, kind != CharacterClass.lineEnd {
            return cursor.endOfRun(second, from: afterSecond)
        }
        if kind == CharacterClass.other { return endOfOther(cursor, from: next) }
        if first == UInt8(ascii: " "), second == CharacterClass.other { return endOfOther(cursor, from: afterSecond) }
        let space = cursor.whiteSpace(from: start)
        if Rules.keepsSpaceAtEnd, space.end == cursor.end { return space.end }
        if space.afterLineEnd > 0 { return space.afterLineEnd }
        if space.end == cursor.end || space.end == next { return space.end }
        return space.lastCharacter
    }

    /// `\p{N}{1,digits}` after its first digit.
    @inline(__always)
    private static func endOfNumber(_ cursor: CharacterCursor, from index: Int) -> Int {
        var index = index
        var count = 1
        while count < Rules.digits, index < cursor.end {
            let (kind, next) = cursor.character(at: index)
            if kind != CharacterClass.number { break }
            index = next
            count &+= 1
        }
        return index
    }

    /// `[^\s\p{L}\p{N}]+[\r\n]*` after its first character.
    @inline(__always)
    private static func endOfOther(_ cursor: CharacterCursor, from index: Int) -> Int {
        cursor.endOfRun(CharacterClass.lineEnd, from: cursor.endOfRun(CharacterClass.other, from: index))
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)` after the apostrophe at `start`; ſ (U+017F) folds to s.
    @inline(__always)
    static func endOfContraction(_ cursor: CharacterCursor, after start: Int) -> Int? {
        guard start &+ 1 < cursor.end else { return nil }
        let byte = cursor.bytes[start &+ 1]
        switch byte | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start &+ 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
            guard start &+ 2 < cursor.end else { return nil }
            let wanted = byte | 0x20 == UInt8(ascii: "l") ? UInt8(ascii: "l") : UInt8(ascii: "e")
            return cursor.bytes[start &+ 2] | 0x20 == wanted ? start &+ 3 : nil
        case 0xE5:
            guard byte == 0xC5, start &+ 2 < cursor.end, cursor.bytes[start &+ 2] == 0xBF else { return nil }
            return start &+ 3
        default: return nil
        }
    }
}

/// In what the patterns of this kind differ.
protocol LetterRules {
    /// How many digits stay together.
    static var digits: Int { get }
    /// Whether white space at the end of a text is one piece, line ends and all (`\s++$`).
    static var keepsSpaceAtEnd: Bool { get }
}

/// Qwen2: every digit alone.
enum QwenRules: LetterRules {
    @inline(__always) static var digits: Int { 1 }
    @inline(__always) static var keepsSpaceAtEnd: Bool { false }
}

/// Llama 3: three digits at most.
enum LlamaRules: LetterRules {
    @inline(__always) static var digits: Int { 3 }
    @inline(__always) static var keepsSpaceAtEnd: Bool { false }
}

/// cl100k as `tiktoken` writes it today.
enum CL100kRules: LetterRules {
    @inline(__always) static var digits: Int { 3 }
    @inline(__always) static var keepsSpaceAtEnd: Bool { true }
}
