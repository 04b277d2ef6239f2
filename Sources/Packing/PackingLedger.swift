public import Files

/// The balance of packing, in tokens: document tokens + separators + padding = blocks × length + dropped(rule).
public struct PackingLedger: Sendable, Equatable {
    /// The rule under which `TailPolicy.drop` counts.
    public static let tailRule = "tail"

    /// Own tokens of the documents.
    public var documentTokens = 0
    /// Separator tokens.
    public var separators = 0
    /// Padding tokens.
    public var padding = 0
    /// Blocks written.
    public var blocks = 0
    /// Tokens in a block.
    public var length: Int
    /// Tokens that are in no block, by rule.
    public var dropped: [String: Int] = [:]

    /// An empty, closed ledger for blocks of `length` tokens.
    public init(length: Int) { self.length = length }

    /// document tokens + separators + padding − blocks × length − dropped: 0 when the ledger closes, positive when tokens
    /// were lost.
    public var imbalance: Int {
        documentTokens &+ separators &+ padding &- blocks &* length &- dropped.values.reduce(0, &+)
    }

    /// Whether nothing was lost and nothing came from nowhere.
    public var isClosed: Bool { imbalance == 0 }

    /// Adds the balance of other blocks of the same length.
    public mutating func merge(_ other: PackingLedger) {
        precondition(length == other.length, "ledgers of blocks of \(length) and \(other.length) tokens do not add up")
        documentTokens += other.documentTokens
        separators += other.separators
        padding += other.padding
        blocks += other.blocks
        dropped.merge(other.dropped, uniquingKeysWith: +)
    }

    /// As a JSON object with the members `blocks`, `document_tokens`, `dropped`, `length`, `padding`, `separators`.
    public var json: JSONValue {
        .object([
            "document_tokens": .integer(documentTokens), "separators": .integer(separators),
            "padding": .integer(padding), "blocks": .integer(blocks), "length": .integer(length),
            "dropped": .object(dropped.mapValues { .integer($0) }),
        ])
    }

    /// From the object that `json` gives; throws where a member is missing, because a ledger with a hole proves nothing.
    public init(json: JSONValue) throws(PackingFailure) {
        func number(_ member: String) throws(PackingFailure) -> Int {
            guard let value = json[member]?.int else { throw .malformedLedger(member: member) }
            return value
        }
        self.init(length: try number("length"))
        documentTokens = try number("document_tokens")
        separators = try number("separators")
        padding = try number("padding")
        blocks = try number("blocks")
        guard let members = json["dropped"]?.members else { throw .malformedLedger(member: "dropped") }
        for (rule, value) in members {
            guard let count = value.int else { throw .malformedLedger(member: "dropped.\(rule)") }
            dropped[rule] = count
        }
    }
}
