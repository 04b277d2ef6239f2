import Building
import Files
import Parallel
import TestSupport
import Testing

@testable import Checking

@Suite struct CorpusCheckTests {
    @Test func aSoundCorpusHasNoFindingsAndIsReadWhole() throws {
        let corpus = try CheckedCorpus()
        let report = try corpus.check().report
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.isSound && report.remarks.isEmpty)
        for coverage in report.coverage { #expect(coverage.looked == coverage.all && coverage.all > 0, "\(coverage)") }
        #expect(report.checked.contains("separators") && !report.checked.contains("licence"))
    }

    @Test func findingsStandAtTheLinesOfTheSources() throws {
        let corpus = try CheckedCorpus(licence: "")
        let report = try corpus.check(
            """
            unreadable: 0
            rejects: {rules: {too-short: 0}}
            duplicates: 1%
            languages: {en: 99%}
            licence: required
            contamination: 0
            """
        ).report
        let places = corpus.places(report)
        #expect(places.contains("records.jsonl:\(corpus.broken) unreadable error"), "\(places)")
        #expect(places.contains("records.jsonl:\(corpus.short) rejects error"), "\(places)")
        #expect(places.contains("records.jsonl:\(corpus.german) languages warning"), "\(places)")
        #expect(places.contains("texts/copy.md:1 duplicates warning"), "\(places)")
        #expect(places.contains("recipe.yaml:4 licence error"), "\(places)")
        // The limits themselves, at their lines of the rules.
        for (line, rule) in [
            (1, "unreadable"), (2, "rejects"), (3, "duplicates"), (4, "languages"), (6, "contamination"),
        ] {
            #expect(places.contains("rules.yaml:\(line) \(rule) error"), "\(rule): \(places)")
        }
        #expect(places.count == 10, "\(places)")
        #expect(!report.isSound)
        for finding in report.findings { #expect(!finding.hint.isEmpty) }
    }

    @Test func whatIsWithinItsLimitsIsNoFinding() throws {
        let corpus = try CheckedCorpus()
        let report = try corpus.check(
            """
            schema: 1
            separator: eos
            licence: [ours]
            unreadable: 20%
            duplicates: {min: 0, max: 20%}
            rejects: {max: 20%, rules: {too-short: 20%}}
            leakage: {share: 50%, near_duplicates: 0}
            padding: 50%
            fertility: {min: 2, max: 20}
            bytes_per_token: {min: 1, max: 1.0001}
            languages: {en: 50%}
            documents: {min: 5}
            tokens: {min: 100, max: 1000000}
            sources: {"*": {documents: 1}, records: {tokens: 10}}
            """
        ).report
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.checked.contains("fertility"))
    }

    @Test(arguments: [
        ("separator: bos", "separators"), ("licence: [theirs]", "licence"), ("unreadable: 1%", "unreadable"),
        ("duplicates: 1%", "duplicates"), ("rejects: 1%", "rejects"), ("contamination: 0", "contamination"),
        ("padding: 0", "padding"), ("fertility: 1.5", "fertility"), ("bytes_per_token: {max: 0.9}", "bytes-per-token"),
        ("bytes_per_token: 1.1", "bytes-per-token"), ("languages: {de: 50%}", "languages"),
        ("documents: 1000", "documents-count"), ("documents: {max: 2}", "documents-count"),
        ("tokens: {max: 10}", "tokens-count"), ("sources: {texts: {tokens: {max: 10}}}", "tokens-count"),
        ("sources: {textz: {tokens: 1}}", "source"), ("sources: {'*': {fertility: {min: 50}}}", "fertility"),
        ("root_digest: \(String(repeating: "0", count: 64))", "root-digest"),
    ]) func eachRuleIsBroken(rules: String, rule: String) throws {
        let corpus = try CheckedCorpus()
        let report = try corpus.check(rules).report
        let first = try #require(report.findings.first)
        #expect(first.rule == rule && first.severity == .error && !report.isSound, "\(report.findings)")
        #expect(report.findings.allSatisfy { $0.rule == rule }, "\(report.findings)")
        // As a warning it fails nothing.
        let mild = try corpus.check(rules + "\nseverity: {\(rule): warning}").report
        #expect(mild.isSound && mild.findings.count == report.findings.count, "\(mild.findings)")
    }

