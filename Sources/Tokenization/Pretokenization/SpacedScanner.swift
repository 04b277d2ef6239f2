import CKernels
import Glibc

/// Finds the pieces of a text whose spaces stand for ▁: each begins at a row of spaces or where nothing is joined to what is before.
struct SpacedScanner: PieceSource {
    let bytes: UnsafePointer<UInt8>
    let end: Int
    let readable: Int
    let cuts: CharacterCuts?

    @inline(__always) static var spacesAreMarkers: Bool { true }

    @inline(__always)
    func split(from start: Int, limit: Int, _ places: UnsafeMutablePointer<UInt32>, capacity: Int) -> Int {
        guard let cuts else { return 0 }
        return shardmill_split_spaced(
            bytes + start, readable &- start, limit &- start, cuts.bytePairs, places, capacity)
    }

    @inline(__always)
    func endOfPiece(from start: Int) -> Int { endOfPiece(from: start, followsSpace: false) }

    @inline(__always)
    func cuts(of piece: Range<Int>) -> CharacterCuts? { nil }

    /// The end of the piece that begins at `start`. `followsSpace`: a space stands before it that belongs to it.
    @inline(__always)
    func endOfPiece(from start: Int, followsSpace: Bool) -> Int {
        var index = start
        while index < end, bytes[index] == 0x20 { index &+= 1 }
        guard let cuts else { return endOfRest(from: index) }
        var left: UInt32 = followsSpace || index > start ? 0x2581 : 0
        while index < end {
            let byte = bytes[index]
            if byte < 0x80 {
                if byte == 0x20 { return index }
                if left != 0 {
                    if left < 0x80 {
                        if cuts.allows(UInt8(truncatingIfNeeded: left), byte) { return index }
                    } else if left != 0x2581, cuts.allows(left, UInt32(byte)) {
                        return index
                    }
                }
                index &+= 1
                left = UInt32(byte)
            } else {
                let (codePoint, count) = UTF8Decoding.character(bytes, index, end)
                if codePoint == UTF8Decoding.broken {
                    left = 0
                } else {
                    if left != 0, cuts.allows(left, codePoint) { return index }
                    left = codePoint
                }
                index &+= count
            }
        }
        return end
    }

    /// The end of a line at least `shortest` bytes behind `start`, where a piece begins behind it, or of the text; 0 where there is none
    /// before `limit`.
    @inline(__always)
    func endOfLine(from start: Int, shortest: Int, limit: Int) -> Int {
        var index = start &+ shortest
        while index < limit, let found = memchr(bytes + index, 0x0A, limit &- index) {
            index = UnsafeRawPointer(found) - UnsafeRawPointer(bytes) &+ 1
            if index >= end { return end }
            let next = bytes[index]
            if next == 0x20 { return index }
            guard let cuts else { continue }
            if next < 0x80 {
                if cuts.allows(0x0A, next) { return index }
            } else {
                let (codePoint, _) = UTF8Decoding.character(bytes, index, end)
                if codePoint != UTF8Decoding.broken, cuts.allows(UInt32(0x0A), codePoint) { return index }
            }
        }
        return limit == end && start &+ 16 <= end ? end : 0
    }

    private func endOfRest(from index: Int) -> Int {
        var index = index
        while index < end, bytes[index] != 0x20 { index &+= 1 }
        return index
    }
}
