import Files

/// One text with what is known of it. The text is valid UTF-8, kept as bytes.
public struct Document: Sendable, Equatable {
    /// 32 hexadecimal digits: hash of source name, relative path and inner path or record; never a running number.
    public var id: String
    /// The name of the recipe's source, or of the input where there is no recipe.
    public var source: String
    /// Where in its file it stands: the inner path, the record; empty for a whole file.
    public var place: String
    /// What of that it is: a clause, a part, a reading; empty for all of it.
    public private(set) var fragment = ""
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
        ledger: ExtractionLedger = ExtractionLedger(), place: String = ""
    ) {
        self.id = id
        self.source = source
        self.text = text
        self.metadata = metadata
        self.spans = spans
        self.ledger = ledger
        self.place = place
    }

    /// Says that this is only a part of what it was.
    public mutating func narrow(to part: String) { fragment += fragment.isEmpty ? part : "#" + part }

    /// What people call it, in one line: the path of its file, where it stands in it behind `!`, and what of that it is behind `#`.
    public func path(in file: String) -> String {
        MessageText.oneLine(file + (place.isEmpty ? "" : "!" + place) + (fragment.isEmpty ? "" : "#" + fragment))
    }

    /// The id of the document at `place` (inner path, record number or key, empty for a whole file) of the file at
    /// `relativePath` of a source.
    public static func identifier(source: String, relativePath: String, place: String) -> String {
        var key: [UInt8] = []
        key.reserveCapacity(source.utf8.count + relativePath.utf8.count + place.utf8.count + 2)
        key += source.utf8
        key.append(0)
        key += relativePath.utf8
        key.append(0)
        key += place.utf8
        let hash = key.withUnsafeBytes { XXHash3.hash128($0) }
        return Hexadecimal.text(ofHigh: hash.high, low: hash.low)
    }
}
