/// What FineWeb's rules accept; nil accepts everything. The defaults are those of the published rules.
public struct FineWebThresholds: Sendable, Equatable {
    /// Share of lines that end with a terminal mark.
    public var leastTerminalLines: Double? = 0.12
    /// Whether a text without any such line is accepted.
    public var acceptsNoTerminalLines = false
    /// Share of short lines.
    public var mostShortLines: Double? = 0.67
    /// Share of characters in lines that stood before.
    public var mostRepeatedLineCharacters: Double? = 0.01
    /// Line feeds for each word.
    public var mostNewlines: Double? = 0.3

    /// The published thresholds.
    public init() {}

    static let keys: [WebRules.Key<FineWebThresholds>] = [
        ("min_terminal_lines", .limit(\.leastTerminalLines)),
        ("accept_no_terminal_lines", .flag(\.acceptsNoTerminalLines)), ("max_short_lines", .limit(\.mostShortLines)),
        ("max_repeated_line_characters", .limit(\.mostRepeatedLineCharacters)),
        ("max_newlines", .limit(\.mostNewlines)),
    ]
}
