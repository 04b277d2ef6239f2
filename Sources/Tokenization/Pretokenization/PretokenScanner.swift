import CKernels

/// Finds the pieces of a text, one after the other; every byte is in exactly one piece.
///
/// A type for each pattern, so that the loop over a text is compiled for each.
protocol PretokenScanner {
    /// The end of the piece that begins at `start`; greater than `start`, at most `cursor.end`.
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int

    /// What finds many pieces of ASCII at a time; nil where nothing does.
    static var pattern: shardmill_pattern? { get }
}

extension PretokenScanner {
    @inline(__always) static var pattern: shardmill_pattern? { nil }
}

/// One piece: the whole text.
enum WholeScanner: PretokenScanner {
    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int { cursor.end }
}
