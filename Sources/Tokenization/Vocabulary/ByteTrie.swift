import CKernels
import Glibc

/// Byte strings and their numbers, to find the longest that a text begins with: a trie in flat arrays.
struct ByteTrie: Sendable {
    private var begins = [Bool](repeating: false, count: 256)
    /// The byte that all strings begin with, where it is one.
    private var onlyFirst: UInt8?
    /// The bytes that strings begin with, repeated to eight; more than that are looked for one by one.
    private var firsts: [UInt8] = []
    /// A bit for each pair of bytes that strings begin with, and for every pair behind a string of one byte.
    private var pairs: [UInt64] = []
    private var labels: [UInt8] = [0]
    private var firstChildren: [Int32] = [-1]
    private var siblings: [Int32] = [-1]
    private var values: [Int32] = [-1]

    /// All that was added.
    private(set) var strings: [[UInt8]] = []

    /// Whether it holds nothing.
    var isEmpty: Bool { labels.count == 1 }

    /// Adds a string; of two equal ones the first counts, the empty one not at all.
    mutating func insert(_ bytes: [UInt8], value: Int) {
        guard let first = bytes.first else { return }
        onlyFirst = isEmpty || onlyFirst == first ? first : nil
        if pairs.isEmpty { pairs = [UInt64](repeating: 0, count: 1 << 10) }
        for second in bytes.count > 1 ? bytes[1]...bytes[1] : 0...255 {
            let pair = Int(first) << 8 | Int(second)
            pairs[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        begins[Int(first)] = true
        let all = (UInt8.min...UInt8.max).filter { begins[Int($0)] }
        firsts = all.count > 8 ? [] : all + [UInt8](repeating: first, count: 8 - all.count)
        var node = 0
        for byte in bytes { node = child(of: node, byte) ?? add(byte, to: node) }
        if values[node] < 0 {
            values[node] = Int32(value)
            strings.append(bytes)
        }
    }

    /// The first place of `range` where a string may begin, its end where there is none.
    @inline(__always)
    func firstCandidate(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
        if let onlyFirst {
            guard let place = memchr(bytes + range.lowerBound, Int32(onlyFirst), range.count) else {
                return range.upperBound
            }
            return UnsafeRawPointer(place) - UnsafeRawPointer(bytes)
        }
        if firsts.count == 8 {
            return range.lowerBound + shardmill_find_start(bytes + range.lowerBound, range.count, firsts, pairs)
        }
        return begins.withUnsafeBufferPointer { begins in
            var index = range.lowerBound
            while index < range.upperBound, !begins[Int(bytes[index])] { index &+= 1 }
            return index
        }
    }

    /// The longest string at the start of `range`.
    @inline(__always)
    func longest(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> (value: Int, length: Int)? {
        guard range.lowerBound < range.upperBound, begins[Int(bytes[range.lowerBound])] else { return nil }
        return walk(bytes, range)
    }

    private func walk(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> (value: Int, length: Int)? {
        var found: (Int, Int)?
        var node = 0
        var index = range.lowerBound
        while index < range.upperBound, let next = child(of: node, bytes[index]) {
            node = next
            index += 1
            if values[node] >= 0 { found = (Int(values[node]), index - range.lowerBound) }
        }
        return found
    }

    private func child(of node: Int, _ byte: UInt8) -> Int? {
        var child = Int(firstChildren[node])
        while child >= 0 {
            if labels[child] == byte { return child }
            child = Int(siblings[child])
        }
        return nil
    }

    private mutating func add(_ byte: UInt8, to node: Int) -> Int {
        let added = labels.count
        labels.append(byte)
        firstChildren.append(-1)
        siblings.append(firstChildren[node])
        values.append(-1)
        firstChildren[node] = Int32(added)
        return added
    }
}
