/// A text on its way through the splitters: its bytes, and the pieces that are left of it, in order, none empty.
struct TextPieces {
    struct Piece {
        var range: Range<Int>
        /// Whether it begins where the whole text begins.
        var beginsText: Bool
    }

    private(set) var bytes: [UInt8]
    private(set) var pieces: [Piece]

    /// One piece: a text that is not empty.
    init(_ text: UnsafeBufferPointer<UInt8>, beginsText: Bool) {
        bytes = Array(text)
        pieces = text.isEmpty ? [] : [Piece(range: 0..<text.count, beginsText: beginsText)]
    }

    /// Cuts every piece at the matches that `find` reports.
    mutating func split(
        _ behavior: SplitBehavior, inverted: Bool = false,
        _ find: (UnsafeBufferPointer<UInt8>, (Range<Int>) -> Void) -> Void
    ) {
        var out: [Piece] = []
        out.reserveCapacity(pieces.count * 2)
        bytes.withUnsafeBufferPointer { bytes in
            var segments: [SplitBehavior.Segment] = []
            for piece in pieces {
                segments.removeAll(keepingCapacity: true)
                let text = UnsafeBufferPointer(rebasing: bytes[piece.range])
                var end = 0
                find(text) { match in
                    if match.lowerBound > end {
                        segments.append(.init(range: end..<match.lowerBound, isMatch: inverted))
                    }
                    segments.append(.init(range: match, isMatch: !inverted))
                    end = match.upperBound
                }
                if end < text.count { segments.append(.init(range: end..<text.count, isMatch: inverted)) }
                behavior.forEachPart(segments) { part in
                    if part.isEmpty { return }
                    let start = piece.range.lowerBound
                    out.append(
                        Piece(
                            range: start + part.lowerBound..<start + part.upperBound,
                            beginsText: piece.beginsText && part.lowerBound == 0))
                }
            }
        }
        pieces = out
    }

    /// Replaces every piece by what `change` appends; pieces that become empty are dropped.
    mutating func rewrite(_ change: (UnsafeBufferPointer<UInt8>, _ beginsText: Bool, inout [UInt8]) -> Void) {
        var changed: [UInt8] = []
        changed.reserveCapacity(bytes.count + 16)
        var out: [Piece] = []
        out.reserveCapacity(pieces.count)
        bytes.withUnsafeBufferPointer { bytes in
            for piece in pieces {
                let start = changed.count
                change(UnsafeBufferPointer(rebasing: bytes[piece.range]), piece.beginsText, &changed)
                if changed.count > start {
                    out.append(Piece(range: start..<changed.count, beginsText: piece.beginsText))
                }
            }
        }
        bytes = changed
        pieces = out
    }
}
