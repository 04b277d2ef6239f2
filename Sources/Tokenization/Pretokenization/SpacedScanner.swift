import CKernels

/// Finds the pieces of a text whose spaces stand for ▁: each begins at a row of spaces or where nothing is joined to what is before.
struct SpacedScanner {
    let bytes: UnsafePointer<UInt8>
    let end: Int
    let cuts: CharacterCuts?

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

    /// The end of the piece at `start` where it is a space and at most 14 ASCII letters before another space or a sign that nothing is
    /// joined to; else 0.
    @inline(__always)
    func endOfWord(from start: Int) -> Int {
        if start &+ 16 > end || bytes[start] != 0x20 { return 0 }
        let found = shardmill_ascii_letters(bytes + start)
        let length = Int(truncatingIfNeeded: (~(found | 1) & 0xFFFF | 0x1_0000).trailingZeroBitCount)
        if length < 2 || length > 15 { return 0 }
        let next = bytes[start &+ length]
        if next == 0x20 { return start &+ length }
        guard next < 0x80, let cuts, cuts.allows(bytes[start &+ length &- 1], next) else { return 0 }
        return start &+ length
    }

    private func endOfRest(from index: Int) -> Int {
        var index = index
        while index < end, bytes[index] != 0x20 { index &+= 1 }
        return index
    }
}
