import CKernels
import Glibc

/// Finds the pieces of a text, one after the other; every byte is in exactly one piece.
///
/// A type for each pattern, so that the loop over a text is compiled for each.
protocol PretokenScanner {
    /// The end of the piece that begins at `start`; greater than `start`, at most `cursor.end`.
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int

    /// What finds many pieces of ASCII at a time; nil where nothing does.
    static var pattern: shardmill_pattern? { get }

    /// How a text can be cut behind a line.
    static var lineRule: LineRule { get }
}

extension PretokenScanner {
    @inline(__always) static var pattern: shardmill_pattern? { nil }
    @inline(__always) static var lineRule: LineRule { .none }

    /// The first place at least `shortest` bytes behind `start` and, by its line end, before `limit` where the text can be cut, or the
    /// end of a text that does not end with white space; 0 where there is none.
    @inline(__always)
    static func endOfLine(_ cursor: CharacterCursor, from start: Int, shortest: Int, limit: Int) -> Int {
        if case .none = lineRule { return 0 }
        let bytes = cursor.bytes
        let end = cursor.end
        var index = start &+ shortest
        while index < limit, let found = memchr(bytes + index, 0x0A, limit &- index) {
            index = UnsafeRawPointer(found) - UnsafeRawPointer(bytes) &+ 1
            let farthest = min(end, index &+ LineRule.mostWhiteSpace)
            while index < farthest, bytes[index] == 0x20 || bytes[index] &- 9 < 5 { index &+= 1 }
            if index == farthest { return 0 }
            let kind = cursor.character(at: index).kind
            if kind == CharacterClass.space || kind == CharacterClass.lineEnd { continue }
            switch lineRule {
            case .none: return 0
            case .beforeLast(let isDigitApart):
                return isDigitApart && kind == CharacterClass.number ? index : index &- 1
            case .behindEnd(let slashFollows):
                let last = bytes[index &- 1]
                if last != 0x0A && last != 0x0D { return index &- 1 }
                if !slashFollows || bytes[index] != UInt8(ascii: "/") { return index }
            }
        }
        let isWhole = limit == end && start &+ 16 <= end && bytes[end &- 1] > 0x20 && bytes[end &- 1] < 0x80
        return isWhole ? end : 0
    }
}
