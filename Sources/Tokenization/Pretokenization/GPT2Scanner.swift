import CKernels

/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
enum GPT2Scanner: PretokenScanner {
    @inline(__always) static var pattern: shardmill_pattern? { shardmill_gpt2 }

    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int {
        let first = cursor.bytes[start]
        if first == UInt8(ascii: "'"), let end = endOfContraction(cursor, after: start) { return end }
        let (kind, next) = cursor.character(at: start)
        if kind < CharacterClass.space { return cursor.endOfRun(kind, from: next) }
        if first == UInt8(ascii: " "), next < cursor.end {
            let (second, afterSecond) = cursor.character(at: next)
            if second < CharacterClass.space { return cursor.endOfRun(second, from: afterSecond) }
        }
        return endOfWhiteSpace(cursor, from: start, first: next)
    }

    /// `\s+(?!\S)|\s+`: a run of white space leaves its last character to the text that follows, unless it is the only one.
    @inline(__always)
    static func endOfWhiteSpace(_ cursor: CharacterCursor, from start: Int, first next: Int) -> Int {
        let space = cursor.whiteSpace(from: start)
        if space.end == cursor.end || space.end == next { return space.end }
        return space.lastCharacter
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d` after the apostrophe at `start`.
    @inline(__always)
    private static func endOfContraction(_ cursor: CharacterCursor, after start: Int) -> Int? {
        guard start &+ 1 < cursor.end else { return nil }
        let first = cursor.bytes[start &+ 1]
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start &+ 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
            guard start &+ 2 < cursor.end else { return nil }
            let wanted = first == UInt8(ascii: "l") ? first : UInt8(ascii: "e")
            return cursor.bytes[start &+ 2] == wanted ? start &+ 3 : nil
        default: return nil
        }
    }
}

/// The same inside the pieces that `Digits(individual_digits=true)` leaves: each number is a piece of its own, and what is
/// before it ends as a text ends.
enum GPT2DigitsScanner: PretokenScanner {
    @inline(__always) static var pattern: shardmill_pattern? { shardmill_gpt2_digits }

    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int {
        let first = cursor.bytes[start]
        let (kind, next) = cursor.character(at: start)
        if kind == CharacterClass.number { return next }
        if kind < CharacterClass.space { return GPT2Scanner.endOfPiece(cursor, from: start) }
        if first == UInt8(ascii: " "), next < cursor.end {
            let (second, afterSecond) = cursor.character(at: next)
            if second < CharacterClass.number { return cursor.endOfRun(second, from: afterSecond) }
        }
        let space = cursor.whiteSpace(from: start)
        if space.end == cursor.end || space.end == next { return space.end }
        if cursor.character(at: space.end).kind == CharacterClass.number { return space.end }
        return space.lastCharacter
    }
}
