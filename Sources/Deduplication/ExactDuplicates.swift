/// Exact duplicates among documents that are known by their keys only.
public enum ExactDuplicates {
    /// For each index the index of the first equal key, or nil where it is the first itself: the first of the given order is
    /// kept. Linear; 8 to 16 bytes of table a key beside the result.
    public static func firstOccurrences(of keys: [ContentKey]) -> [Int?] {
        var bits = 4
        while 1 << bits < keys.count * 2 { bits += 1 }
        let mask = 1 << bits - 1
        // Open addressing: a slot holds an index, or -1. Keys are hashes already, so their low bits choose the slot.
        var slots = [Int](repeating: -1, count: 1 << bits)
        var first = [Int?](repeating: nil, count: keys.count)
        for index in keys.indices {
            let key = keys[index]
            var slot = Int(truncatingIfNeeded: key.low) & mask
            while slots[slot] >= 0, keys[slots[slot]] != key { slot = (slot &+ 1) & mask }
            if slots[slot] >= 0 { first[index] = slots[slot] } else { slots[slot] = index }
        }
        return first
    }
}
