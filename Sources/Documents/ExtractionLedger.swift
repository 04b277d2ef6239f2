public import Files

/// The balance of one document, in Unicode scalars: source + added(rule) = written + removed(rule).
///
/// `source` comes from an independent plain pass over the input, never from the reader that wrote the text, so a reader
/// that loses text without naming a rule breaks the balance.
public struct ExtractionLedger: Sendable, Equatable {
    /// Scalars of text in the input, counted independently.
    public var source: Int
    /// Scalars of text in the document.
    public var written: Int
    /// Scalars that a rule put in: markup of tables, line ends, mapped symbols.
    public var added: [String: Int]
    /// Scalars that a rule took out: contents, cover, control characters.
    public var removed: [String: Int]

    /// An empty, closed ledger.
    public init(source: Int = 0, written: Int = 0, added: [String: Int] = [:], removed: [String: Int] = [:]) {
        self.source = source
        self.written = written
        self.added = added
        self.removed = removed
    }

    /// source + added − written − removed: 0 when the ledger closes, positive when text was lost. Wraps around where a hostile
    /// file names counts beyond 2⁶³: no text is that long.
    public var imbalance: Int {
        source &+ added.values.reduce(0, &+) &- written &- removed.values.reduce(0, &+)
    }

    /// Whether nothing was lost and nothing came from nowhere.
    public var isClosed: Bool { imbalance == 0 }

    /// Counts scalars that `rule` put in.
    public mutating func add(_ count: Int, rule: String) {
        if count != 0 { added[rule, default: 0] += count }
    }

    /// Counts scalars that `rule` took out.
    public mutating func remove(_ count: Int, rule: String) {
        if count != 0 { removed[rule, default: 0] += count }
    }

    /// Adds another document's balance to this one.
    public mutating func merge(_ other: ExtractionLedger) {
        source &+= other.source
        written &+= other.written
        added.merge(other.added, uniquingKeysWith: &+)
        removed.merge(other.removed, uniquingKeysWith: &+)
    }

    /// As a JSON object.
    public var json: JSONValue {
        .object([
            "source": .integer(source), "written": .integer(written),
            "added": .object(added.mapValues { .integer($0) }), "removed": .object(removed.mapValues { .integer($0) }),
        ])
    }

    /// From the object that `json` gives; nil where a member is missing or no number, because a ledger with a hole proves nothing.
    public init?(json: JSONValue) {
        guard let source = json["source"]?.int, let written = json["written"]?.int,
            let added = json["added"]?.members, let removed = json["removed"]?.members
        else { return nil }
        self.init(
            source: source, written: written, added: added.compactMapValues(\.int),
            removed: removed.compactMapValues(\.int))
        if self.added.count != added.count || self.removed.count != removed.count { return nil }
    }
}
