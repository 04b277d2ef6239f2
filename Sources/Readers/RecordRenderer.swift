public import Files

/// Writes the text of a record that is more than its fields one after the other, a conversation for one. With one, only records are read:
/// JSON Lines and JSON arrays, each record whole.
public struct RecordRenderer: Sendable {
    /// The text of a record.
    public struct Text: Sendable {
        /// In UTF-8.
        public var text: [UInt8]
        /// Unicode scalars of the record's own texts.
        public var source: Int
        /// Scalars that were written beside them, and scalars that were left out, by rule.
        public var added: [String: Int]
        /// See `added`.
        public var removed: [String: Int]
        /// Members of the record that the text was made of: they do not become metadata.
        public var members: [String]
        /// Metadata that wins over the record's own.
        public var metadata: [String: JSONValue]

        /// A text.
        public init(
            text: [UInt8], source: Int, added: [String: Int], removed: [String: Int], members: [String],
            metadata: [String: JSONValue]
        ) {
            self.text = text
            self.source = source
            self.added = added
            self.removed = removed
            self.members = members
            self.metadata = metadata
        }
    }

    /// Why a record has none.
    public struct Problem: Error {
        /// What was expected, and what is there.
        public var expected: String
        /// See `expected`.
        public var found: String

        /// A problem.
        public init(expected: String, found: String) {
            self.expected = expected
            self.found = found
        }
    }

    let render: @Sendable (JSONValue) throws -> Text

    /// A renderer; where `render` throws a `Problem` the record is rejected with it.
    public init(_ render: @escaping @Sendable (JSONValue) throws -> Text) { self.render = render }
}
