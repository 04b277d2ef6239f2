/// The heads of an attention layer. Queries and outputs are [tokens, heads * headDimension], keys and values
/// [tokens, keyHeads * headDimension].
public struct AttentionShape: Sendable, Equatable {
    /// Number of query heads.
    public var heads: Int
    /// Number of key and value heads; `heads / keyHeads` query heads share one (grouped-query attention).
    public var keyHeads: Int
    /// Floats of one head.
    public var headDimension: Int
    /// What scores are multiplied with before the softmax.
    public var scale: Float

    /// Heads of the given sizes with scores scaled by 1 / sqrt(headDimension).
    public init(heads: Int, keyHeads: Int, headDimension: Int, scale: Float? = nil) {
        precondition(heads > 0 && keyHeads > 0 && heads % keyHeads == 0, "\(heads) heads over \(keyHeads) key heads")
        self.heads = heads
        self.keyHeads = keyHeads
        self.headDimension = headDimension
        self.scale = scale ?? 1 / Float(headDimension).squareRoot()
    }

    /// Floats of one row of queries.
    public var queryWidth: Int { heads * headDimension }
    /// Floats of one row of keys.
    public var keyWidth: Int { keyHeads * headDimension }
}

/// Rows of queries that see rows of keys causally, and nothing else: query `i` of the segment sees its keys
/// 0 ... keyCount - queryCount + i.
public struct AttentionSegment: Sendable, Equatable {
    /// The first row of queries.
    public var queryStart: Int
    /// How many queries.
    public var queryCount: Int
    /// The first row of keys.
    public var keyStart: Int
    /// How many keys; not below `queryCount`.
    public var keyCount: Int

    /// Queries that continue cached keys.
    public init(queryStart: Int, queryCount: Int, keyStart: Int, keyCount: Int) {
        precondition(queryCount <= keyCount, "\(queryCount) queries over \(keyCount) keys")
        self.queryStart = queryStart
        self.queryCount = queryCount
        self.keyStart = keyStart
        self.keyCount = keyCount
    }

    /// The segments that end before the given rows: each token sees those of its own segment up to itself.
    public static func segments(endingAt ends: [Int]) -> [AttentionSegment] {
        var start = 0
        var segments: [AttentionSegment] = []
        for end in ends {
            precondition(end >= start, "segment ends must not fall")
            if end > start {
                segments.append(
                    AttentionSegment(
                        queryStart: start, queryCount: end - start, keyStart: start, keyCount: end - start))
            }
            start = end
        }
        return segments
    }
}
