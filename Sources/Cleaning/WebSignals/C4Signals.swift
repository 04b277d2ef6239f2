public import Files

/// What C4's rules count: lines by what C4 would ask of each, so that any of its rules can be switched off later.
public struct C4Signals: Sendable, Equatable {
    /// Lines that answer every question alike.
    public struct Lines: Sendable, Equatable {
        /// The answers, as bits: 1 has a word above 1000 characters, 2 ends without a terminal mark, 4 mentions JavaScript, 8
        /// holds a phrase of a policy; and from bit 4 on its words, at most `C4Signals.countedWords`.
        public var kind = 0
        /// How many lines.
        public var lines = 0
        /// Sentences in them.
        public var sentences = 0
        /// The number, from 1, of the first of them that holds a curly bracket; 0 for none.
        public var firstCurly = 0
        /// The number, from 1, of the first of them that holds "lorem ipsum"; 0 for none.
        public var firstLorem = 0

        /// No lines.
        public init() {}

        /// Words of a line, `C4Signals.countedWords` for more.
        public var words: Int { kind >> 4 }
    }

    /// Words of a line are counted up to here.
    public static let countedWords = 7
    static let long = 1
    static let unterminated = 2
    static let javascript = 4
    static let policy = 8
    static let kinds = (countedWords + 1) * 16

    /// Every kind of line that the text has, by rising `kind`.
    public var kinds: [Lines] = []

    /// Nothing measured.
    public init() {}

    /// As a JSON array of `[kind, lines, sentences, first curly, first lorem]`, zeros at an end left out.
    public var json: JSONValue {
        .array(
            kinds.map { item in
                var values = [item.kind, item.lines, item.sentences, item.firstCurly, item.firstLorem]
                while values.count > 2, values.last == 0 { values.removeLast() }
                return .array(values.map { .integer($0) })
            })
    }

    /// From the array that `json` gives; missing values count as 0.
    public init(json: JSONValue) {
        for item in json.items ?? [] {
            let values = SignalJSON.counts(item, 5)
            var lines = Lines()
            (lines.kind, lines.lines, lines.sentences) = (values[0], values[1], values[2])
            (lines.firstCurly, lines.firstLorem) = (values[3], values[4])
            kinds.append(lines)
        }
    }
}
