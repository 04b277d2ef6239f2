public import Documents
public import Files
public import Tokenization

/// Two tokenizers, or one, on the same texts: tokens, bytes per token and tokens per word by kind of text, the words that cost most, ids that
/// nothing used. A word is what stands between white space.
public struct TokenizerComparison: Sendable {
    /// Totals of one kind of text.
    struct Counts: Sendable, Equatable {
        var bytes = 0
        var words = 0
        /// By tokenizer.
        var tokens: [Int]
    }

    /// A word and what it costs.
    struct Word: Sendable, Equatable {
        var text: String
        var count: Int
        /// By tokenizer.
        var tokens: [Int]
    }

    private let names: [String]
    private let tokenizers: [Tokenizer]
    private var kinds: [Counts]
    private var total: Counts
    private var documents = 0
    private var used: [[Bool]]
    private var missing: [Int]
    private var words: [[UInt8]: Int] = [:]

    /// Kinds of text, and one for documents that do not say.
    private static let kindNames = TextSpan.Kind.allCases.map(\.rawValue) + ["text"]
    /// Further words are not counted one by one: memory has an end.
    private static let mostWords = 1 << 21
    private static let longestWord = 64

    /// A comparison that has seen nothing. Each tokenizer has a name for people.
    public init(_ tokenizers: [(name: String, tokenizer: Tokenizer)]) {
        names = tokenizers.map(\.name)
        self.tokenizers = tokenizers.map(\.tokenizer)
        let none = Counts(tokens: tokenizers.map { _ in 0 })
        kinds = TokenizerComparison.kindNames.map { _ in none }
        total = none
        used = tokenizers.map { [Bool](repeating: false, count: $0.tokenizer.vocabularySize) }
        missing = tokenizers.map { _ in 0 }
    }

    /// Counts documents for one thread; `TokenizerComparison.absorb` takes it in.
    public final class Tally {
        fileprivate var comparison: TokenizerComparison
        private let encoders: [TokenEncoder]
        private var ids: [UInt32] = []

        /// A tally for a comparison.
        public init(_ comparison: TokenizerComparison) {
            self.comparison = comparison
            encoders = comparison.tokenizers.map { $0.makeEncoder() }
        }

        /// Counts a document. Special tokens in it are taken for text.
        public func add(_ document: Document) throws {
            comparison.documents += 1
            comparison.total.bytes += document.text.count
            try document.text.withUnsafeBytes { text in
                for (index, encoder) in encoders.enumerated() {
                    ids.removeAll(keepingCapacity: true)
                    let missing = encoder.missingBytes
                    try encoder.encode(text, into: &ids)
                    comparison.missing[index] += encoder.missingBytes - missing
                    comparison.total.tokens[index] += ids.count
                    comparison.used[index].withUnsafeMutableBufferPointer { used in
                        for id in ids { used[Int(id)] = true }
                    }
                }
                let words = addWords(text)
                comparison.total.words += words
                if document.spans.isEmpty {
                    try add(
                        UnsafeRawBufferPointer(rebasing: text[...]), kind: TokenizerComparison.kindNames.count - 1,
                        words)
                    return
                }
                // What stands between two spans goes with the first of them.
                var start = 0
                for (index, span) in document.spans.enumerated() {
                    let end = index + 1 < document.spans.count ? document.spans[index + 1].start : text.count
                    let part = UnsafeRawBufferPointer(rebasing: text[start..<max(start, end)])
                    let kind = TextSpan.Kind.allCases.firstIndex(of: span.kind) ?? 0
                    try add(part, kind: kind, TokenizerComparison.forEachWord(part) { _ in })
                    start = max(start, end)
                }
            }
        }

        private func add(_ part: UnsafeRawBufferPointer, kind: Int, _ words: Int) throws {
            if part.isEmpty { return }
            comparison.kinds[kind].bytes += part.count
            comparison.kinds[kind].words += words
            for (index, encoder) in encoders.enumerated() {
                ids.removeAll(keepingCapacity: true)
                try encoder.encode(part, into: &ids)
                comparison.kinds[kind].tokens[index] += ids.count
            }
        }

