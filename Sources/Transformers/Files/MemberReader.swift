internal import Files

/// Typed access to the members of a JSON object in a configuration file; null counts as absent. Errors name file and member.
struct MemberReader {
    let path: String
    /// The member that holds this object; nil at the root.
    let place: String?
    let members: [String: JSONValue]

    subscript(name: String) -> JSONValue? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    private func title(_ name: String) -> String { place.map { "\($0).\(name)" } ?? name }

    func wrong(_ name: String, _ expected: String, _ found: String) -> ModelFailure {
        .malformed(path: path, place: title(name), expected: expected, found: found)
    }

    func unsupported(_ name: String, _ found: String, _ supported: String) -> ModelFailure {
        .unsupported(path: path, feature: title(name), found: found, supported: supported)
    }

    private func value<Value>(
        _ name: String, _ expected: String, default fallback: Value?, _ parse: (JSONValue) -> Value?
    ) throws -> Value {
        guard let value = self[name] else {
            if let fallback { return fallback }
            throw wrong(name, expected, "no such member")
        }
        guard let parsed = parse(value) else { throw wrong(name, expected, value.text()) }
        return parsed
    }

    func string(_ name: String, default fallback: String? = nil) throws -> String {
        try value(name, "a string", default: fallback) { $0.string }
    }

    func flag(_ name: String, default fallback: Bool? = nil) throws -> Bool {
        try value(name, "true or false", default: fallback) { $0.bool }
    }

    func number(_ name: String, default fallback: Double? = nil) throws -> Double {
        try value(name, "a number", default: fallback) { $0.double }
    }

    /// An integer from 1.
    func count(_ name: String, default fallback: Int? = nil) throws -> Int {
        try value(name, "an integer from 1", default: fallback) { value in value.int.flatMap { $0 > 0 ? $0 : nil } }
    }

    /// One token id, a list of them, or none.
    func tokenIDs(_ name: String) throws -> [Int] {
        try value(name, "a token id or a list of them", default: []) { value in
            if let one = value.int { return one >= 0 ? [one] : nil }
            guard let items = value.items else { return nil }
            let ids = items.compactMap(\.int).filter { $0 >= 0 }
            return ids.count == items.count ? ids : nil
        }
    }
}
