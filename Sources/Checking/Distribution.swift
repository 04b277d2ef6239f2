public import Files

/// How often each of some classes was met.
public struct Distribution: Sendable, Equatable {
    /// Counts by the name of the class; a class that was not met may be missing.
    public var counts: [String: Int]

    /// A distribution.
    public init(_ counts: [String: Int] = [:]) { self.counts = counts }

    /// All that was counted. Wrapping: a file may hold any counts.
    public var total: Int { counts.values.reduce(0, &+) }

    /// The population stability index from `self`, the baseline, to `other`: the sum over all classes of (q − p) · ln(q / p), p and q being
    /// the shares of a class in the two. 0 for equal shares, about 0.1 for a small change, above 0.25 for a large one; symmetric.
    /// A share below `floor` counts as `floor`, so that a class that is new or gone has a finite weight. Nil where either side is empty.
    public func stabilityIndex(to other: Distribution, floor: Double = 0.000_1) -> Double? {
        let before = total
        let after = other.total
        guard before > 0, after > 0 else { return nil }
        // In byte order: a sum of floating-point numbers depends on the order.
        let names = Set(counts.keys).union(other.counts.keys).sorted(by: precedesInByteOrder)
        var sum = 0.0
        for name in names {
            let p = max(floor, Double(counts[name] ?? 0) / Double(before))
            let q = max(floor, Double(other.counts[name] ?? 0) / Double(after))
            sum += (q - p) * Logarithm.natural(q / p)
        }
        return sum
    }

    /// The class whose share changed most: its name and both shares.
    func largestChange(to other: Distribution) -> (name: String, before: Double, after: Double)? {
        let before = Double(max(1, total))
        let after = Double(max(1, other.total))
        let names = Set(counts.keys).union(other.counts.keys).sorted(by: precedesInByteOrder)
        return names.map { name in
            (name: name, before: Double(counts[name] ?? 0) / before, after: Double(other.counts[name] ?? 0) / after)
        }.max { abs($0.after - $0.before) < abs($1.after - $1.before) }
    }

    mutating func add(_ name: String, _ count: Int) { counts[name, default: 0] &+= count }

    mutating func merge(_ other: Distribution) { counts.merge(other.counts, uniquingKeysWith: &+) }

    /// As a JSON object of counts.
    public var json: JSONValue { .object(counts.mapValues { .integer($0) }) }

    /// From the object that `json` gives; nil where a member is no count.
    public init?(json: JSONValue) {
        guard let members = json.members else { return nil }
        var counts: [String: Int] = [:]
        for (name, value) in members {
            guard let count = value.int, count >= 0 else { return nil }
            counts[name] = count
        }
        self.counts = counts
    }
}
