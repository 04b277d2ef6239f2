public import Files

/// The counts that the published web filters decide by, over one text.
///
/// Words are those of the English rules of the filters' own word splitter. Everything is a whole number, so that a ratio is one division of two of
/// them when a decision is made.
public struct WebSignals: Sendable, Equatable {
    /// Unicode scalars of the text.
    public var characters = 0
    /// Words.
    public var words = 0
    /// Line feeds.
    public var newlines = 0
    /// For Gopher's rules of quality.
    public var gopher = GopherSignals()
    /// For Gopher's rules of repetition.
    public var repetition = GopherRepetitionSignals()
    /// For C4's rules.
    public var c4 = C4Signals()
    /// For FineWeb's rules.
    public var fineweb = FineWebSignals()

    /// Nothing measured.
    public init() {}

    /// As a JSON object; what is 0 is left out.
    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        SignalJSON.put(self, WebSignals.fields, in: &members)
        members["gopher"] = gopher.json
        members["repetition"] = repetition.json
        members["c4"] = c4.json
        members["fineweb"] = fineweb.json
        return .object(members)
    }

    /// From the object that `json` gives; missing members count as 0.
    public init(json: JSONValue) {
        SignalJSON.take(&self, WebSignals.fields, from: json)
        gopher = GopherSignals(json: json["gopher"] ?? .null)
        repetition = GopherRepetitionSignals(json: json["repetition"] ?? .null)
        c4 = C4Signals(json: json["c4"] ?? .null)
        fineweb = FineWebSignals(json: json["fineweb"] ?? .null)
    }

    private static let fields: [SignalJSON.Field<WebSignals>] = [
        ("characters", \.characters), ("words", \.words), ("newlines", \.newlines),
    ]
}

/// Counts as members of an object, zeros left out.
enum SignalJSON {
    typealias Field<Signals> = (name: String, path: any WritableKeyPath<Signals, Int> & Sendable)

    static func put<Signals>(_ signals: Signals, _ fields: [Field<Signals>], in members: inout [String: JSONValue]) {
        for field in fields where signals[keyPath: field.path] != 0 {
            members[field.name] = .integer(signals[keyPath: field.path])
        }
    }

    static func take<Signals>(_ signals: inout Signals, _ fields: [Field<Signals>], from json: JSONValue) {
        for field in fields { signals[keyPath: field.path] = json[field.name]?.int ?? 0 }
    }

    static func counts(_ json: JSONValue?, _ count: Int) -> [Int] {
        let items = json?.items ?? []
        return (0..<count).map { $0 < items.count ? items[$0].int ?? 0 : 0 }
    }
}
