public import Files

/// What packing saves over the common habit of giving each document one block and cutting it off there.
public struct PackVersusTruncate: Sendable, Equatable {
    /// Tokens in a block.
    public let length: Int
    /// Documents with at least one token.
    public private(set) var documents = 0
    /// Tokens of all documents.
    public private(set) var tokens = 0
    /// Tokens beyond the first block of their document: what truncation loses.
    public private(set) var tokensLost = 0

    /// Nothing counted yet, for blocks of `length` tokens.
    public init(length: Int) { self.length = max(1, length) }

    /// All documents at once.
    public init(tokenCounts: some Sequence<Int>, length: Int) {
        self.init(length: length)
        for count in tokenCounts { add(tokens: count) }
    }

    /// Counts one document.
    public mutating func add(tokens count: Int) {
        if count <= 0 { return }
        documents += 1
        tokens += count
        tokensLost += max(0, count - length)
    }

    /// Adds what another pass counted at the same length.
    public mutating func merge(_ other: PackVersusTruncate) {
        precondition(length == other.length, "statistics at lengths \(length) and \(other.length) do not add up")
        documents += other.documents
        tokens += other.tokens
        tokensLost += other.tokensLost
    }

    /// Blocks when every document gets one.
    public var blocksTruncated: Int { documents }
    /// Blocks when documents are concatenated and cut, separators not counted.
    public var blocksPacked: Int { (tokens + length - 1) / length }
    /// Padding that truncation needs, in tokens.
    public var paddingTruncated: Int { documents * length - (tokens - tokensLost) }
    /// The share of all tokens that truncation loses, 0 to 1.
    public var shareLost: Double { tokens == 0 ? 0 : Double(tokensLost) / Double(tokens) }
    /// The share of positions that hold a token after truncation, 0 to 1.
    public var fillTruncated: Double {
        documents == 0 ? 0 : Double(tokens - tokensLost) / (Double(documents) * Double(length))
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "length": .integer(length), "documents": .integer(documents), "tokens": .integer(tokens),
            "blocks_packed": .integer(blocksPacked), "blocks_truncated": .integer(blocksTruncated),
            "tokens_lost": .integer(tokensLost), "share_lost": .double(shareLost),
            "padding_truncated": .integer(paddingTruncated), "fill_truncated": .double(fillTruncated),
        ])
    }
}
