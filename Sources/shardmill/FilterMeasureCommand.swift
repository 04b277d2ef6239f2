import ArgumentParser
import Cleaning
import Documents
import Files
import Parallel
import Synchronization

extension FilterCommand {
    /// `shardmill filter measure`
    struct Measure: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "measure",
            abstract: "Measure the quality signals of documents, and say what each profile would drop.",
            discussion: """
                Each line in is an object with a member "text", and "id" and "spans" where it has them, as `extract` writes them. Each
                line out is {"id": ..., "signals": {...}, "violations": {PROFILE: [{"rule", "value", "threshold"}, ...]}}: a document
                without violations is kept. --summary prints only how many documents each profile keeps and how often each of its
                rules is the first that a document breaks.

                EXAMPLE
                  shardmill filter measure documents.jsonl --profile standards,gopher --set gopher.min_alpha=0.7 --summary
                """)

        @Argument(help: "JSON Lines, plain or compressed.", completion: .file())
        var inputs: [String]

        @Option(help: "The profiles to ask, parted by commas.")
        var profile: String = "standards,gopher,c4,fineweb"

        @Option(
            name: .customLong("set"), help: "A threshold, KEY=VALUE, as below `clean:` of a recipe; may be repeated.")
        var settings: [String] = []

        @Flag(help: "Print the counts only.")
        var summary = false

        @Option(help: "The file to write; standard output without it.", completion: .file())
        var output: String?

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if common.json, output == nil, !summary {
                throw ValidationError(
                    "--json prints totals on standard output: add --summary, or give the signals an --output file")
            }
            if summary, output != nil { throw ValidationError("--summary writes no signals: leave --output out") }
        }

        func run() throws {
            var options = CleaningOptions()
            try options.set("profile", to: profile)
            for setting in settings {
                let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
                if parts.count != 2 { throw ValidationError("--set: expected KEY=VALUE, found \(setting)") }
                try options.set(parts[0], to: parts[1])
            }
            let webText = options.profiles.contains(where: \.usesWebSignals) ? options.webText : .off
            let sink = try OutputSink(output, inputs: inputs)
            try options.checkTogether()
            let workers = Workers(options, webText, threads: common.threads)
            let totals = Mutex(Totals())
            let writes = !summary
            for path in inputs {
                let batches = LineBatches(try ByteStream.open(path))
                try WorkerPool(threads: common.threads).orderedForEach {
                    try batches.next()
                } produce: { batch, worker in
                    try workers.measure(batch, path: path, worker: worker, writes: writes)
                } consume: { _, result in
                    totals.withLock { $0.merge(result.totals) }
                    if writes { try sink.write(result.lines) }
                }
            }
            try sink.close()
            report(totals.withLock { $0 }, options)
        }

        private func report(_ totals: Totals, _ options: CleaningOptions) {
            if common.json {
                var profiles: [String: JSONValue] = [:]
                for profile in options.profiles {
                    let name = profile.rawValue
                    profiles[name] = .object([
                        "kept": .integer(totals.kept[name] ?? 0),
                        "first_rules": .object((totals.rules[name] ?? [:]).mapValues { .integer($0) }),
                    ])
                }
                Console.print(
                    json: [
                        "documents": .integer(totals.documents), "bytes": .integer(totals.bytes),
                        "profiles": .object(profiles),
                    ])
                return
            }
            if !summary { return }
            Console.print("documents \(totals.documents)")
            for profile in options.profiles {
                let name = profile.rawValue
                Console.print("\(name): kept \(totals.kept[name] ?? 0)")
                let rules = totals.rules[name] ?? [:]
                for rule in rules.keys.sorted(by: precedesInByteOrder) {
                    Console.print("  \(rule) \(rules[rule] ?? 0)")
                }
            }
        }
    }

    /// What documents came to.
    struct Totals: Sendable {
        var documents = 0
        var bytes = 0
        var kept: [String: Int] = [:]
        var rules: [String: [String: Int]] = [:]

        mutating func merge(_ other: Totals) {
            documents += other.documents
            bytes += other.bytes
            kept.merge(other.kept, uniquingKeysWith: +)
            rules.merge(other.rules) { $0.merging($1, uniquingKeysWith: +) }
        }
    }

    /// What every worker measures with.
    ///
    /// `@unchecked Sendable`: a worker uses its own parser and measure only.
    final class Workers: @unchecked Sendable {
        private let parsers: [JSONParser]
        private let measures: [QualityMeasure]
        private let rules: [(name: String, rules: QualityRules)]

        init(_ options: CleaningOptions, _ webText: QualityMeasure.WebText, threads: Int) {
            parsers = (0..<max(1, threads)).map { _ in JSONParser() }
            measures = parsers.map { _ in QualityMeasure(webText: webText) }
            rules = options.profiles.map { profile in
                var one = options
                one.profiles = [profile]
                return (profile.rawValue, QualityRules(one))
            }
        }

        func measure(
            _ batch: LineBatch, path: String, worker: Int, writes: Bool
        ) throws -> (totals: Totals, lines: [UInt8]) {
            var totals = Totals()
            var lines: [UInt8] = []
            try batch.forEachLine { line, number in
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
                let name = "\(path):\(number)"
                try parsers[worker].parse(line, name: name, isLineOfReader: true) { element in
                    let document = try Workers.document(element, name: name)
                    let signals = measures[worker].measure(document)
                    totals.documents += 1
                    totals.bytes += document.text.count
                    var violations: [String: JSONValue] = [:]
                    for (name, rules) in rules {
                        if let first = rules.firstViolation(signals) {
                            totals.rules[name, default: [:]][first.rule, default: 0] += 1
                        } else {
                            totals.kept[name, default: 0] += 1
                        }
                        if writes { violations[name] = .array(rules.violations(signals).map(\.json)) }
                    }
                    if writes {
                        let record: JSONValue = [
                            "id": .string(document.id), "signals": signals.json, "violations": .object(violations),
                        ]
                        lines += record.encoded()
                        lines.append(0x0A)
                    }
                }
            }
            return (totals, lines)
        }

        private static func document(_ element: JSONElement, name: String) throws -> Document {
            guard let text = element["text"]?.utf8 else {
                throw FileFailure.malformed(
                    path: name, place: "record", expected: "a string member \"text\"",
                    found: element["text"]?.value.text() ?? "none")
            }
            var document = Document(id: element["id"]?.string ?? name, source: "", text: [UInt8](text))
            try element["spans"]?.forEachItem { item in
                guard let span = TextSpan(json: item.value) else {
                    throw FileFailure.malformed(
                        path: name, place: "document \(document.id)", expected: "spans [kind, start, end]",
                        found: item.value.text())
                }
                document.spans.append(span)
            }
            return document
        }
    }
}

extension QualityViolation {
    /// As a JSON object.
    fileprivate var json: JSONValue {
        ["rule": .string(rule), "value": .string(value), "threshold": .string(threshold)]
    }
}
