/// How often each id occurs.
struct TokenHistogram: Sendable, Equatable {
    /// Counts of the ids below the vocabulary's size.
    private(set) var counts: [Int]
    /// Tokens whose id is not below it.
    private(set) var outside = 0
    /// Counts of 32 bits, half the memory: they are added to `counts` before one can run over.
    private var recent: [UInt32]
    private var pending = 0

    init(size: Int) {
        counts = [Int](repeating: 0, count: max(0, size))
        // As many as 16 bits can name, so that no id of that width needs a comparison.
        recent = [UInt32](repeating: 0, count: max(1 << 16, size))
    }

    /// Tokens counted.
    var total: Int { counts.reduce(outside, +) }

    /// Counts ids of 16 bits, little-endian, as they lie in a shard. Cost: under a nanosecond for each.
    mutating func add16(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count / 2
        reserve(count)
        recent.withUnsafeMutableBufferPointer { recent in
            let table = recent.baseAddress.unsafelyUnwrapped
            for index in 0..<count {
                let id = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
                table[Int(id)] &+= 1
            }
        }
    }

    /// Counts ids.
    mutating func add(_ ids: UnsafeBufferPointer<UInt32>) {
        reserve(ids.count)
        var beyond = 0
        recent.withUnsafeMutableBufferPointer { recent in
            for id in ids {
                if Int(id) < recent.count { recent[Int(id)] &+= 1 } else { beyond += 1 }
            }
        }
        outside += beyond
    }

    mutating func merge(_ other: TokenHistogram) {
        var other = other
        flush()
        other.flush()
        for id in counts.indices { counts[id] += other.counts[id] }
        outside += other.outside
    }

    private mutating func reserve(_ count: Int) {
        if pending + count > Int(UInt32.max) { flush() }
        pending += count
    }

    /// Moves what was counted last to `counts`.
    mutating func flush() {
        if pending == 0 { return }
        for id in recent.indices where recent[id] > 0 {
            if id < counts.count { counts[id] += Int(recent[id]) } else { outside += Int(recent[id]) }
            recent[id] = 0
        }
        pending = 0
    }
}
