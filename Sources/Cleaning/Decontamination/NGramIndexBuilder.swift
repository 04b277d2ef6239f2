/// Gathers the texts of items for an `NGramIndex`.
public struct NGramIndexBuilder: ~Copyable {
    private let options: NGramOptions
    private let scanner = NormalizedWordScanner()
    private var words: [UInt64] = []
    private var partStarts = [0]
    private var partItems: [UInt32] = []
    private var itemParts = [0]

    /// Nothing gathered.
    public init(_ options: NGramOptions = NGramOptions()) { self.options = options }

    /// Adds an item of one or more texts, whose n-grams do not reach from one into the next, and returns its number. Throws
    /// `DecontaminationFailure` when there are too many words for one index.
    @discardableResult
    public mutating func add(_ texts: [[UInt8]]) throws -> Int {
        let item = itemParts.count - 1
        for text in texts {
            text.withUnsafeBytes { scanner.scan($0) }
            words += scanner.hashes
            partStarts.append(words.count)
            partItems.append(UInt32(truncatingIfNeeded: item))
        }
        if words.count > Int(UInt32.max) || item == Int(UInt32.max) { throw DecontaminationFailure.tooManyWords }
        itemParts.append(partItems.count)
        return item
    }

    /// The index of what was added.
    public consuming func finish() -> NGramIndex {
        NGramIndex(options: options, words: words, partStarts: partStarts, partItems: partItems, itemParts: itemParts)
    }
}