    @Test func aLimitOfAFilterThatThereIsNotIsAWarning() throws {
        let corpus = try CheckedCorpus()
        let report = try corpus.check("rejects: {rules: {too-shrt: 0, gopher.min_alpha: 0, wrong-language: 0}}").report
        #expect(report.isSound && corpus.places(report) == ["rules.yaml:1 rejects warning"], "\(report.findings)")
        #expect(report.findings[0].hint.contains("did you mean `too-short`?"))
    }

    @Test func theSeparatorIsLookedForInTheBlocks() throws {
        let corpus = try CheckedCorpus()
        // Another token is said to be the end: no block has it where documents end.
        let path = corpus.path + "/manifest.json"
        let text = String(decoding: try FileByteStream(path).readAll(limit: 1 << 24), as: UTF8.self)
        #expect(text.contains("\"end\": 256"))
        try AtomicFile.write(Array(text.replacing("\"end\": 256", with: "\"end\": 7").utf8), to: path)
        let report = try corpus.check().report
        let findings = report.findings.filter { $0.rule == "separators" }
        #expect(findings.count == 2, "\(report.findings)")
        #expect(findings.first?.found.contains("segment 0 of block") == true, "\(findings)")
    }

    @Test func separatorsOfBothKindsAndOfNone() throws {
        #expect(try CheckedCorpus(separator: "none").check().report.findings.isEmpty)
    }

    @Test func fingerprintsStayWhenLinesMove() throws {
        let rules = "unreadable: 0\nrejects: {rules: {too-short: 0}}\nlanguages: {en: 99%}"
        let one = try CheckedCorpus(before: 10)
        let other = try CheckedCorpus(before: 14)
        func prints(_ corpus: CheckedCorpus) throws -> [String: Int?] {
            let report = try corpus.check(rules).report
            return Dictionary(
                zip(report.fingerprints, report.findings.map(\.place.line)), uniquingKeysWith: { first, _ in first })
        }
        let before = try prints(one)
        let after = try prints(other)
        #expect(Set(before.keys) == Set(after.keys))
        #expect(before.values.contains(one.broken) && after.values.contains(other.broken))
        #expect(one.broken != other.broken)
    }

    @Test func aSampleIsTheSameEveryTimeAndSaysWhatItIs() throws {
        let corpus = try CheckedCorpus()
        let first = try corpus.check("fertility: 1.5") { $0.sample = 0.2 }.report
        let again = try corpus.check("fertility: 1.5") { $0.sample = 0.2 }.report
        #expect(first.json == again.json)
        let shards = try #require(first.coverage.first { $0.name == "shards" })
        #expect(shards.looked >= 1 && shards.looked < shards.all)
        #expect(first.remarks.count == 2, "\(first.remarks)")
        #expect(first.findings.map(\.rule) == ["fertility"])
    }

    @Test func damageOutsideOfTheSampleIsNotFoundInsideItIs() throws {
        let corpus = try CheckedCorpus()
        let names = try Folder.names(in: corpus.path + "/train").filter { $0.hasSuffix(".zstd") }
        var found = 0
        for name in names {
            let path = corpus.path + "/train/" + name
            let sound = try FileByteStream(path).readAll(limit: 1 << 24)
            var damaged = sound
            damaged[damaged.count / 2] ^= 1
            try AtomicFile.write(damaged, to: path)
            #expect(try !corpus.check().report.isSound)
            let sampled = try corpus.check { $0.sample = 0.3 }.report
            if !sampled.isSound { found += 1 }
            try AtomicFile.write(sound, to: path)
        }
        #expect(found > 0 && found < names.count)
        #expect(try corpus.check().report.isSound)
    }

