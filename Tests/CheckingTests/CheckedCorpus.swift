import Building
import Checking
import Files
import Parallel
import TestSupport

/// A small corpus built here, in which a test knows what is wrong: files of Markdown, JSON Lines with broken, short and foreign records.
struct CheckedCorpus {
    let folder = TemporaryFolder()
    let recipe: String
    var path: String { folder("out") }

    /// Lines of `records.jsonl`, from 1, that hold no JSON, a text that is too short, and one in German; behind `before` records.
    let broken: Int
    let short: Int
    let german: Int

    static let length = 256

    init(
        before: Int = 10, separator: String = "eos", licence: String = "ours", extra: String = "",
        more: String = "",
        prepare: (TemporaryFolder) -> Void = { _ in }
    ) throws {
        prepare(folder)
        folder.write(ByteTokenizer.json, to: "tokenizer.json")
        for number in 0..<8 {
            folder.write("# Title \(number)\n\n" + CheckedCorpus.prose(number), to: "texts/\(number).md")
        }
        folder.write("# Title 0\n\n" + CheckedCorpus.prose(0), to: "texts/copy.md")
        var lines: [String] = []
        func add(_ members: JSONValue) { lines.append(members.text()) }
        for number in 0..<before {
            add(["id": .string("r\(number)"), "text": .string(CheckedCorpus.prose(100 + number))])
        }
        lines.append("{broken")
        broken = lines.count
        add(["id": "tiny", "text": "much too short"])
        short = lines.count
        add(["id": "fremd", "text": .string(CheckedCorpus.german)])
        german = lines.count
        add(["text": .string(CheckedCorpus.prose(500))])
        folder.write(lines.joined(separator: "\n") + "\n", to: "records.jsonl")
        recipe = folder.write(
            """
            name: checked
            sources:
              - {name: texts, path: "texts/*.md", licence: ours}
              - name: records
                path: records.jsonl\(licence.isEmpty ? "" : "\n    licence: \(licence)")
            \(more.isEmpty ? "" : "  - " + more)
            tokenizer: tokenizer.json
            read: {max_unreadable: 50%}
            split: {validation: 20%}
            pack: {length: \(CheckedCorpus.length), separator: \(separator)}
            shards: {blocks: 4}
            \(extra)
            """, to: "recipe.yaml")
        try build()
    }

    func build(update: Bool = false) throws {
        var options = BuildOptions()
        options.threads = 1
        options.update = update
        _ = try BuildRun(recipe: Recipe(file: recipe), folder: path, options: options, tool: "test 1").run()
    }

    func check(
        _ rules: String = "", baseline: Baseline? = nil, today: String = "2026-11-22",
        _ change: (inout ValidationOptions) -> Void = { _ in }
    ) throws -> CorpusCheck.Outcome {
        var options = ValidationOptions()
        if !rules.isEmpty { options.rules = try ValidationRules(yaml: rules, file: "rules.yaml") }
        options.baseline = baseline
        options.today = CalendarDate(today)!
        options.tool = "shardmill 1.2.3"
        change(&options)
        return try CorpusCheck(folder: path, options: options, pool: WorkerPool(threads: 2)).run()
    }

    /// Findings as `file:line rule severity`, files relative to the folder.
    func places(_ report: ValidationReport, rule: String? = nil) -> [String] {
        report.findings.filter { rule == nil || $0.rule == rule }.map { finding in
            let file =
                finding.place.file.hasPrefix(folder.path + "/")
                ? String(finding.place.file.dropFirst(folder.path.utf8.count + 1)) : finding.place.file
            return "\(file)\(finding.place.line.map { ":\($0)" } ?? "") \(finding.rule) \(finding.severity.rawValue)"
        }
    }

    static let german = (0..<12).map {
        "Der Träger sendet eine Nachricht an das Netz und wartet auf die Antwort der Gegenstelle, bevor er den Kanal \($0) freigibt."
    }.joined(separator: "\n\n")

    /// Sentences that differ for every seed and that no rule of quality drops.
    static func prose(_ seed: Int) -> String {
        let words = [
            "bearer", "channel", "grant", "session", "timer", "message", "the", "shall", "when", "starts", "and",
        ]
        var random = SeededRandom(seed: UInt64(seed))
        return (0..<12).map { sentence in
            (0..<9 + random.nextInt(below: 6)).map { _ in words[random.nextInt(below: words.count)] }
                .joined(separator: " ") + " number \(seed * 100 + sentence)."
        }.joined(separator: "\n\n")
    }
}
