public import Files

/// What FineWeb's rules count.
public struct FineWebSignals: Sendable, Equatable {
    /// Lines that are not blank.
    public var lines = 0
    /// Lines that end with a mark that ends sentences in some script.
    public var terminalLines = 0
    /// Lines of at most `shortLineLength` characters.
    public var shortLines = 0
    /// Characters in lines that stood before.
    public var repeatedLineCharacters = 0

    /// Up to how many characters a line is a short one.
    public static let shortLineLength = 30

    /// Nothing measured.
    public init() {}

    /// As a JSON object; what is 0 is left out.
    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        SignalJSON.put(self, FineWebSignals.fields, in: &members)
        return .object(members)
    }

    /// From the object that `json` gives; missing members count as 0.
    public init(json: JSONValue) { SignalJSON.take(&self, FineWebSignals.fields, from: json) }

    private static let fields: [SignalJSON.Field<FineWebSignals>] = [
        ("lines", \.lines), ("terminal_lines", \.terminalLines), ("short_lines", \.shortLines),
        ("repeated_line_characters", \.repeatedLineCharacters),
    ]
}
