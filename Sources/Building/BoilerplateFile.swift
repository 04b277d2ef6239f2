public import Cleaning
import Files

/// Rule files of boilerplate, in YAML.
public enum BoilerplateFile {
    /// The rules that come with the program.
    public static let builtIn: [BoilerplateRuleSet] = {
        do {
            return try BoilerplateSources.all.map { try ruleSet(yaml: $0.yaml, name: $0.name) }
        } catch {
            // A test reads them: a program that holds broken ones was never tested.
            preconditionFailure("built-in boilerplate rules: \(error)")
        }
    }()

    /// Reads a file. Throws `BuildFailure.recipe` with file, line and key for anything that is not understood.
    public static func ruleSet(file path: String) throws -> BoilerplateRuleSet {
        let bytes = try FileByteStream(path).readAll(limit: 1 << 20, hint: "rules are a short text")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BuildFailure.recipe(place: path, problem: "expected UTF-8")
        }
        return try ruleSet(yaml: text, name: path)
    }

    static func ruleSet(yaml: String, name: String) throws -> BoilerplateRuleSet {
        let top = try RecipeReader.top(yaml, file: name)
        guard let version = try top.integer("version", atLeast: 1) else {
            throw top.missing(
                "version", "missing: rules have a version, 1 or above", among: ["version", "publisher", "rules"])
        }
        guard let publishers = try top.strings("publisher"), !publishers.isEmpty else {
            throw top.missing(
                "publisher", "missing: name the publishers the rules are for, or any",
                among: ["version", "publisher", "rules"])
        }
        guard let entries = try top.sections("rules") else {
            throw top.missing("rules", "missing: a list of rules", among: ["version", "publisher", "rules"])
        }
        let rules = try entries.map(rule)
        try top.finish()
        return BoilerplateRuleSet(
            name: name, version: version, publishers: publishers.contains("any") ? [] : publishers, rules: rules)
    }

    private static func rule(_ entry: RecipeReader) throws -> BoilerplateRule {
        let targets = BoilerplateRule.Target.allCases.map(\.rawValue)
        guard let name = try entry.string("name"), !name.isEmpty,
            name.utf8.allSatisfy({ $0 == 0x2D || $0 &- 0x30 < 10 || $0 &- 0x61 < 26 })
        else {
            throw entry.missing(
                "name", "expected a name of small letters, digits and -", among: ["name", "place"] + targets)
        }
        var patterns: [(target: BoilerplateRule.Target, pattern: TextPattern)] = []
        for target in BoilerplateRule.Target.allCases {
            for text in try entry.strings(target.rawValue) ?? [] {
                let pattern = TextPattern(text)
                if pattern.takesEverything {
                    throw entry.fail(target.rawValue, "`\(text)` is in every text; a pattern needs letters or a number")
                }
                patterns.append((target, pattern))
            }
        }
        let place = try entry.choice("place", BoilerplateRule.Place.self) ?? .anywhere
        try entry.finish()
        if patterns.isEmpty {
            throw entry.fail("name", "rule `\(name)` takes nothing: give it one of \(targets.joined(separator: ", "))")
        }
        return BoilerplateRule(name: name, patterns: patterns, place: place)
    }

    /// The rules of the files at `paths`, asked first, and those of the program, without those called as `off` says. Throws for a name in
    /// `off` that no rule has.
    public static func rules(files paths: [String] = [], off: [String] = []) throws -> BoilerplateRules {
        // Ledgers and reports show the names with their prefix.
        let off = off.map {
            $0.hasPrefix(BoilerplateRules.ledgerPrefix) ? String($0.dropFirst(BoilerplateRules.ledgerPrefix.count)) : $0
        }
        let rules = BoilerplateRules(try paths.map(ruleSet(file:)) + builtIn, off: off)
        for name in off where !rules.names.contains(name) {
            let hint = NearestName.to(name, among: rules.names).map { "; did you mean `\($0)`?" } ?? ""
            throw BuildFailure.recipe(
                place: "boilerplate", problem: "no rule is called `\(name)`\(hint)")
        }
        return rules
    }
}
