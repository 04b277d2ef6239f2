public import Files

/// Paragraphs that stand in the documents more than once. Exact where all different paragraphs could be remembered, else what one in
/// `sampledOneIn` of them, chosen by a hash of the text, says.
public struct RepeatedParagraphs: Sendable, Equatable {
    /// A paragraph.
    public struct Paragraph: Sendable, Equatable {
        /// How often it stands in the documents.
        public let count: Int
        /// Whether that is all; false: at least so often, for one outside of the sample.
        public let isExact: Bool
        /// Its bytes.
        public let bytes: Int
        /// Its beginning.
        public let text: String
        /// The id of the first document that has it.
        public let document: String
    }

    /// Paragraphs of 40 bytes or more, in all documents.
    public let paragraphs: Int
    /// Their bytes.
    public let bytes: Int
    /// 1: all different paragraphs were remembered.
    public let sampledOneIn: Int
    /// Different paragraphs that were remembered.
    public let distinct: Int
    /// How many of them stand there more than once.
    public let repeated: Int
    /// The share of the bytes of remembered paragraphs that the second and further ones take.
    public let repeatedShare: Double
    /// Those that take most, by bytes of the second and further ones.
    public let top: [Paragraph]

    static let topCount = 12
    static let shownBytes = 160

    init(_ tally: ParagraphTally, top: [Paragraph]) {
        paragraphs = tally.paragraphs
        bytes = tally.bytes
        sampledOneIn = 1 << tally.level
        distinct = tally.distinct
        var repeated = 0
        var all = 0
        var again = 0
        for entry in tally.entries {
            all += Int(entry.count) * Int(entry.bytes)
            again += (Int(entry.count) - 1) * Int(entry.bytes)
            if entry.count > 1 { repeated += 1 }
        }
        self.repeated = repeated
        repeatedShare = all == 0 ? 0 : Double(again) / Double(all)
        self.top = top
    }

    /// The entries of `top`, still without their texts: those of the sample and, where it is one, those that take most in single parts of the
    /// documents.
    static func heaviest(_ tally: ParagraphTally, _ frequent: FrequentParagraphs) -> [ParagraphTally.Entry] {
        var found = tally.heaviest(topCount)
        if tally.level > 0 { found += frequent.entries.filter { $0.hash.trailingZeroBitCount < tally.level } }
        return Array(found.sorted(by: ParagraphTally.costsMore).prefix(topCount))
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "least_bytes": .integer(ParagraphTally.leastBytes), "paragraphs": .integer(paragraphs),
            "bytes": .integer(bytes), "sampled_one_in": .integer(sampledOneIn), "distinct": .integer(distinct),
            "repeated": .integer(repeated), "repeated_share": .double(repeatedShare),
            "top": .array(
                top.map {
                    .object([
                        "count": .integer($0.count), "count_exact": .bool($0.isExact), "bytes": .integer($0.bytes),
                        "text": .string($0.text),
                        "document": .string($0.document),
                    ])
                }),
        ])
    }
}
