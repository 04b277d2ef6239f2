import Files

/// One text with what is known of it. The text is valid UTF-8, kept as bytes.
public struct Document: Sendable, Equatable {
    /// 32 hexadecimal digits: hash of source name, relative path and inner path or record; never a running number.
    public var id: String
    /// The name of the recipe's source, or of the input where there is no recipe.
    public var source: String
    /// The text in UTF-8.
    public var text: [UInt8]
    /// What is known beside the text.
    public var metadata: Metadata
    /// What stretches of the text are, in order, without overlap.
    public var spans: [TextSpan]
    /// The balance of reading and cleaning, in Unicode scalars.
    public var ledger: ExtractionLedger

    /// A document.
    public init(
        id: String, source: String, text: [UInt8], metadata: Metadata = Metadata(), spans: [TextSpan] = [],
        ledger: ExtractionLedger = ExtractionLedger()
    ) {
        self.id = id
        self.source = source
        self.text = text
        self.metadata = metadata
        self.spans = spans
        self.ledger = ledger
    }

    /// The id of the document at `place` (inner path, record number or key, empty for a whole file) of the file at
    /// `relativePath` of a source.
    public static func identifier(source: String, relativePath: String, place: String) -> String {
        let key = Array("\(source)\u{0}\(relativePath)\u{0}\(place)".utf8)
        let hash = key.withUnsafeBytes { XXHash3.hash128($0) }
        return Hexadecimal.text(of: hash.high) + Hexadecimal.text(of: hash.low)
    }
}
