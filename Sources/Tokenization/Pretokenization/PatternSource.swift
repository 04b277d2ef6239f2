import CKernels

/// A text that a pattern splits.
struct PatternSource<Scanner: PretokenScanner>: PieceSource {
    let cursor: CharacterCursor
    /// Cuts between characters of three bytes.
    let cuts: CharacterCuts?
    /// The pieces that must not be cut.
    let wholePieces: WholePieceTable?

    @inline(__always) var bytes: UnsafePointer<UInt8> { cursor.bytes }
    @inline(__always) var end: Int { cursor.end }
    @inline(__always) var readable: Int { cursor.end }
    @inline(__always) static var spacesAreMarkers: Bool { false }

    @inline(__always)
    func endOfLine(from start: Int, shortest: Int, limit: Int) -> Int {
        Scanner.endOfLine(cursor, from: start, shortest: shortest, limit: limit)
    }

    @inline(__always)
    func split(from start: Int, limit: Int, _ places: UnsafeMutablePointer<UInt32>, capacity: Int) -> Int {
        guard let pattern = Scanner.pattern else { return 0 }
        return shardmill_split_pieces(
            pattern, bytes + start, end &- start, limit &- start, places, capacity)
    }

    @inline(__always)
    func endOfPiece(from start: Int) -> Int { Scanner.endOfPiece(cursor, from: start) }

    @inline(__always)
    func cuts(of piece: Range<Int>) -> CharacterCuts? {
        guard let cuts, piece.count >= 6, bytes[piece.lowerBound] >= 0xE0 || bytes[piece.lowerBound &+ 1] >= 0xE0
        else { return nil }
        guard let wholePieces else { return cuts }
        let piece = UnsafeRawBufferPointer(start: bytes + piece.lowerBound, count: piece.count)
        return wholePieces.id(of: piece) == nil ? cuts : nil
    }
}
