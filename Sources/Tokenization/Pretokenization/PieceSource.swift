/// A text and where its pieces are, as `PieceEncoder` asks for it.
protocol PieceSource {
    var bytes: UnsafePointer<UInt8> { get }
    /// Where the text ends, and how many bytes may be read, which are at least as many.
    var end: Int { get }
    var readable: Int { get }
    /// Spaces stand for ▁.
    static var spacesAreMarkers: Bool { get }

    /// A place at least `shortest` bytes behind `start` where a piece begins behind a line end, whatever stands there, the line end before
    /// `limit`; 0 where there is none.
    func endOfLine(from start: Int, shortest: Int, limit: Int) -> Int

    /// Where pieces begin behind the one at `start`, counted from there, as far as blocks of bytes tell; none behind `limit`.
    func split(from start: Int, limit: Int, _ places: UnsafeMutablePointer<UInt32>, capacity: Int) -> Int

    /// The end of the piece that begins at `start`.
    func endOfPiece(from start: Int) -> Int

    /// Where the characters of a piece can be parted; nil where it must stay whole, or is too short for that.
    func cuts(of piece: Range<Int>) -> CharacterCuts?
}
