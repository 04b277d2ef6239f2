/// A regular expression of a tokenizer file, ready to search; immutable and shared by all threads.
struct RegularExpression: Sendable {
    /// Whose rules it is written in.
    enum Flavour: String, Sendable {
        /// `tokenizers`: `^` and `$` are the ends of lines, `(?m)` lets the dot match line ends.
        case oniguruma
        /// `tiktoken`: `^` and `$` are the ends of the text, intervals can be possessive.
        case rust
    }

    /// As it is written.
    let source: String
    let flavour: Flavour
    let program: RegularExpressionProgram

    /// Throws `RegularExpressionFailure`.
    init(_ source: String, _ flavour: Flavour) throws {
        self.source = source
        self.flavour = flavour
        program = try RegularExpressionProgram(RegularExpressionParser.parse(source, flavour), flavour)
    }

    /// Calls `body` with every match in `bytes`, in order; what is outside of `bytes` is not seen. Empty matches count, but
    /// not right behind another match.
    func forEachMatch(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        _ = forEachMatch(bytes, mostMemory: Int.max, body)
    }

    /// The same in at most so many bytes of memory. Returns false where that is too little: then matches are missing.
    func forEachMatch(
        _ bytes: UnsafeBufferPointer<UInt8>, mostMemory: Int, _ body: (Range<Int>) -> Void
    ) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var matcher = RegularExpressionMatcher(program, base, bytes.count, mostMemory: mostMemory)
        var place = 0
        var lastEnd = -1
        while place <= bytes.count, let match = matcher.firstMatch(from: place) {
            if match.isEmpty, match.upperBound == lastEnd {
                place = match.upperBound
                place += place < bytes.count ? UTF8Decoding.character(base, place, bytes.count).count : 1
                continue
            }
            body(match)
            place = match.upperBound
            lastEnd = place
        }
        return !matcher.isExhausted
    }
}
