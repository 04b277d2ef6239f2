extension TextPattern {
    /// Reads `{"String": …}` or `{"Regex": …}` under `pattern`.
    static func read(in component: PlacedElement) throws -> TextPattern {
        let pattern = try component.object("pattern")
        if let text = try pattern.optionalString("String") {
            if text.isEmpty { throw pattern.malformed("a string that is not empty") }
            return .string(Array(text.utf8))
        }
        guard let text = try pattern.optionalString("Regex") else { throw pattern.malformed("a String or a Regex") }
        do {
            return try KnownPatterns.pattern(text, .oniguruma)
        } catch let failure as RegularExpressionFailure {
            throw pattern.unsupported(
                "\(failure.found) at character \(failure.place) of the Regex \(text.prefix(200).debugDescription)",
                "expressions of characters, classes, groups, repetitions, lookaround and anchors")
        }
    }
}