        private func addWords(_ text: UnsafeRawBufferPointer) -> Int {
            TokenizerComparison.forEachWord(text) { word in
                if word.count > TokenizerComparison.longestWord { return }
                let key = Array(word)
                if comparison.words.count < TokenizerComparison.mostWords || comparison.words[key] != nil {
                    comparison.words[key, default: 0] += 1
                }
            }
        }
    }

    /// Takes in what a tally has counted.
    public mutating func absorb(_ tally: Tally) {
        let other = tally.comparison
        documents += other.documents
        func add(_ counts: inout Counts, _ more: Counts) {
            counts.bytes += more.bytes
            counts.words += more.words
            for index in counts.tokens.indices { counts.tokens[index] += more.tokens[index] }
        }
        add(&total, other.total)
        for index in kinds.indices { add(&kinds[index], other.kinds[index]) }
        for index in used.indices {
            missing[index] += other.missing[index]
            for id in used[index].indices where other.used[index][id] { used[index][id] = true }
        }
        for (word, count) in other.words { words[word, default: 0] += count }
    }

    /// How many documents were counted.
    public var documentCount: Int { documents }

    /// Calls `body` with every word and returns how many there are.
    @discardableResult
    fileprivate static func forEachWord(_ text: UnsafeRawBufferPointer, _ body: (Slice<UnsafeRawBufferPointer>) -> Void)
        -> Int
    {
        var count = 0
        var start = 0
        for index in 0...text.count where index == text.count || text[index] <= 0x20 {
            if index > start {
                body(text[start..<index])
                count += 1
            }
            start = index + 1
        }
        return count
    }

    /// For each tokenizer, the words whose tokens beyond the first cost most in all.
    func worstWords(_ most: Int = 12) throws -> [[Word]] {
        let encoders = tokenizers.map { $0.makeEncoder() }
        let before = try encoders.map { try $0.encode("x").count }
        var all: [Word] = []
        for (word, count) in words {
            let text = String(decoding: word, as: UTF8.self)
            // Inside a text: behind a letter and a space.
            let tokens = try encoders.enumerated().map { try $1.encode("x " + text).count - before[$0] }
            all.append(Word(text: text, count: count, tokens: tokens))
        }
        return tokenizers.indices.map { index in
            Array(
                all.filter { $0.tokens[index] > 1 }.sorted { first, second in
                    let costs = ((first.tokens[index] - 1) * first.count, (second.tokens[index] - 1) * second.count)
                    return costs.0 != costs.1 ? costs.0 > costs.1 : precedesInByteOrder(first.text, second.text)
                }.prefix(most))
        }
    }

    private func unused(_ index: Int) -> Int { used[index].count { !$0 } }
}

extension TokenizerComparison {
    private static func ratio(_ count: Int, _ by: Int) -> Double { by == 0 ? 0 : Double(count) / Double(by) }

    private var rows: [(name: String, counts: Counts)] {
        zip(TokenizerComparison.kindNames, kinds).filter { $0.1.bytes > 0 }.map { ($0, $1) } + [("all", total)]
    }

