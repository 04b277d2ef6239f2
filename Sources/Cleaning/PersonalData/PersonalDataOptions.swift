public import Files

/// What becomes of personal data in a text.
public struct PersonalDataOptions: Sendable, Equatable {
    /// What personal data is.
    public enum Kind: String, Sendable, CaseIterable {
        /// An e-mail address.
        case email
        /// An address of the Internet Protocol, version 4 or 6.
        case ip
        /// A telephone number in international form, of North America in its own, or behind a word such as `Tel:`.
        case phone
    }

    /// What happens to a kind.
    public enum Action: String, Sendable, CaseIterable {
        /// It is not looked for.
        case off
        /// It is counted and stays.
        case count
        /// It is counted and gives way to a token.
        case replace
    }

    /// What happens to e-mail addresses.
    public var email = Action.off
    /// What happens to addresses of the Internet Protocol.
    public var ip = Action.off
    /// What happens to telephone numbers.
    public var phone = Action.off
    /// What stands in the place of each kind, in the order of `Kind.allCases`.
    public var tokens = ["<EMAIL>", "<IP>", "<PHONE>"]
    /// Whether addresses that stand for no person or machine count too: example.com, 2001:db8::1, private networks, numbers of films.
    public var includesExamples = false

    /// Nothing is looked for.
    public init() {}

    /// The same for every kind.
    public init(_ action: Action) {
        email = action
        ip = action
        phone = action
    }

    /// What happens to a kind.
    public subscript(kind: Kind) -> Action {
        get {
            switch kind {
            case .email: email
            case .ip: ip
            case .phone: phone
            }
        }
        set {
            switch kind {
            case .email: email = newValue
            case .ip: ip = newValue
            case .phone: phone = newValue
            }
        }
    }

    /// Whether nothing is looked for.
    public var isOff: Bool { Kind.allCases.allSatisfy { self[$0] == .off } }

    /// Reads what `clean.pii` of a recipe says: `off`, `count`, `replace`, or an object with an action for each kind, `tokens` and
    /// `examples: keep|include`. Throws `CleaningFailure`.
    public init(recipe: JSONValue) throws {
        self.init()
        if let word = PersonalDataOptions.word(recipe) {
            guard let action = Action(rawValue: word) else { throw PersonalDataOptions.bad("pii", recipe) }
            self.init(action)
            return
        }
        guard let members = recipe.members else { throw PersonalDataOptions.bad("pii", recipe) }
        for name in members.keys.sorted(by: precedesInByteOrder) {
            let value = members[name] ?? .null
            if let kind = Kind(rawValue: name) {
                guard let action = PersonalDataOptions.word(value).flatMap(Action.init(rawValue:)) else {
                    throw CleaningFailure.badValue(
                        key: "pii.\(name)", expected: "off, count or replace", found: value.text())
                }
                self[kind] = action
            } else if name == "examples" {
                guard let word = value.string, ["keep", "include"].contains(word) else {
                    throw CleaningFailure.badValue(
                        key: "pii.examples", expected: "keep or include", found: value.text())
                }
                includesExamples = word == "include"
            } else if name == "tokens" {
                try setTokens(value)
            } else {
                throw CleaningFailure.badValue(
                    key: "pii", expected: "the keys email, ip, phone, tokens, examples", found: name)
            }
        }
    }

    private mutating func setTokens(_ value: JSONValue) throws {
        guard let members = value.members else {
            throw CleaningFailure.badValue(
                key: "pii.tokens", expected: "a text for each of email, ip, phone", found: value.text())
        }
        for name in members.keys.sorted(by: precedesInByteOrder) {
            guard let kind = Kind(rawValue: name), let index = Kind.allCases.firstIndex(of: kind),
                let token = members[name]?.string
            else {
                throw CleaningFailure.badValue(
                    key: "pii.tokens", expected: "a text for each of email, ip, phone", found: name)
            }
            tokens[index] = token
        }
    }

    /// A word; YAML and JSON may make `off` a Boolean.
    private static func word(_ value: JSONValue) -> String? {
        if case .bool(false) = value { return "off" }
        return value.string
    }

    private static func bad(_ key: String, _ value: JSONValue) -> CleaningFailure {
        .badValue(key: key, expected: "off, count, replace, or {email: …, ip: …, phone: …}", found: value.text())
    }

    /// Everything that decides, as one text without line ends.
    public var digestText: String {
        if isOff { return "pii=off" }
        let parts = zip(Kind.allCases, tokens).filter { self[$0.0] != .off }.map { kind, token in
            self[kind] == .replace
                ? "\(kind.rawValue):\(JSONValue.string(token).text())" : "\(kind.rawValue):\(self[kind].rawValue)"
        }
        return "pii=" + parts.joined(separator: ",") + (includesExamples ? " examples" : "")
    }
}
