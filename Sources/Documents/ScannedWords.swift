/// The words that a `WordScanner` found last, in the order of the text. Valid until it scans again.
public struct ScannedWords {
    /// A hash of the lower-cased UTF-8 of each word: equal words have equal hashes everywhere and always.
    public let hashes: UnsafeBufferPointer<UInt64>
    /// The byte at which each word begins.
    public let starts: UnsafeBufferPointer<UInt32>
    /// The byte behind each word.
    public let ends: UnsafeBufferPointer<UInt32>

    /// How many there are.
    public var count: Int { hashes.count }
}
