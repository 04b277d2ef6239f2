import Building
import Files
import Packing

extension ValidationRules {
    /// Reads a rules file. Throws `BuildFailure.recipe` with file, line and key for anything that is not understood.
    public init(file path: String) throws {
        let bytes = try FileByteStream(path).readAll(limit: 1 << 24, hint: "rules are a short text")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BuildFailure.recipe(place: path, problem: "expected UTF-8")
        }
        try self.init(yaml: text, file: path)
    }

    /// Reads rules from a text; `file` names it in messages and findings.
    public init(yaml text: String, file: String) throws {
        self.init()
        self.file = file
        let top = try RecipeReader.top(text, file: file, expected: "keys such as `unreadable:` and `waivers:`")
        if let version = try top.integer("schema", atLeast: 1), version > ValidationRules.schemaVersion {
            throw top.fail(
                "schema", "expected 1 to \(ValidationRules.schemaVersion), found \(version): update shardmill")
        }
        limits = try Limits(top)
        try readCorpusRules(top)
        if let section = try top.section("sources") {
            for name in section.keys {
                guard let entry = try section.section(name) else { continue }
                sources[name] = try Limits(entry)
                sourceLines[name] = section.line(of: name)
                try entry.finish()
            }
        }
        if let section = try top.section("severity") {
            for rule in CheckRule.all {
                severities[rule.id] = try section.choice(rule.id, Severity.self)
            }
            try section.finish()
        }
        if let section = try top.section("drift") { drift = try Drift(section) }
        if let value = try top.integer("examples", atLeast: 0, atMost: 100_000) { examples = value }
        if top.keys.contains("waivers") { waivers = try top.sections("waivers")?.map(ValidationRules.waiver) ?? [] }
        try top.finish()
    }

    private mutating func readCorpusRules(_ top: RecipeReader) throws {
        contamination = try top.band("contamination", .most) { try $0.number($1) }
        if top.word("leakage") != nil {
            leakage = try top.band("leakage", .most) { try $0.share($1) }
        } else if let section = try top.section("leakage") {
            leakage = try section.band("share", .most) { try $0.share($1) }
            nearDuplicatesInTraining = try section.band("near_duplicates", .most) { try $0.number($1) }
            try section.finish()
        }
        padding = try top.band("padding", .most) { try $0.share($1) }
        separator = try top.choice("separator", SeparatorPolicy.self)?.rawValue
        separatorLine = top.line(of: "separator")
        licenceLine = top.line(of: "licence")
        if let word = top.word("licence") {
            guard word == "required" else {
                throw top.fail("licence", "expected required, or a list of the licences that are allowed")
            }
            licences = []
        } else if let list = try top.strings("licence") {
            if list.isEmpty { throw top.fail("licence", "expected a list with at least one licence, or required") }
            licences = list
        }
        rootDigestLine = top.line(of: "root_digest")
        if let digest = try top.string("root_digest") {
            guard digest.utf8.count == 64,
                digest.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else {
                throw top.fail(
                    "root_digest", "expected the 64 hexadecimal digits that the manifest shows as root_digest")
            }
            rootDigest = digest
        }
    }

    private static func waiver(_ entry: RecipeReader) throws -> Waiver {
        let keys = ["rule", "where", "reason", "owner", "expires"]
        func required(_ key: String) throws -> String {
            guard let text = try entry.string(key), !text.isEmpty else {
                throw entry.missing(key, "missing: a waiver needs rule, reason, owner and expires", among: keys)
            }
            return text
        }
        let rule = try required("rule")
        if CheckRule.named(rule) == nil {
            let nearest = NearestName.to(rule, among: CheckRule.all.map(\.id)) ?? ""
            throw entry.fail("rule", "no rule is called `\(rule)`; did you mean `\(nearest)`?")
        }
        let day = try required("expires")
        guard let expires = CalendarDate(day) else {
            throw entry.fail("expires", "expected a day such as 2027-01-31, found `\(day)`")
        }
        let waiver = Waiver(
            rule: rule, place: try entry.string("where"), reason: try required("reason"),
            owner: try required("owner"), expires: expires, line: entry.line)
        try entry.finish()
        return waiver
    }
}

extension ValidationRules.Limits {
    /// The limits among the keys of a mapping, which may have others.
    init(_ reader: RecipeReader) throws {
        self.init()
        if reader.word("rejects") != nil {
            rejects = try reader.band("rejects", .most) { try $0.share($1) }
        } else if let section = try reader.section("rejects") {
            rejects = try section.bound("max") { try $0.share($1) }
            if let rules = try section.section("rules") {
                for name in rules.keys { rejectsByRule[name] = try rules.band(name, .most) { try $0.share($1) } }
                try rules.finish()
            }
            try section.finish()
        }
        unreadable = try reader.band("unreadable", .most) { try $0.share($1) }
        duplicates = try reader.band("duplicates", .most) { try $0.share($1) }
        fertility = try reader.band("fertility", .most) { try $0.number($1) }
        bytesPerToken = try reader.band("bytes_per_token", .least) { try $0.number($1) }
        documents = try reader.band("documents", .least) { try $0.number($1) }
        tokens = try reader.band("tokens", .least) { try $0.number($1) }
        if let section = try reader.section("languages") {
            for tag in section.keys { languages[tag] = try section.band(tag, .least) { try $0.share($1) } }
            try section.finish()
        }
    }
}

extension ValidationRules.Drift {
    init(_ section: RecipeReader) throws {
        self.init()
        line = section.line
        if let value = try section.number("psi") { stability = value }
        if let value = try section.amount("change") { change = value }
        if let named = try section.section("measures") {
            for name in DriftMeasure.names {
                if named.word(name) == "off" {
                    measures.updateValue(nil, forKey: name)
                } else if let value = try named.amount(name) {
                    measures.updateValue(value, forKey: name)
                }
            }
            try named.finish()
        }
        try section.finish()
    }
}

/// What a figure alone means where a band may stand.
private enum BandSide { case least, most }

extension RecipeReader {
    /// A band: `{min: …, max: …}`, or one figure for the side that matters.
    fileprivate func band(
        _ key: String, _ side: BandSide, _ read: (RecipeReader, String) throws -> Double?
    ) throws -> ValidationBand? {
        if word(key) != nil {
            guard let value = try read(self, key) else { return nil }
            return side == .least
                ? ValidationBand(least: value, line: line(of: key)) : ValidationBand(most: value, line: line(of: key))
        }
        guard let section = try section(key) else { return nil }
        let band = ValidationBand(
            least: try read(section, "min"), most: try read(section, "max"), line: line(of: key))
        try section.finish()
        if band.least == nil, band.most == nil { throw fail(key, "expected min, max or both") }
        if let least = band.least, let most = band.most, least > most {
            throw fail(key, "expected a min that is not above max")
        }
        return band
    }

    fileprivate func bound(_ key: String, _ read: (RecipeReader, String) throws -> Double?) throws -> ValidationBand? {
        try read(self, key).map { ValidationBand(most: $0, line: line(of: key)) }
    }

    /// A number, or a share with a percent sign, of at least 0.
    fileprivate func amount(_ key: String) throws -> Double? {
        guard let text = word(key), text.hasSuffix("%") else { return try number(key) }
        guard let value = Double(text.dropLast()), value >= 0, value.isFinite else {
            throw fail(key, "expected a number of at least 0, such as 0.2 or 20%, found `\(text)`")
        }
        return value / 100
    }
}
