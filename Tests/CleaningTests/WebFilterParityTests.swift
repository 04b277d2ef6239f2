import Documents
import Files
import Glibc
import Parallel
import TestSupport
import Testing

@testable import Cleaning

/// The program that asks datatrove.
private enum Peer {
    static let python =
        ExternalProgram.environment("SHARDMILL_FILTERS_PYTHON")
        ?? ExternalProgram.environment("SHARDMILL_PARITY_PYTHON")
    static let script = "tools/parity/web_filters.py"
    static let isPresent: Bool = {
        guard let python else { return false }
        return ExternalProgram.run([python, script, "--versions"]).status == 0
    }()
}

/// Counts and decisions of the web filters beside datatrove's, on real text and on text made to differ.
@Suite(.enabled(if: Peer.isPresent, "datatrove is not installed for SHARDMILL_PARITY_PYTHON"))
struct WebFilterParityTests {
    /// The reason datatrove gives for a rule of ours.
    static let reasons: [String: String] = [
        "gopher.min_words": "gopher_short_doc", "gopher.max_words": "gopher_long_doc",
        "gopher.min_mean_word_length": "gopher_below_avg_threshold",
        "gopher.max_mean_word_length": "gopher_above_avg_threshold", "gopher.max_hashes": "gopher_too_many_hashes",
        "gopher.max_ellipses": "gopher_too_many_ellipsis", "gopher.max_bullet_lines": "gopher_too_many_bullets",
        "gopher.max_ellipsis_lines": "gopher_too_many_end_ellipsis", "gopher.min_alpha": "gopher_below_alpha_threshold",
        "gopher.min_stop_words": "gopher_enough_stop_words", "gopher.max_repeated_paragraphs": "dup_para_frac",
        "gopher.max_repeated_paragraph_characters": "dup_para_char_frac",
        "gopher.max_repeated_lines": "dup_line_frac", "gopher.max_repeated_line_characters": "dup_line_char_frac",
        "gopher.max_top_2grams": "top_2_gram", "gopher.max_top_3grams": "top_3_gram",
        "gopher.max_top_4grams": "top_4_gram", "gopher.max_repeated_5grams": "duplicated_5_n_grams",
        "gopher.max_repeated_6grams": "duplicated_6_n_grams", "gopher.max_repeated_7grams": "duplicated_7_n_grams",
        "gopher.max_repeated_8grams": "duplicated_8_n_grams", "gopher.max_repeated_9grams": "duplicated_9_n_grams",
        "gopher.max_repeated_10grams": "duplicated_10_n_grams", "c4.lorem_ipsum": "lorem_ipsum",
        "c4.curly_brackets": "curly_bracket", "c4.min_sentences": "too_few_sentences", "fineweb.empty": "empty",
        "fineweb.min_terminal_lines": "line_punct_ratio", "fineweb.max_short_lines": "short_line_ratio",
        "fineweb.max_repeated_line_characters": "char_dup_ratio", "fineweb.max_newlines": "list_ratio",
    ]

    static func verdict(
        _ profile: CleaningOptions.Profile, _ signals: QualitySignals,
        _ change: (inout CleaningOptions) -> Void = { _ in }
    )
        -> JSONValue
    {
        var options = CleaningOptions()
        options.profiles = [profile]
        change(&options)
        guard let violation = QualityRules(options).firstViolation(signals) else { return .bool(true) }
        return .string(reasons[violation.rule] ?? violation.rule)
    }

    static func verdicts(_ signals: QualitySignals) -> JSONValue {
        .object([
            "gopher_quality": verdict(.gopher, signals) { options in
                for key in CleaningOptions.keys where key.contains("repeated") || key.contains("max_top_") {
                    if key.hasPrefix("gopher.") { try! options.set(key, to: "off") }
                }
            },
            // Nothing of the text is asked first there.
            "gopher_repetition": signals.web?.characters == 0
                ? "empty"
                : verdict(.gopher, signals) { options in
                    for key in CleaningOptions.keys
                    where key.hasPrefix("gopher.") && !key.contains("repeated") && !key.contains("max_top_") {
                        try! options.set(key, to: "off")
                    }
                },
            "c4": verdict(.c4, signals),
            "c4_lines": verdict(.c4, signals) { try! $0.set("c4.terminal_marks", to: "false") },
            "fineweb": verdict(.fineweb, signals),
        ])
    }

