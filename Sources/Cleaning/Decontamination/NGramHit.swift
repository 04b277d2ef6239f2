/// A stretch of a document that an item's text agrees with, word by word.
public struct NGramHit: Sendable, Equatable {
    /// The number of the item, from 0, in the order in which items were added.
    public var item: Int
    /// The number of its text.
    public var part: Int
    /// The bytes of the document from the first word that agrees to the last.
    public var bytes: Range<Int>
    /// The n-grams of the item's text that agree, as places of their first words among all words of the index.
    public var grams: Range<Int>
}
