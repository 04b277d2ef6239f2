/// One piece: the whole text.
enum WholeScanner: PretokenScanner {
    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int { cursor.end }
}