    /// Compares every record of a file; the first differences.
    static func differences(_ path: String, words: Bool = true) throws -> (records: Int, differences: [String]) {
        let peer = ExternalProgram.run([Peer.python!, Peer.script, path] + (words ? [] : ["--no-words"]))
        if peer.status != 0 { return (0, ["the peer failed: \(peer.errors.suffix(2000))"]) }
        let measure = QualityMeasure(webText: .everything)
        var splitter = WebMeasure()
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var found: [String] = []
        var records = 0
        for line in peer.output.utf8.split(separator: 0x0A) {
            let expected = try JSONValue(parsing: Array(line), name: "peer")
            guard
                let text = try lines.next({ line in
                    try parser.parse(line, name: path) { [UInt8]($0["text"]!.utf8!) }
                })
            else { break }
            records += 1
            let signals = measure.measure(Document(id: "1", source: "s", text: text))
            let id = expected["id"]?.string ?? "?"
            let ours = text.withUnsafeBufferPointer { splitter.words($0) }
            if words, let theirs = expected["text"]?.string, theirs != ours.joined(separator: "\n") {
                let list =
                    theirs.isEmpty
                    ? [] : theirs.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                let place = zip(list, ours).enumerated().first { $1.0 != $1.1 }?.offset ?? min(list.count, ours.count)
                found.append(
                    "\(id): words from \(place): \(list.dropFirst(max(0, place - 2)).prefix(7)), ours \(ours.dropFirst(max(0, place - 2)).prefix(7))"
                )
            }
            var members = expected.members!
            for key in ["id", "text", "verdicts"] { members[key] = nil }
            let web = WebSignals(json: .object(members))
            for name in signals.web!.json.members!.keys.sorted() where web.json[name] != signals.web!.json[name] {
                found.append(
                    "\(id): \(name): theirs \(web.json[name]?.text() ?? "0"), ours \(signals.web!.json[name]!.text())")
            }
            if expected["verdicts"] != verdicts(signals) {
                found.append("\(id): theirs \(expected["verdicts"]!.text()), ours \(verdicts(signals).text())")
            }
        }
        return (records, found)
    }

    @Test func theKnownFormsAreTheSame() throws {
        let peer = ExternalProgram.run([Peer.python!, Peer.script, "--exceptions"])
        let theirs = try JSONValue(parsing: Array(peer.output.utf8), name: "peer").members ?? [:]
        var ours: [String: JSONValue] = [:]
        for form in EnglishExceptions().forms {
            func text(_ scalars: ArraySlice<UInt32>) -> String {
                String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
            }
            var start = 0
            var words: [JSONValue] = []
            for end in form.ends {
                words.append(.string(text(form.scalars[start..<end])))
                start = end
            }
            ours[text(form.scalars[...])] = .array(words)
        }
        #expect(theirs.count > 1000)
        let missing = theirs.keys.filter { ours[$0] != theirs[$0] }.sorted()
        let extra = ours.keys.filter { theirs[$0] == nil }.sorted()
        #expect(missing.isEmpty && extra.isEmpty, "missing \(missing), extra \(extra)")
    }

    private static func file(_ texts: [String], _ folder: TemporaryFolder) -> String {
        var lines: [UInt8] = []
        for (index, text) in texts.enumerated() {
            lines += JSONValue.object(["id": .string("\(index)"), "text": .string(text)]).encoded()
            lines.append(0x0A)
        }
        return folder.write(lines, to: "texts.jsonl")
    }

