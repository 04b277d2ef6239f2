import CKernels

/// Sets of hashes as ascending arrays without repetitions.
public enum HashSet {
    /// The set of some hashes that are spread evenly, as those of shingles are: one distribution by their high bits, then a sort of the
    /// few that meet. Linear in time for such hashes, n log n for any others.
    public static func sorted(_ hashes: UnsafeBufferPointer<UInt64>) -> [UInt64] {
        let count = hashes.count
        if count < 2 { return Array(hashes) }
        // About two hashes a place.
        var bits = 1
        while bits < 20, 2 << bits < count { bits += 1 }
        let shift = UInt64(64 - bits)
        var set = [UInt64](unsafeUninitializedCapacity: count) { sorted, filled in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: (1 << bits) + 1) { ends in
                ends.initialize(repeating: 0)
                for hash in hashes { ends[Int(hash >> shift) &+ 1] &+= 1 }
                var end: Int32 = 0
                for place in 0..<ends.count {
                    end &+= ends[place]
                    ends[place] = end
                }
                for hash in hashes {
                    let place = Int(hash >> shift)
                    sorted[Int(ends[place])] = hash
                    ends[place] &+= 1
                }
                // The end of a place is now the start of the next.
                var start = 0
                for place in 0..<(1 << bits) {
                    let end = Int(ends[place])
                    if end &- start > 32 {
                        sorted[start..<end].sort()
                    } else if end &- start > 1 {
                        insertionSort(sorted, start, end)
                    }
                    start = end
                }
            }
            filled = count
        }
        removeRepetitions(&set)
        return set
    }

    private static func insertionSort(_ values: UnsafeMutableBufferPointer<UInt64>, _ start: Int, _ end: Int) {
        for index in start &+ 1..<end {
            let value = values[index]
            var place = index
            while place > start, values[place &- 1] > value {
                values[place] = values[place &- 1]
                place &-= 1
            }
            values[place] = value
        }
    }

    private static func removeRepetitions(_ set: inout [UInt64]) {
        let kept = set.withUnsafeMutableBufferPointer { set in
            var kept = 1
            for index in 1..<set.count {
                set[kept] = set[index]
                kept &+= set[index] == set[kept &- 1] ? 0 : 1
            }
            return kept
        }
        set.removeLast(set.count - kept)
    }

    /// Members of both over members of either: exact Jaccard similarity. Two empty sets are equal.
    public static func jaccard(_ left: UnsafeBufferPointer<UInt64>, _ right: UnsafeBufferPointer<UInt64>) -> Double {
        guard let first = left.baseAddress, let second = right.baseAddress, !left.isEmpty, !right.isEmpty else {
            return left.isEmpty && right.isEmpty ? 1 : 0
        }
        let common = shardmill_count_common(first, left.count, second, right.count)
        return Double(common) / Double(left.count + right.count - common)
    }

    /// The same of arrays.
    public static func jaccard(_ left: [UInt64], _ right: [UInt64]) -> Double {
        left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { jaccard(left, $0) } }
    }
}
