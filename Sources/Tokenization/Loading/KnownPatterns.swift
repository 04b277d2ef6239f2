/// The split patterns that have a scanner, as they are written in files.
enum KnownPatterns {
    private static let contractions = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)"#

    /// Written so under the rules of Oniguruma and of Rust alike.
    private static let common: [(text: String, pattern: Pretokenization.Pattern)] = [
        (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
        (letters(#"\p{N}"#), .qwen2),
        (letters(#"\p{N}{1,3}"#), .llama3),
        (
            #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"# + contractions + "?|"
                + #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"# + contractions + "?|"
                + #"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#, .o200k
        ),
    ]

    /// Possessive forms, which mean this under the rules of Rust.
    private static let possessive: [(text: String, pattern: Pretokenization.Pattern)] = [
        (#"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"#, .gpt2),
        (
            #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"#,
            .cl100k
        ),
    ]

    private static func letters(_ digits: String) -> String {
        contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The pattern as it is written in files; nil for `whole`.
    static func text(of pattern: Pretokenization.Pattern) -> String? {
        (common + possessive).first { $0.pattern == pattern }?.text
    }

    /// All texts of known patterns.
    static func texts(_ flavour: RegularExpression.Flavour) -> [(text: String, pattern: Pretokenization.Pattern)] {
        flavour == .rust ? common + possessive : common
    }

    /// A pattern with its scanner where there is one, else ready for the general engine. Throws `RegularExpressionFailure`.
    static func pattern(_ text: String, _ flavour: RegularExpression.Flavour) throws -> TextPattern {
        if let known = texts(flavour).first(where: { $0.text == text }) { return .known(known.pattern, source: text) }
        return .expression(try RegularExpression(text, flavour))
    }
}