    /// Words, marks and gaps of every kind that a rule looks at, put together at random.
    @Test func textsMadeToDiffer() throws {
        let pieces =
            #"""
            the be to of and that have with shall value don't can't it's x’s U.S. 5G-NR 38.211 v17.2.0 10.1.2.3 8.8.8.8:80/x
            http://www.example.org/a.b?c user@host.example 172.32.4.5 a.bc foo.bar/baz x:y@z.de über.de 3.中文 JavaScript Lorem
            ipsum terms of use Privacy policy cooKie [1] word[3]. [edit] [citation needed] { } ... …. #tag 5km 3kg 10% 5m² 12км
            3US$ $5 + 5+3 2*3 x^2 a-b a--b a—b a~b x=y x/y a,b e.g. (e.g. Mr. x-Mr. item-a. °C. 5°C. end.Start AB. Ab. 9. x?.
            “quote” ‘s • - -x § = 日本語 中文。 很好！ العربية؟ हिन्दी। 한국어 😀 a😀b © � ½ ٣٤ [٣] é . .. .... a..b (( )) ((a)) :)
            x:) :-( ;) (: =) <3 :') !!! ‼ C++ w/o o'clock 3am 12pm. I'd've cannot Can
            """#.split { $0 == " " || $0 == "\n" }.map(String.init)
        let gaps =
            Array(repeating: " ", count: 20)
            + ["\n", "\n", "\n\n", "  ", "\t", " \n", "\r\n", "\r", "\u{2028}", "\u{A0}", "\u{3000}", "\u{B}"]
        var random = SeededRandom(seed: 29)
        var texts = ["", " ", "\n", "\n\n", "x", "a b c d e"]
        for _ in 0..<150 {
            var text = ""
            for _ in 0..<random.nextInt(below: 250) {
                text += pieces[random.nextInt(below: pieces.count)]
                if random.nextInt(below: 5) == 0 { text += pieces[random.nextInt(below: pieces.count)] }
                text += gaps[random.nextInt(below: gaps.count)]
            }
            texts.append(random.nextInt(below: 3) == 0 ? text + "\n\n" + text : text)
        }
        try WebFilterParityTests.compare(texts)
    }

    /// Prose of several kinds and languages, the beginning of each file.
    @Test(.enabled(if: TestData.isPresent)) func realTexts() throws {
        var texts: [String] = []
        for (folder, suffix) in [
            ("markdown", ".md"), ("etsi-md", ".md.zst"), ("rfc-text", ".text.zst"), ("telecom-md", ".md"),
            ("asn1", ".asn"), ("zh-classical", ".txt.zst"), ("multilingual/bible", ".zst"),
        ] {
            let names = try Folder.names(in: TestData.path(folder)).filter { $0.hasSuffix(suffix) }
            for name in names.prefix(3) {
                let bytes = try ByteStream.open(TestData.path(folder) + "/" + name).readAll(limit: 1 << 26)
                texts.append(String(decoding: bytes.prefix(60_000), as: UTF8.self))
            }
        }
        #expect(texts.count > 10)
        try WebFilterParityTests.compare(texts)
    }

    private static func compare(_ texts: [String]) throws {
        let folder = TemporaryFolder()
        let (records, differences) = try differences(file(texts, folder))
        #expect(records == texts.count)
        #expect(differences.isEmpty, "\(differences.prefix(10).map { $0.prefix(900) }.joined(separator: "\n"))")
    }

    /// A larger corpus, where one is named.
    @Test(.enabled(if: ExternalProgram.environment("SHARDMILL_FILTERS_CORPUS") != nil))
    func aNamedCorpus() throws {
        let path = ExternalProgram.environment("SHARDMILL_FILTERS_CORPUS")!
        let (records, differences) = try WebFilterParityTests.differences(path)
        #expect(
            differences.isEmpty,
            "\(differences.count) of \(records): \(differences.prefix(20).map { $0.prefix(900) }.joined(separator: "\n"))"
        )
        print("\(records) records compared")
    }
}
