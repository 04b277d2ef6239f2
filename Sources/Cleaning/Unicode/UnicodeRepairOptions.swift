public import Files

/// What is repaired beside control characters, line ends, no-break spaces, soft hyphens and byte-order marks, which always are.
public struct UnicodeRepairOptions: Sendable, Equatable {
    /// What becomes of characters for private use.
    public enum PrivateUse: String, Sendable, CaseIterable {
        /// Those of Word's symbol fonts become what they show; others stay, counted in `metadata.other["private_use"]`.
        case map
        /// Those of Word's symbol fonts become what they show; others go.
        case remove
        /// All stay.
        case keep
    }

    /// Whether UTF-8 that was read as Windows-1252 or Latin-1 becomes what it was, where that is certain.
    public var mojibake = true
    /// Whether ﬁ, ﬂ and the like become their letters.
    public var ligatures = true
    /// Whether characters without width go where neither script nor emoji need them.
    public var zeroWidth = true
    /// What becomes of characters for private use.
    public var privateUse = PrivateUse.map

    /// All that is certain.
    public init() {}

    /// Nothing beside what always is repaired.
    public static let least: UnicodeRepairOptions = {
        var options = UnicodeRepairOptions()
        options.mojibake = false
        options.ligatures = false
        options.zeroWidth = false
        options.privateUse = .keep
        return options
    }()

    /// Reads what `clean.unicode` of a recipe says: `on`, `off`, or an object with `mojibake`, `ligatures` and `zero_width` (true or false)
    /// and `private_use` (`map`, `remove`, `keep`). Throws `CleaningFailure`.
    public init(recipe: JSONValue) throws {
        self.init()
        if let isOn = UnicodeRepairOptions.flag(recipe) {
            if !isOn { self = .least }
            return
        }
        guard let members = recipe.members else {
            throw CleaningFailure.badValue(
                key: "unicode", expected: "on, off, or {mojibake: …, ligatures: …, zero_width: …, private_use: …}",
                found: recipe.text())
        }
        for name in members.keys.sorted(by: precedesInByteOrder) {
            let value = members[name] ?? .null
            if name == "private_use" {
                guard let privateUse = value.string.flatMap(PrivateUse.init(rawValue:)) else {
                    throw CleaningFailure.badValue(
                        key: "unicode.private_use", expected: "map, remove or keep", found: value.text())
                }
                self.privateUse = privateUse
                continue
            }
            guard let path = UnicodeRepairOptions.flags.first(where: { $0.0 == name })?.1 else {
                throw CleaningFailure.badValue(
                    key: "unicode", expected: "the keys mojibake, ligatures, zero_width, private_use", found: name)
            }
            guard let isOn = UnicodeRepairOptions.flag(value) else {
                throw CleaningFailure.badValue(
                    key: "unicode.\(name)", expected: "true or false", found: value.text())
            }
            self[keyPath: path] = isOn
        }
    }

    private static let flags: [(String, any WritableKeyPath<UnicodeRepairOptions, Bool> & Sendable)] = [
        ("mojibake", \.mojibake), ("ligatures", \.ligatures), ("zero_width", \.zeroWidth),
    ]

    private static func flag(_ value: JSONValue) -> Bool? {
        if case .bool(let isOn) = value { return isOn }
        switch value.string {
        case "on", "true": return true
        case "off", "false": return false
        default: return nil
        }
    }

    /// Everything that decides, as one text.
    public var digestText: String {
        "mojibake=\(mojibake) ligatures=\(ligatures) zero_width=\(zeroWidth) private_use=\(privateUse.rawValue)"
    }
}
