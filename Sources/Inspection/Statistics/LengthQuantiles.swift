public import Files

/// Lengths of documents in tokens at fixed shares of them: the smallest length that so many do not exceed (nearest rank).
public struct LengthQuantiles: Sendable, Equatable {
    /// The shares, in percent; 0 is the shortest document and 100 the longest.
    public static let percents = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100]
    /// The length for each of `percents`; all 0 without documents.
    public let values: [Int]
    /// The mean length; nil without documents.
    public let mean: Double?

    /// Of all lengths, in any order. Cost: one sort.
    init(_ lengths: [UInt32]) {
        let sorted = lengths.sorted()
        values = LengthQuantiles.percents.map { percent in
            if sorted.isEmpty { return 0 }
            let rank = (sorted.count * percent + 99) / 100
            return Int(sorted[max(0, rank - 1)])
        }
        mean = sorted.isEmpty ? nil : Double(sorted.reduce(into: 0) { $0 += Int($1) }) / Double(sorted.count)
    }

    /// The length that half of the documents do not exceed.
    public var median: Int { values[5] }

    /// As a JSON object: `mean`, `p0`, `p1`, … `p100`.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["mean": mean.map { .double($0) } ?? .null]
        for (percent, value) in zip(LengthQuantiles.percents, values) { members["p\(percent)"] = .integer(value) }
        return .object(members)
    }
}
