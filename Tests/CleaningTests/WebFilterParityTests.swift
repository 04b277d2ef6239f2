import Documents
import Files
import Glibc
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
