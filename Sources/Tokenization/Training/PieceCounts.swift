import Files

/// How often each piece was seen: an open-addressing table over one array of bytes.
struct PieceCounts: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private(set) var counts: [Int] = []
    private var slots = [UInt32](repeating: PieceCounts.empty, count: 1 << 12)

    private static let empty = UInt32.max

    /// How many different pieces there are.
    var count: Int { counts.count }

    /// The bytes of a piece, valid inside the call.
    func withPiece<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = index == 0 ? 0 : ends[index - 1]
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<ends[index]])) }
    }

    /// Counts a piece `times` times.
    mutating func add(_ piece: UnsafeBufferPointer<UInt8>, times: Int) {
        if (counts.count + 1) * 2 > slots.count { grow() }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: XXHash3.hash64(UnsafeRawBufferPointer(piece))) & mask
        while slots[slot] != PieceCounts.empty {
            let index = Int(slots[slot])
            if isPiece(index, piece) {
                counts[index] += times
                return
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt32(counts.count)
        bytes.append(contentsOf: piece)
        ends.append(bytes.count)
        counts.append(times)
    }

    private func isPiece(_ index: Int, _ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        if ends[index] - start != piece.count { return false }
        return bytes.withUnsafeBufferPointer { $0[start..<ends[index]].elementsEqual(piece) }
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: PieceCounts.empty, count: slots.count * 2)
        let mask = larger.count - 1
        for index in 0..<counts.count {
            let hash = withPiece(index) { XXHash3.hash64(UnsafeRawBufferPointer($0)) }
            var slot = Int(truncatingIfNeeded: hash) & mask
            while larger[slot] != PieceCounts.empty { slot = (slot + 1) & mask }
            larger[slot] = UInt32(index)
        }
        slots = larger
    }
}
