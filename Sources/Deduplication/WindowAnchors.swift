/// Chooses for every window of `length` units its *anchor*: of the short sequences of `anchorLength` units in it the one whose first bytes
/// have the smallest hash, the leftmost of equals (Schleimer, Wilkerson and Aiken 2003: winnowing).
///
/// The choice depends on nothing but the units of the window, so equal windows have equal anchors at equal places. Neighbouring windows
/// mostly share an anchor: about two of `length - anchorLength + 2` positions are one. Smallest values of a sliding window come from the
/// smallest of the ends of one block and of the beginnings of the next (van Herk 1992; Gil and Werman 1993): a fixed number of steps a
/// unit, whatever the text.
struct WindowAnchors: ~Copyable {
    let length: Int
    let anchorLength: Int
    private let unitBytes: Int
    /// Sequences that a window has: also the units in a block.
    private let width: Int
    /// What stands below the hash in a value: the place of the sequence in this block or the next. So equal hashes compare by place.
    private let placeMask: UInt64
    private let firstMask: UInt64
    private let secondOffset: Int
    private let suffixes: UnsafeMutablePointer<UInt64>
    private let next: UnsafeMutablePointer<UInt64>

    /// Reads 8 bytes from each unit on where `anchorLength` units have fewer: such a text needs that much room behind it.
    init(length: Int, unitBytes: Int) {
        self.length = length
        self.unitBytes = unitBytes
        anchorLength = WindowAnchors.anchorLength(of: length)
        width = length - anchorLength + 1
        var bits = 1
        while 1 << bits < 2 * width { bits += 1 }
        placeMask = 1 << UInt64(bits) - 1
        let bytes = anchorLength * unitBytes
        firstMask = bytes >= 8 ? UInt64.max : 1 << UInt64(bytes * 8) - 1
        secondOffset = min(8, max(0, bytes - 8))
        suffixes = .allocate(capacity: width)
        next = .allocate(capacity: width)
    }

    /// Five eighths of a window: shorter ones are fewer, but more of them stand in ever other surroundings, whose windows are remembered one
    /// by one. Measured on 73 MB of technical text: 1/2 needs 1.05 s, 5/8 and 3/4 0.92 s, and 3/4 half as many anchors again.
    static func anchorLength(of length: Int) -> Int { max(1, length * 5 / 8) }

    deinit {
        suffixes.deallocate()
        next.deallocate()
    }

    /// Values of the sequences `first ..< first + width` of the document, with places from `place` on; those behind `count` are the largest.
    @inline(__always)
    private func fill(
        _ values: UnsafeMutablePointer<UInt64>, _ document: UnsafeRawPointer, first: Int, count: Int, place: Int
    ) {
        let present = min(width, max(0, count - first))
        let start = document + first * unitBytes
        for index in 0..<present {
            let address = start + index &* unitBytes
            let left = address.loadUnaligned(as: UInt64.self).littleEndian & firstMask
            let right = address.loadUnaligned(fromByteOffset: secondOffset, as: UInt64.self).littleEndian & firstMask
            let hash = ((left &* 0x9E37_79B9_7F4A_7C15) ^ right) &* 0xD6E8_FEB8_6659_FD93
            values[index] = hash & ~placeMask | UInt64(truncatingIfNeeded: place &+ index)
        }
        for index in present..<width { values[index] = UInt64.max }
    }

    /// Calls `body` with every anchor of the document, and the first and last window that it is the anchor of, in order. The windows of one
    /// document have no gap between them.
    @inline(__always)
    func forEach(
        _ document: UnsafeRawPointer, units: Int, _ body: (_ anchor: Int, _ first: Int, _ last: Int) -> Void
    ) {
        let windows = units - length + 1
        if windows <= 0 { return }
        let sequences = units - anchorLength + 1
        fill(suffixes, document, first: 0, count: sequences, place: 0)
        var block = 0
        var first = 0
        var current = UInt64.max
        while block < windows {
            var smallest = suffixes[width - 1]
            for index in stride(from: width - 2, through: 0, by: -1) {
                smallest = min(smallest, suffixes[index])
                suffixes[index] = smallest
            }
            fill(next, document, first: block + width, count: sequences, place: width)
            var prefix = UInt64.max
            for index in 0..<min(width, windows - block) {
                let value = min(suffixes[index], prefix)
                prefix = min(prefix, next[index])
                if value == current { continue }
                let window = block &+ index
                if window > 0 { body(block &+ Int(current & placeMask), first, window &- 1) }
                first = window
                current = value
            }
            if block + width >= windows { break }
            block += width
            // Places count from the next block now. A window's anchor stands in it or behind it, but that of the last window may
            // stand before it.
            for index in 0..<width {
                suffixes[index] = next[index] == UInt64.max ? UInt64.max : next[index] &- UInt64(width)
            }
            if Int(current & placeMask) >= width {
                current &-= UInt64(width)
            } else {
                body(block - width + Int(current & placeMask), first, block - 1)
                first = block
                current = suffixes[0]
                for index in 1..<max(1, width) { current = min(current, suffixes[index]) }
            }
        }
        body(block + Int(current & placeMask), first, windows - 1)
    }
}
