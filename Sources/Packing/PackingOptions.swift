/// How a stream of documents becomes blocks.
public struct PackingOptions: Sendable, Equatable {
    /// The largest block length: a longer one is a mistake, and a limit keeps sizes within 32 bits.
    public static let longestBlock = 1 << 24

    /// Tokens in a block.
    public var length: Int
    /// Which separators frame a document.
    public var separator: SeparatorPolicy
    /// What becomes of the unfilled last block.
    public var tail: TailPolicy
    /// The id that begins a document, where the policy wants one.
    public var beginToken: UInt32?
    /// The id that ends a document, where the policy wants one.
    public var endToken: UInt32?
    /// The id that fills what no token stands in. It carries no loss, so any valid id does.
    public var paddingToken: UInt32
    /// How documents are laid into blocks.
    public var strategy: PackingStrategy
    /// `structure`: the share of a block before its end within which a place to cut is looked for, 0 to 0.5.
    public var tolerance: Double

    /// Options; nothing is checked before `validate()`.
    public init(
        length: Int = 2048, separator: SeparatorPolicy = .eos, tail: TailPolicy = .pad, beginToken: UInt32? = nil,
        endToken: UInt32? = nil, paddingToken: UInt32 = 0, strategy: PackingStrategy = .concatenate,
        tolerance: Double = 0.1
    ) {
        self.length = length
        self.separator = separator
        self.tail = tail
        self.beginToken = beginToken
        self.endToken = endToken
        self.paddingToken = paddingToken
        self.strategy = strategy
        self.tolerance = tolerance
    }

    /// Throws `PackingFailure` where the length or the tolerance makes no sense, the policy needs a token that is not there, or blocks
    /// that only `concatenate` fills would be dropped.
    public func validate() throws(PackingFailure) {
        guard length >= 1, length <= PackingOptions.longestBlock else { throw .invalidLength(length) }
        if separator.hasBegin, beginToken == nil { throw .missingToken(policy: separator, role: "begin") }
        if separator.hasEnd, endToken == nil { throw .missingToken(policy: separator, role: "end") }
        guard tolerance >= 0, tolerance <= 0.5 else { throw .invalidTolerance(tolerance) }
        if strategy != .concatenate, tail == .drop { throw .tailOfPieces(strategy) }
    }
}