    /// A letter for each tokenizer, so that columns stay narrow.
    private var letters: [String] {
        names.indices.map { $0 < 26 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8($0))) : "#\($0 + 1)" }
    }

    private var header: [String] {
        ["text", "bytes", "words"] + letters.map { "tokens \($0)" } + letters.map { "bytes/token \($0)" }
            + letters.map { "tokens/word \($0)" }
    }

    /// The same in words that a narrow column can break between.
    private var spacedHeader: [String] { header.map { $0.split(separator: "/").joined(separator: " per ") } }

    private var cells: [[String]] {
        rows.map { name, counts in
            [name, NumberText.bytes(counts.bytes), NumberText.count(counts.words)] + counts.tokens.map(NumberText.count)
                + counts.tokens.map { NumberText.decimal(TokenizerComparison.ratio(counts.bytes, $0), 3) }
                + counts.tokens.map { NumberText.decimal(TokenizerComparison.ratio($0, counts.words), 3) }
        }
    }

    private func vocabularyRows() -> [[String]] {
        names.indices.map { index in
            let size = tokenizers[index].vocabularySize
            return [
                "\(letters[index])  \(names[index])", NumberText.count(size), NumberText.count(unused(index)),
                NumberText.percent(TokenizerComparison.ratio(unused(index), size)), NumberText.count(missing[index]),
            ]
        }
    }

    private static let vocabularyHeader = ["tokenizer", "ids", "unused", "share", "bytes without token"]

    private func wordRows(_ words: [Word]) -> [[String]] {
        words.map { [TerminalText.sanitized($0.text), NumberText.count($0.count)] + $0.tokens.map(NumberText.count) }
    }

    private var wordHeader: [String] { ["word", "times"] + letters.map { "tokens \($0)" } }

    /// Tables for the terminal.
    public func text() throws -> String {
        func table(_ header: [String], _ rows: [[String]]) -> String {
            var table = TextTable(header.enumerated().map { ($1, $0 == 0 ? .left : .right) })
            for row in rows { table.add(row) }
            return table.text
        }
        var out =
            names.indices.map { "\(letters[$0])  \(names[$0]): \(tokenizers[$0].description.model)\n" }.joined() + "\n"
        out += table(header, cells) + "\n" + table(TokenizerComparison.vocabularyHeader, vocabularyRows())
        for (index, words) in try worstWords().enumerated() where !words.isEmpty {
            out += "\ncost most with \(names[index]):\n" + table(wordHeader, wordRows(words))
        }
        return out
    }

    /// Everything, for programs.
    public func json() throws -> JSONValue {
        let worst = try worstWords(50)
        return .object([
            "documents": .integer(documents),
            "kinds": .object(
                Dictionary(
                    uniqueKeysWithValues: rows.map { name, counts in
                        (
                            name,
                            .object([
                                "bytes": .integer(counts.bytes), "words": .integer(counts.words),
                                "tokens": .array(counts.tokens.map { .integer($0) }),
                                "bytes_per_token": .array(
                                    counts.tokens.map { .double(TokenizerComparison.ratio(counts.bytes, $0)) }),
                                "fertility": .array(
                                    counts.tokens.map { .double(TokenizerComparison.ratio($0, counts.words)) }),
                            ])
                        )
                    })),
            "tokenizers": .array(
                names.indices.map { index in
                    .object([
                        "name": .string(names[index]), "vocabulary_size": .integer(tokenizers[index].vocabularySize),
                        "digest": .string(tokenizers[index].digest), "unused_ids": .integer(unused(index)),
                        "bytes_without_token": .integer(missing[index]),
                        "worst_words": .array(
                            worst[index].map { word in
                                .object([
                                    "word": .string(word.text), "count": .integer(word.count),
                                    "tokens": .array(word.tokens.map { .integer($0) }),
                                ])
                            }),
                    ])
                }),
        ])
    }

    /// One HTML file for people.
    public func html() throws -> String {
        let chart = BarChart(
            title: "Bytes per token by kind of text",
            bars: rows.flatMap { name, counts in
                names.indices.map { index in
                    let ratio = TokenizerComparison.ratio(counts.bytes, counts.tokens[index])
                    return BarChart.Bar(
                        label: "\(name) \(letters[index])", value: Int(ratio * 1000),
                        note: NumberText.decimal(ratio, 2), series: index)
                }
            })
        let keys = names.indices.map { index in
            "<li><svg viewBox=\"0 0 8 8\" aria-hidden=\"true\"><rect width=\"8\" height=\"8\" rx=\"1\"\(BarChart.color(index))/></svg>"
                + HTMLText.escape("\(letters[index]) is \(names[index])") + "</li>"
        }
        let legend = "<ul class=\"key\">\(keys.joined())</ul>\n"
        var sections = [
            ("Bytes per token by kind of text", legend + chart.html + HTMLText.table(spacedHeader, cells)),
            ("Vocabularies", HTMLText.table(TokenizerComparison.vocabularyHeader, vocabularyRows())),
        ]
        for (index, words) in try worstWords().enumerated() where !words.isEmpty {
            sections.append(("Words that cost most with \(names[index])", HTMLText.table(wordHeader, wordRows(words))))
        }
        return ReportPage.html(
            "Comparison of tokenizers", names.joined(separator: " and "), sections,
            tiles: [("documents", NumberText.count(documents)), ("text", NumberText.bytes(total.bytes))])
    }
}
