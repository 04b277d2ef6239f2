/// What counts as the same text when items are looked for in documents.
public struct NGramOptions: Sendable, Equatable {
    /// Words in a row that must agree.
    public var length: Int
    /// An item's text of fewer words than `length` is looked for as a whole where it has at least so many; else it cannot be checked.
    public var minimumWords: Int
    /// A stretch counts where so many n-grams in a row agree, or all that the item's text has.
    public var minimumGrams: Int

    /// Thirteen words as in GPT-3's and most later reports; one agreeing n-gram is enough.
    public init(length: Int = 13, minimumWords: Int = 6, minimumGrams: Int = 1) {
        precondition(length > 0 && minimumWords > 0 && minimumGrams > 0)
        self.length = length
        self.minimumWords = min(minimumWords, length)
        self.minimumGrams = minimumGrams
    }
}
