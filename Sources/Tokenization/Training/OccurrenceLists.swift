/// The lists of pieces that pairs were found in, in one stretch of memory. Each list is written once, read once and given back; what is
/// given back is used again: short lists by those of the same length, long ones piece by piece.
struct OccurrenceLists: ~Copyable {
    private var memory = FlatMemory<UInt32>(capacity: 1 << 12)
    /// Heads of chains of free stretches, by length; each free stretch begins with the next one.
    private var free = [UInt32](repeating: OccurrenceLists.none, count: OccurrenceLists.exactLimit)
    /// Long free stretches.
    private var regions: [(start: Int, end: Int)] = []
    private var region = (start: 0, end: 0)

    static let none = UInt32.max
    private static let exactLimit = 64

    var start: UnsafeMutablePointer<UInt32> { memory.start }

    /// A stretch of `count` entries, at least one, that the caller writes.
    mutating func allocate(_ count: Int) -> UInt32 {
        if count < OccurrenceLists.exactLimit, free[count] != OccurrenceLists.none {
            let start = free[count]
            free[count] = memory.start[Int(start)]
            return start
        }
        while region.end - region.start < count {
            giveBackRest()
            if let next = regions.last, next.end - next.start >= count || regions.count > 64 {
                region = next
                regions.removeLast()
            } else {
                let start = memory.extend(by: max(count, 1 << 12))
                region = (start, memory.count)
            }
        }
        region.start += count
        precondition(region.start <= Int(UInt32.max), "more than 4 billion places of pairs")
        return UInt32(region.start - count)
    }

    mutating func giveBack(_ start: UInt32, _ count: Int) {
        if count >= OccurrenceLists.exactLimit {
            regions.append((Int(start), Int(start) + count))
        } else if count > 0 {
            memory.start[Int(start)] = free[count]
            free[count] = start
        }
    }

    private mutating func giveBackRest() {
        var start = region.start
        while start < region.end {
            let count = min(region.end - start, OccurrenceLists.exactLimit - 1)
            giveBack(UInt32(start), count)
            start += count
        }
        region = (0, 0)
    }
}