    @Test func aContaminatedDocumentIsNamedAtItsLine() throws {
        let corpus = try CheckedCorpus(extra: "decontaminate: {against: [quiz.jsonl], action: report}", quiz: 3)
        let report = try corpus.check("contamination: 0").report
        // The fourth record holds the question in its first line.
        #expect(
            corpus.places(report) == ["rules.yaml:1 contamination error", "records.jsonl:4 contamination error"],
            "\(report.findings)")
        let masked = try CheckedCorpus(extra: "decontaminate: {against: [quiz.jsonl], action: mask}", quiz: 3)
        #expect(try masked.check("contamination: 0").report.findings.isEmpty)
    }

    @Test func twoItemsInOneDocumentHaveTheirOwnLines() throws {
        let corpus = try CheckedCorpus(
            extra: """
                decontaminate: {against: [quiz.jsonl], action: report}
                dedupe: {exact: off, minhash: off}
                """,
            more: "{name: more, path: \"more/*.md\", licence: ours}"
        ) { folder in
            // Two questions in one document; a third in a document whose path another source has too.
            let questions = [CheckedCorpus.prose(3), CheckedCorpus.prose(3), CheckedCorpus.prose(4)]
            for (number, (text, line)) in zip(questions, [1, 5, 2]).enumerated() {
                let question = String(text.split(separator: "\n")[line])
                folder.write(
                    JSONValue.object(["id": .string("q\(number)"), "question": .string(question)]).text() + "\n",
                    to: "quiz-\(number).jsonl")
            }
            let parts = (0..<3).compactMap { number -> [UInt8]? in
                try? FileByteStream(folder("quiz-\(number).jsonl")).readAll(limit: 1 << 20)
            }
            folder.write(Array(parts.joined()), to: "quiz.jsonl")
            folder.write("# Other 4\n\n" + CheckedCorpus.prose(900), to: "more/4.md")
        }
        let report = try corpus.check("contamination: 0").report
        let places = corpus.places(report)
        #expect(places.contains("texts/3.md:5 contamination error"), "\(report.findings)")
        #expect(places.contains("texts/3.md:13 contamination error"), "\(report.findings)")
        // Which of the two is meant is not said.
        #expect(places.contains("4.md contamination error") && places.count == 4, "\(report.findings)")
        let waivers = """

            waivers:
              - {rule: contamination, where: "quiz.jsonl q* texts 3.md", reason: known, owner: anna, expires: 2027-01-01}
            """
        let waived = try corpus.check("contamination: 1" + waivers).report
        #expect(waived.findings.isEmpty && waived.waived.count == 2, "\(waived.findings)")
        let left = try corpus.check("contamination: 0" + waivers).report
        #expect(corpus.places(left).count == 2, "\(left.findings)")
        try AtomicFile.write(Array("{".utf8), to: corpus.path + "/contamination.json")
        let damaged = try corpus.check("contamination: 0").report
        #expect(damaged.findings.map(\.subject) == ["contamination.json"], "\(damaged.findings)")
    }

    /// The example of docs/validation.md: what is waived does not count towards the limit.
    @Test func aWaiverOfDocumentsHoldsForTheirSum() throws {
        let corpus = try CheckedCorpus(more: "{name: specs, path: specs, licence: ours}") { folder in
            for number in 0..<3 { folder.write([0x50, 0x4B, 3, 4, 9], to: "specs/legacy/\(number).docx") }
            folder.write("# A\n\n" + CheckedCorpus.prose(40), to: "specs/a.md")
        }
        func waiver(_ rule: String, _ place: String) -> String {
            "\n  - {rule: \(rule), where: \"\(place)\", reason: encrypted, owner: anna, expires: 2027-03-31}"
        }
        let limits = "unreadable: 0\nrejects: {rules: {too-short: 0}}\nduplicates: 0\nsources: {specs: {unreadable: 0}}"
        let plain = try corpus.check(limits).report
        #expect(Set(plain.findings.map(\.rule)) == ["unreadable", "rejects", "duplicates"])
        let waivers =
            waiver("unreadable", "*specs/legacy/*") + waiver("unreadable", "*records.jsonl*")
            + waiver("rejects", "*records.jsonl*") + waiver("duplicates", "copy.md")
        let report = try corpus.check(limits + "\nwaivers:" + waivers).report
        #expect(report.findings.isEmpty && report.isSound, "\(report.findings)")
        #expect(report.waived.count == 6, "\(report.waived.map(\.finding))")
        // One that is not waived is one too many, and is the one that is named.
        let some = try corpus.check(limits + "\nwaivers:" + waivers.replacing("*records.jsonl*", with: "*legacy/0*"))
            .report
        let sum = some.findings.first { $0.rule == "unreadable" && $0.subject == "corpus" }
        #expect(sum?.found.hasSuffix(", 1 of 27, 3 more waived") == true, "\(some.findings)")
        #expect(corpus.places(some).contains("records.jsonl:\(corpus.broken) unreadable error"))
        #expect(!corpus.places(some).contains { $0.contains("legacy") }, "\(some.findings)")
    }

    @Test func aSmallSampleStillMeasuresADocument() throws {
        let corpus = try CheckedCorpus()
        for sample in [0.000_001, 0.01] {
            let report = try corpus.check("fertility: 1.5\nlanguages: {fr: 90%}") { $0.sample = sample }.report
            #expect(Set(report.findings.map(\.rule)) == ["fertility", "languages"], "\(sample): \(report.findings)")
        }
        let report = try corpus.check("sources: {texts: {fertility: 1.5}, records: {fertility: 1.5}}") {
            $0.sample = 0.000_001
        }.report
        // One source has the document, the other none: that is said.
        #expect(report.findings.count == 1 && report.remarks.contains { $0.hasPrefix("fertility of the source") })
    }

    @Test func nearDuplicatesThatWereNotLookedForAreNotNone() throws {
        let corpus = try CheckedCorpus(extra: "dedupe: {minhash: off}")
        let report = try corpus.check("leakage: {near_duplicates: 0}").report
        #expect(report.findings.map(\.rule) == ["leakage"] && !report.isSound, "\(report.findings)")
        #expect(try CheckedCorpus().check("leakage: {near_duplicates: 0}").report.isSound)
    }

    @Test func anEditedIndexDoesNotHideItsSplit() throws {
        let corpus = try CheckedCorpus()
        let path = corpus.path + "/train/index.json"
        let text = String(decoding: try FileByteStream(path).readAll(limit: 1 << 24), as: UTF8.self)
        let edited = text.replacing("\"samples\": 4", with: "\"samples\": 3", maxReplacements: 1)
        #expect(edited != text)
        try AtomicFile.write(Array(edited.utf8), to: path)
        let report = try corpus.check().report
        #expect(report.findings.contains { $0.rule == "index" })
        let shards = try #require(report.coverage.first { $0.name == "shards" })
        let stated = try Manifest(folder: corpus.path).splits.values.reduce(0) { $0 + $1.shards }
        #expect(shards.all == stated && shards.looked == stated, "\(report.coverage)")
    }

    /// What is passed over is there in its size, or it is said.
    @Test func unchangedShardsAreStillThere() throws {
        let corpus = try CheckedCorpus()
        let baseline = try #require(try corpus.check { $0.makesBaseline = true }.baseline)
        let same = try corpus.check(baseline: baseline) { $0.changedOnly = true }.report
        #expect(same.isSound && same.findings.isEmpty)
        #expect(!same.text(.text).contains(": sound"), "\(same.text(.text))")
        let shard = try #require(try Folder.names(in: corpus.path + "/train").first { $0.hasSuffix(".zstd") })
        let path = corpus.path + "/train/" + shard
        let bytes = try FileByteStream(path).readAll(limit: 1 << 24)
        try AtomicFile.write(Array(bytes.dropLast(1)), to: path)
        let cut = try corpus.check(baseline: baseline) { $0.changedOnly = true }.report
        #expect(corpus.places(cut) == ["out/train/\(shard) shard error"], "\(cut.findings)")
        try AtomicFile.write(bytes, to: path)
        try AtomicFile.write(bytes, to: corpus.path + "/train/shard.00099.mds.zstd")
        let stray = try corpus.check().report
        #expect(corpus.places(stray) == ["out/train/shard.00099.mds.zstd shard warning"], "\(stray.findings)")
        try Folder.remove(corpus.path + "/train/shard.00099.mds.zstd")
        try Folder.remove(corpus.path + "/documents/part-00000.jsonl.zst")
        #expect(try !corpus.check(baseline: baseline) { $0.changedOnly = true }.report.isSound)
    }

    @Test func manifestAndTokenizerAreCovered() throws {
        let corpus = try CheckedCorpus { $0.write(#"{"eos_token": "<|endoftext|>"}"#, to: "tokenizer_config.json") }
        let path = corpus.path + "/manifest.json"
        let text = String(decoding: try FileByteStream(path).readAll(limit: 1 << 24), as: UTF8.self)
        try AtomicFile.write(
            Array(text.replacing("\"licence\": \"ours\"", with: "\"licence\": \"mine\"").utf8), to: path)
        #expect(corpus.places(try corpus.check().report).contains("out/manifest.json manifest error"))
        // A rerun of the build writes it anew.
        try corpus.build()
        #expect(try corpus.check().report.findings.isEmpty)
        #expect(try FileByteStream(path).readAll(limit: 1 << 24) == Array(text.utf8))
        let settings = corpus.path + "/tokenizer/tokenizer_config.json"
        try AtomicFile.write(Array(#"{"eos_token": "x"}"#.utf8), to: settings)
        #expect(
            corpus.places(try corpus.check().report) == ["out/tokenizer/tokenizer_config.json tokenizer error"])
        try corpus.build()
        #expect(try corpus.check().report.findings.isEmpty)
        try AtomicFile.write(Array("x".utf8), to: corpus.path + "/tokenizer/notes.txt")
        #expect(
            corpus.places(try corpus.check().report) == ["out/tokenizer/notes.txt tokenizer warning"])
    }

    @Test func aBareFolderOfShardsIsRead() throws {
        let corpus = try CheckedCorpus()
        let pool = WorkerPool(threads: 1)
        #expect(try ValidationTarget(corpus.path) == .corpus(corpus.path))
        let train = corpus.path + "/train"
        #expect(try ValidationTarget(train) == .shards(train))
        let sound = try ShardFolderCheck(folder: train, pool: pool).run()
        #expect(sound.findings.isEmpty && sound.remarks.count == 1 && sound.kind == "shards")
        let name = try #require(try Folder.names(in: train).first { $0.hasSuffix(".zstd") })
        try Folder.remove(train + "/" + name)
        let damaged = try ShardFolderCheck(folder: train, pool: pool).run()
        #expect(damaged.findings.map(\.rule) == ["shard"] && !damaged.isSound)
        let both = ValidationReport(merging: [damaged, try corpus.check().report])
        #expect(both.kind == "several" && both.findings.count == damaged.findings.count + 1, "\(both.findings)")
        try Folder.remove(corpus.path + "/manifest.json")
        #expect { try corpus.check() } throws: { "\($0)".contains("run `shardmill build` to its end") }
        corpus.folder.write("{}", to: "model/config.json")
        corpus.folder.write("{}", to: "run/run.json")
        for other in ["model", "run"] {
            #expect(throws: FileFailure.self) { try ValidationTarget(corpus.folder(other)) }
        }
    }

    @Test(arguments: [
        ("\"vocabulary_size\": 257", "\"vocabulary_size\": 92233720368547758"), ("\"blocks\": ", "\"blocks\": -"),
        ("\"documents\": ", "\"documents\": 922337203685477580"), ("\"text_bytes\": ", "\"text_bytes\": -"),
        ("\"padding\": ", "\"padding\": 92233720368547"), ("\"length\": ", "\"length\": 92233720368547"),
        ("\"unreadable\": ", "\"unreadable\": 92233720368547"),
    ]) func aManifestOfImpossibleCountsIsAFinding(text: String, other: String) throws {
        let corpus = try CheckedCorpus()
        let path = corpus.path + "/manifest.json"
        let manifest = String(decoding: try FileByteStream(path).readAll(limit: 1 << 24), as: UTF8.self)
        #expect(manifest.contains(text))
        try AtomicFile.write(Array(manifest.replacing(text, with: other).utf8), to: path)
        let report = try corpus.check("padding: 0\nbytes_per_token: 1") { $0.makesBaseline = true }.report
        #expect(!report.isSound && report.findings.contains { ["manifest", "counts"].contains($0.rule) })
    }

    @Test func aContaminatedSpecificationIsNamedWithItsClause() throws {
        let standards = TestData.repository + "/corpora/standards/wordprocessing"
        let corpus = try CheckedCorpus(
            extra: "decontaminate: {against: [quiz.jsonl], action: report}", more: "{name: specs, path: specs/*.xml}"
        ) { folder in
            let name = "lgf-60.101-v2.1.0.xml"
            let bytes = try? FileByteStream(standards + "/" + name).readAll(limit: 1 << 24)
            folder.write(bytes ?? [], to: "specs/" + name)
            folder.write(
                JSONValue.object([
                    "id": "scope",
                    "question":
                        "It carries user frames between a lamp and the relay that serves it. It covers the establishment of what?",
                ]).text() + "\n", to: "quiz.jsonl")
        }
        let report = try corpus.check("contamination: 0").report
        let finding = try #require(report.findings.first { $0.place.subject != nil })
        #expect(finding.place.clause == "1" && finding.place.file.hasSuffix("lgf-60.101-v2.1.0.xml"), "\(finding)")
        #expect(report.text(.github).contains("::clause 1: expected no item"))
    }

    @Test func aFileOfAnyNameIsFoundAndBreaksOutOfNoFormat() throws {
        let name = "a\n::error file=x::y\u{1B}[31m, b%0A#clause 7!@12 <&>.md"
        let corpus = try CheckedCorpus { $0.write("much too short", to: "texts/" + name) }
        let report = try corpus.check("rejects: {rules: {too-short: 0}}").report
        let finding = try #require(report.findings.first { $0.place.subject?.source == "texts" })
        #expect(finding.place.file.hasSuffix("/texts/" + name) && finding.place.line == 1, "\(finding)")
        let lines = report.text(.github).split(separator: "\n")
        #expect(lines.count == report.findings.count + 1)
        #expect(
            lines.contains {
                $0.contains("/texts/a%0A%3A%3Aerror file=x%3A%3Ay\u{FFFD}[31m%2C b%250A#clause 7!@12 <&>.md,line=1,")
            }, "\(lines)")
        #expect(report.text(.text).split(separator: "\n").count == report.findings.count + 1)
        #expect(report.text(.sarif).contains("texts/a%0A%3A%3Aerror%20file%3Dx%3A%3Ay%1B%5B31m%2C%20b%250A%23clause"))
    }

    @Test func clausesAreNamedWhereThereAreNoLines() throws {
        var findings = [
            Finding(
                rule: "languages",
                place: FindingPlace(
                    FindingPlace.Subject(id: "x", source: "gone", path: "all.zip!a.docx#part-2#clause 5.3.2")),
                expected: "a", found: "b", hint: "c")
        ]
        findings.append(findings[0])
        findings[1].place = FindingPlace(
            FindingPlace.Subject(id: "y", source: "gone", path: "b.docx", clause: "A.1"))
        SourceLocator(nil, names: ["gone"]).locate(&findings)
        #expect(findings[1].place.description == "b.docx#clause A.1")
        let sarif = ValidationReport(findings).sarif["runs"]?.items?[0]["results"]?.items
        #expect(
            sarif?.map { $0["locations"]?.items?[0]["logicalLocations"]?.items?[0]["name"]?.string } == [
                "5.3.2", "A.1",
            ]
        )
        #expect(findings[0].place.file == "all.zip" && findings[0].place.clause == "5.3.2")
        #expect(findings[0].place.description == "all.zip#clause 5.3.2")
    }
}

extension ValidationReport {
    /// A report of findings alone.
    fileprivate init(_ findings: [Finding]) {
        self.init(tool: "shardmill 1", target: "t", kind: "corpus")
        self.findings = findings
    }
}

extension CheckedCorpus {
    /// A corpus with an evaluation set whose one question is the first sentence of a record.
    init(extra: String, quiz record: Int) throws {
        let question = CheckedCorpus.prose(100 + record).split(separator: "\n")[0]
        try self.init(
            extra: extra,
            prepare: { folder in
                folder.write(
                    JSONValue.object(["id": "q1", "question": .string(String(question)), "answer": "none"]).text()
                        + "\n",
                    to: "quiz.jsonl")
            })
    }
}
