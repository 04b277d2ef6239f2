/// The part of one document inside one block.
///
/// The *framed* tokens of a document are its begin token (by policy), its own tokens, and its end token (by policy).
public struct Segment: Sendable, Equatable {
    /// Index into the ordered list of documents.
    public var document: Int
    /// Position of the segment's first token in the document's framed tokens.
    public var offset: Int
    /// First position in the block.
    public var start: Int
    /// One past the last position in the block.
    public var end: Int

    /// Tokens in the segment.
    public var count: Int { end - start }

    /// A segment over `start ..< end` of a block.
    public init(document: Int, offset: Int, start: Int, end: Int) {
        self.document = document
        self.offset = offset
        self.start = start
        self.end = end
    }
}
