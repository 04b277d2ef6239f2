/// A document as token ids, out of a data set that has no text.
public struct TokenDocument: Sendable, Equatable {
    /// The ids, at least one.
    public var ids: [UInt32]
    /// Where it stands: `data/index.json#block 7`, `corpus.bin#12`, `corpus.jsonl:3`.
    public var place: String
    /// The places that carry loss: ascending, not empty, none touches the next; nil where the data do not say, and all do.
    public var lossSpans: [Range<Int>]?

    /// A document.
    public init(ids: [UInt32], place: String, lossSpans: [Range<Int>]? = nil) {
        self.ids = ids
        self.place = place
        self.lossSpans = lossSpans
    }
}

/// Documents of ids, one after the other, for a packer. One thread at a time.
public protocol TokenDocumentStream {
    /// The next document; nil at the end. Throws `TokenImportFailure`, `ShardFailure` or `FileFailure` for input that is not what it
    /// claims to be.
    mutating func next() throws -> TokenDocument?
}
