public import Files

/// Documents by their number of tokens, in buckets that double: 0, 1, 2–3, 4–7, 8–15, …
public struct LengthHistogram: Sendable, Equatable {
    /// One bucket.
    public struct Bucket: Sendable, Equatable {
        /// Smallest length in the bucket.
        public let from: Int
        /// Largest length in the bucket.
        public let to: Int
        /// Documents in the bucket.
        public var documents: Int
        /// Their tokens.
        public var tokens: Int
    }

    /// The buckets from the first to the last that holds a document.
    public var buckets: [Bucket] {
        guard let first = all.firstIndex(where: { $0.documents > 0 }),
            let last = all.lastIndex(where: { $0.documents > 0 })
        else { return [] }
        return Array(all[first...last])
    }

    private var all: [Bucket]
    /// The longest document in tokens.
    public private(set) var longest = 0

    /// Nothing counted yet.
    public init() {
        all = [Bucket(from: 0, to: 0, documents: 0, tokens: 0)]
        for power in 0..<62 { all.append(Bucket(from: 1 << power, to: (2 << power) - 1, documents: 0, tokens: 0)) }
    }

    /// Counts one document.
    public mutating func add(tokens: Int) {
        let tokens = max(0, tokens)
        let bucket = min(all.count - 1, Int.bitWidth - tokens.leadingZeroBitCount)
        all[bucket].documents += 1
        all[bucket].tokens += tokens
        longest = max(longest, tokens)
    }

    /// Adds what was counted elsewhere.
    public mutating func merge(_ other: LengthHistogram) {
        for bucket in all.indices {
            all[bucket].documents += other.all[bucket].documents
            all[bucket].tokens += other.all[bucket].tokens
        }
        longest = max(longest, other.longest)
    }

    /// As a JSON array of buckets.
    public var json: JSONValue {
        .array(
            buckets.map {
                .object([
                    "from": .integer($0.from), "to": .integer($0.to), "documents": .integer($0.documents),
                    "tokens": .integer($0.tokens),
                ])
            })
    }
}
