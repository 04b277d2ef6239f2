/// Which bytes of a text each of its tokens stands for: every byte belongs to some token, and to more than one only where what they were made
/// of cannot be told apart, as the tokens of "1", "/" and "2" that a normalizer made of "½".
public struct TokenPlaces: Sendable, Equatable {
    /// The first byte of each token, ascending.
    public let starts: [Int]
    /// One past the last byte of each token, ascending.
    public let ends: [Int]

    /// The number of tokens.
    public var count: Int { starts.count }

    /// The bytes of one token.
    public subscript(token: Int) -> Range<Int> { starts[token]..<ends[token] }

    /// The bytes of some tokens, of which there is at least one.
    public func bytes(of tokens: Range<Int>) -> Range<Int> { starts[tokens.lowerBound]..<ends[tokens.upperBound - 1] }
}
