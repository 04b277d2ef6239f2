import Files
import Yams

/// One mapping of a recipe or another file of rules, read strictly: every key must be asked for, and `finish()` names the one that was not.
package final class RecipeReader {
    private let file: String
    private let name: String
    private let mapping: Node.Mapping
    private var known: [String] = []
    /// What is wrong with the file, of all its mappings; nil: the first mistake is thrown.
    private let mistakes: Mistakes?

    /// Mistakes that were found so far, by the full name of their key.
    private final class Mistakes {
        var found: [(key: String, failure: BuildFailure)] = []
    }

    private init(file: String, name: String, mapping: Node.Mapping, mistakes: Mistakes?) {
        self.file = file
        self.name = name
        self.mapping = mapping
        self.mistakes = mistakes
    }

    /// The top mapping of a YAML text; `expected` says which keys it should have. `collects`: a value that is wrong counts as absent, and
    /// `finish()` of the top throws all mistakes of the file together.
    package static func top(
        _ text: String, file: String, expected: String = "keys such as `sources:` and `tokenizer:`",
        collects: Bool = false
    ) throws -> RecipeReader {
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch let error as YamlError {
            throw BuildFailure.recipe(
                place: error.line.map { "\(file):\($0)" } ?? file, problem: "expected YAML, found \(error.problem)")
        }
        guard let mapping = root?.mapping else {
            throw BuildFailure.recipe(
                place: file, problem: "expected \(expected), found none")
        }
        return RecipeReader(file: file, name: "", mapping: mapping, mistakes: collects ? Mistakes() : nil)
    }

    private func fullName(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

    /// Keeps a mistake for later, or throws it.
    private func record(_ key: String, _ failure: BuildFailure) throws {
        guard let mistakes else { throw failure }
        if !mistakes.found.contains(where: { $0.failure == failure }) {
            mistakes.found.append((fullName(key), failure))
        }
    }

    /// The same, for a value that counts as absent then.
    private func note<Value>(_ key: String, _ failure: BuildFailure) throws -> Value? {
        try record(key, failure)
        return nil
    }

    /// Runs a part of the reading; what it throws of the recipe is kept for later.
    func attempt<Value>(_ body: () throws -> Value) throws -> Value? {
        do { return try body() } catch let failure as BuildFailure {
            if mistakes == nil { throw failure }
            return try note("", failure)
        }
    }

    /// All mistakes so far and a last one, as one failure.
    func all(and failure: BuildFailure) -> BuildFailure {
        try? record("", failure)
        let found = mistakes?.found.map(\.failure) ?? [failure]
        return found.count == 1 ? found[0] : .several(found)
    }

    /// Whether a mistake was found.
    var hasMistakes: Bool { mistakes?.found.isEmpty == false }

    /// Keys that are known though nothing may come to ask for them.
    func expect(_ keys: [String]) { known += keys }

    private func place(_ key: String, _ node: Node? = nil) -> String {
        let line = (node?.mark ?? mapping.mark)?.line
        let full = fullName(key)
        return line.map { "\(file):\($0): \(full)" } ?? "\(file): \(full)"
    }

    /// Where the value of a key stands, for messages: `file:line: key`.
    package func place(of key: String) -> String { place(key, mapping[Node(key)]) }

    /// The line of a key's value, from 1; that of the mapping where it has no such key.
    package func line(of key: String) -> Int? { (mapping[Node(key)]?.mark ?? mapping.mark)?.line }

    /// The line where the mapping begins, from 1.
    package var line: Int? { mapping.mark?.line }

    /// Its keys, in the order of the file.
    package var keys: [String] { mapping.keys.compactMap(\.scalar?.string) }

    /// What stands in place of what was expected.
    private static func found(_ node: Node) -> String {
        if node.mapping != nil { return "keys and values" }
        if let items = node.sequence { return items.isEmpty ? "an empty list" : "a list" }
        guard let scalar = node.scalar, node.null == nil || scalar.style != .plain else { return "nothing" }
        return scalar.string.count > 60 ? "`\(scalar.string.prefix(60))…`" : "`\(scalar.string)`"
    }

    private func wrong(_ key: String, _ node: Node, expected: String) -> BuildFailure {
        .recipe(place: place(key, node), problem: "expected \(expected), found \(RecipeReader.found(node))")
    }

    /// The failure for a required key that is not there; names the unknown key that may be meant.
    package func missing(_ key: String, _ problem: String, among keys: [String]) -> BuildFailure {
        // One that is there and wrong is not missing.
        if let own = mistakes?.found.first(where: { $0.key == fullName(key) }) { return own.failure }
        for (candidate, _) in mapping {
            let text = candidate.scalar?.string ?? ""
            if !keys.contains(text), NearestName.to(text, among: keys) == key {
                return .recipe(place: place(text, candidate), problem: "unknown key; did you mean `\(key)`?")
            }
        }
        return fail(key, problem)
    }

    private func node(_ key: String) -> Node? {
        known.append(key)
        return mapping[Node(key)]
    }

    package func fail(_ key: String, _ problem: String) -> BuildFailure {
        .recipe(place: place(key, mapping[Node(key)]), problem: problem)
    }

    package func string(_ key: String) throws -> String? {
        guard let node = node(key) else { return nil }
        guard let scalar = node.scalar, node.null == nil || scalar.style != .plain else {
            return try note(key, wrong(key, node, expected: "a text"))
        }
        return scalar.string
    }

    package func strings(_ key: String) throws -> [String]? {
        guard let node = node(key) else { return nil }
        if let scalar = node.scalar { return [scalar.string] }
        guard let items = node.sequence else {
            return try note(key, wrong(key, node, expected: "a text or a list of texts"))
        }
        if let item = items.first(where: { $0.scalar == nil }) {
            return try note(key, wrong(key, item, expected: "a list of texts"))
        }
        return items.compactMap { $0.scalar?.string }
    }

    package func integer(_ key: String, atLeast minimum: Int, atMost maximum: Int = 1 << 62) throws -> Int? {
        guard let node = node(key) else { return nil }
        guard let value = node.int, value >= minimum, value <= maximum else {
            return try note(key, wrong(key, node, expected: "a whole number from \(minimum) to \(maximum)"))
        }
        return value
    }

    package func bool(_ key: String) throws -> Bool? {
        guard let node = node(key) else { return nil }
        guard let value = node.bool else {
            return try note(key, wrong(key, node, expected: "true or false"))
        }
        return value
    }

    /// A number of bytes such as `16MB`, `512kB`, `2MiB` or `65536`.
    func bytes(_ key: String) throws -> Int? {
        guard let node = node(key) else { return nil }
        let units = [
            ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1000), ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("b", 1), ("", 1),
        ]
        let text = (node.scalar?.string ?? "").lowercased()
        for (suffix, factor) in units where text.hasSuffix(suffix) {
            let digits = text.dropLast(suffix.count).filter { $0 != " " && $0 != "_" }
            if let number = Int(digits), number > 0 {
                let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
                if !overflow, bytes <= 1 << 50 { return bytes }
            }
            break
        }
        return try note(key, wrong(key, node, expected: "a number of bytes such as 16MB"))
    }

    /// A share such as `5%` or `0.05`.
    package func share(_ key: String) throws -> Double? {
        guard let node = node(key) else { return nil }
        let text = node.scalar?.string ?? ""
        let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let value, value >= 0, value <= 1 else {
            return try note(key, wrong(key, node, expected: "a share such as 1% or 0.01"))
        }
        return value
    }

    /// A number that is at least 0.
    package func number(_ key: String) throws -> Double? {
        guard let node = node(key) else { return nil }
        guard let value = Double(node.scalar?.string ?? ""), value >= 0, value.isFinite else {
            return try note(key, wrong(key, node, expected: "a number of at least 0"))
        }
        return value
    }

    package func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = try string(key) else { return nil }
        if let value = Choice(rawValue: text) { return value }
        let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try note(key, fail(key, "expected one of \(all), found `\(text)`"))
    }

    /// The scalar at `key` as it is written; nil where there is none, or a mapping or list.
    package func word(_ key: String) -> String? { node(key)?.scalar?.string }

    /// A mapping below `key`; nil where the key is absent.
    package func section(_ key: String) throws -> RecipeReader? {
        guard let node = node(key) else { return nil }
        guard let inner = node.mapping else {
            return try note(key, wrong(key, node, expected: "keys and values"))
        }
        return RecipeReader(file: file, name: fullName(key), mapping: inner, mistakes: mistakes)
    }

    /// The mappings of a list below `key`.
    package func sections(_ key: String) throws -> [RecipeReader]? {
        guard let node = node(key) else { return nil }
        guard let items = node.sequence, !items.isEmpty else {
            return try note(key, wrong(key, node, expected: "a list with at least one entry"))
        }
        return try items.enumerated().map { index, item in
            guard let inner = item.mapping else {
                throw wrong(key, item, expected: "an entry of keys and values")
            }
            return RecipeReader(file: file, name: "\(key)[\(index)]", mapping: inner, mistakes: mistakes)
        }
    }

    /// The mapping as JSON, for a stage that reads its own options and knows the keys `names`; nil: any key.
    func json(knownKeys names: [String]? = nil) -> JSONValue {
        known += names ?? mapping.keys.compactMap(\.scalar?.string)
        return YAMLFile.json(Node.mapping(mapping))
    }

    /// Throws for the first key that nothing asked for, naming the nearest one that exists; the top of a file whose mistakes are collected
    /// throws all of them.
    package func finish() throws {
        for (key, _) in mapping {
            let text = key.scalar?.string ?? "?"
            if known.contains(text) { continue }
            let nearest = NearestName.to(text, among: known)
            let hint = nearest.map { "; did you mean `\($0)`?" } ?? ""
            try record(
                text, BuildFailure.recipe(place: place(text, key), problem: "unknown key\(hint)"))
        }
        if name.isEmpty, let found = mistakes?.found.map(\.failure), let first = found.first {
            throw found.count == 1 ? first : .several(found)
        }
    }
}
