public import Documents

/// Finds stretches of texts that stood before word by word, wherever lines end, and says which bytes may go.
///
/// `RepeatedSpans` over the `TextUnits` of each text; a stretch that two texts share to the word is narrowed to whole sentences or lines, so
/// that no half of one stays behind. Memory is that of `RepeatedSpans` over 4 bytes a word.
public final class RepeatedText {
    /// Where stretches may be cut.
    public let boundary: TextBoundary
    private let finder: RepeatedSpans

    /// Nothing seen. Stretches of at least `words` words and symbols count.
    public init(words: Int = 50, boundary: TextBoundary = .sentence) {
        self.boundary = boundary
        finder = RepeatedSpans(length: words, unitBytes: 4)
    }

    /// Words and symbols so far.
    public var unitCount: Int { finder.unitCount }

    /// Bytes of memory.
    public var memoryBytes: Int { finder.memoryBytes }

    /// Takes the next text and returns the bytes of it that stood before, in order, not touching each other.
    public func append(_ text: UnsafeBufferPointer<UInt8>) throws -> [Range<Int>] {
        let units = TextUnits(text)
        return try finder.append(units.hashes).compactMap { boundary.narrowed(units.bytes(of: $0), in: text) }
    }

    /// Takes the next text.
    public func append(_ text: [UInt8]) throws -> [Range<Int>] {
        try text.withUnsafeBufferPointer { try append($0) }
    }
}
