import Cleaning
import Deduplication
import Documents
import Files
import Packing
import Parallel
import TestSupport
import Testing

@testable import Building

/// What happens to a build when files change under it. The tool's own tests build whole corpora.
@Suite struct BuildRunTests {
    let folder = TemporaryFolder()

    func recipe() throws -> Recipe {
        try Folder.create(folder("in"))
        for number in 0..<6 {
            let text = (0..<40).map { "The terminal \(number) starts timer \($0) and waits for an answer." }
            folder.write(text.joined(separator: "\n\n"), to: "in/\(number).txt")
        }
        let yaml = """
            sources: [{name: a, path: in}]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            pack: {length: 64}
            build: {partition_bytes: 1kB}
            """
        return try Recipe(yaml: yaml, file: folder("recipe.yaml"))
    }

    func run(_ recipe: Recipe) throws -> BuildSummary {
        try BuildRun(recipe: recipe, folder: folder("out"), options: BuildOptions(), tool: "test").run()
    }

    @Test func anInputThatChangesAfterThePlanStopsTheBuild() throws {
        let recipe = try recipe()
        let plan = try BuildPlan(recipe: recipe, pool: WorkerPool(threads: 1)) { _ in }
        try Folder.create(folder("extracted"))
        folder.write("another text", to: "in/0.txt")
        let extraction = Extraction(plan: plan, folder: folder("extracted"))
        let partition = try #require(plan.partitions.first)
        #expect(throws: BuildFailure.changedInput(path: plan.inputs[0].path)) {
            try extraction.run(partition, key: "key", measure: QualityMeasure(webText: .off))
        }
        #expect(try Folder.names(in: folder("extracted")).isEmpty)
    }

    /// One large file of each kind, cut at several sizes and not at all: the same corpus.
    @Test func howLargeFilesAreCutChangesNothing() throws {
        let lines = (0..<400).map {
            "The terminal \($0) starts timer \($0 % 7) and waits for an answer in state \($0 % 11)."
        }
        folder.write(lines.joined(separator: "\n"), to: "lines.txt")
        folder.write(lines.joined(separator: "\n\n"), to: "whole.txt")
        folder.write(
            lines.map { "{\"id\": \"k\", \"text\": \"\($0)\"}" }.joined(separator: "\n") + "\n{bad", to: "a.jsonl")
        folder.write("n,body\n" + lines.map { "1,\"\($0)\nMore.\"" }.joined(separator: "\n"), to: "a.csv")
        var digests: Set<String> = []
        for bytes in [300, 1000, 7000, 10_000_000] {
            let yaml = """
                sources:
                  - {name: lines, path: lines.txt, records: line}
                  - {name: whole, path: whole.txt}
                  - {name: json, path: a.jsonl}
                  - {name: table, path: a.csv, text: body}
                tokenizer: \(TestData.repository)/tokenizers/standards-4k
                read: {max_document_bytes: 2kB}
                clean: {profile: none}
                dedupe: {exact: false}
                pack: {length: 64}
                build: {partition_bytes: \(bytes)}
                """
            let recipe = try Recipe(yaml: yaml, file: folder("recipe.yaml"))
            let plan = try BuildPlan(recipe: recipe, pool: WorkerPool(threads: 1)) { _ in }
            #expect(bytes > 7000 ? plan.partitions.count == 4 : plan.partitions.count > 8)
            let summary = try BuildRun(
                recipe: recipe, folder: folder("out-\(bytes)"), options: BuildOptions(), tool: "test"
            ).run()
            #expect(summary.manifest.rejected["unreadable"] == 1, "\(summary.manifest.rejected)")
            #expect(summary.manifest.sources.map(\.documents).prefix(1) == [400])
            digests.insert(summary.manifest.rootDigest)
        }
        #expect(digests.count == 1)
    }

    /// Three versions of one specification: what each policy leaves, down to the text, and the ledgers close.
    @Test func policiesOfLineage() throws {
        func clause(_ number: Int, _ word: String) -> String {
            "# \(number) Clause\n\n"
                + (0..<20).map { "The \(word) terminal starts timer \($0) and waits." }.joined(separator: "\n")
        }
        let versions = [
            ("17.0.0", [clause(1, "blue"), clause(2, "red")]), ("18.0.0", [clause(1, "blue"), clause(2, "green")]),
            ("18.1.0", [clause(1, "blue"), clause(2, "green"), clause(3, "new")]),
        ]
        for (version, clauses) in versions {
            folder.write(
                "3GPP TS 99.100 V\(version) (2024-03)\n\n\(clauses.joined(separator: "\n\n"))\n", to: "in/\(version).md"
            )
        }
        folder.write(
            (0..<40).map { "Line \($0) of a text that is no specification." }.joined(separator: "\n"), to: "in/z.md")
        func build(_ policy: String) throws -> (Manifest, [String]) {
            let yaml = """
                sources: [{name: a, path: in}]
                tokenizer: \(TestData.repository)/tokenizers/standards-4k
                dedupe: {lineage: \(policy)}
                pack: {length: 64}
                """
            let recipe = try Recipe(yaml: yaml, file: folder("recipe.yaml"))
            var options = BuildOptions()
            options.update = true
            let manifest = try BuildRun(recipe: recipe, folder: folder("out"), options: options, tool: "test").run()
                .manifest
            var texts: [String] = []
            for part in manifest.documentParts {
                let cursor = try DocumentCursor(folder("out/documents/\(part.name)"))
                while let document = try cursor.next() {
                    #expect(document.ledgerGap == 0)
                    texts.append(String(decoding: document.text, as: UTF8.self))
                }
            }
            #expect(manifest.extraction.isClosed)
            return (manifest, texts)
        }
        let (all, texts) = try build("keep-all")
        #expect(texts.count == 4)
        #expect(all.lineage.specifications == 1 && all.lineage.withSeveralTexts == 1)
        let (newest, newestTexts) = try build("newest")
        #expect(newest.rejected == ["older-version": 2])
        #expect(newestTexts.count == 2 && newestTexts[0] == texts[2])
        let (release, releaseTexts) = try build("newest-per-release")
        #expect(release.rejected == ["older-version": 1])
        #expect(releaseTexts == [texts[0], texts[2], texts[3]])
        let (deltas, deltaTexts) = try build("base-plus-deltas")
        #expect(deltas.rejected.isEmpty)
        #expect(deltaTexts[0] == texts[0] && deltaTexts[3] == texts[3])
        #expect(!deltaTexts[1].contains("blue") && deltaTexts[1].contains("green"))
        #expect(!deltaTexts[2].contains("green") && !deltaTexts[2].contains("blue") && deltaTexts[2].contains("new"))
        #expect(deltas.extraction.removed["unchanged-clause"] ?? 0 > 0)
        // The costs are those of every build, whichever policy it has, and what a build then packs.
        for manifest in [newest, release, deltas] { #expect(manifest.lineage.costs == all.lineage.costs) }
        let outside = try #require(all.lineage.costs[.keepAll]).tokens
        for (manifest, policy) in [(newest, LineagePolicy.newest), (release, .newestPerRelease)] {
            #expect(
                all.sources[0].tokens - manifest.sources[0].tokens == outside
                    - (manifest.lineage.costs[policy]?.tokens ?? 0))
        }
        let estimate = try #require(deltas.lineage.costs[.basePlusDeltas]).tokens
        let exact = deltas.sources[0].tokens - (all.sources[0].tokens - outside)
        #expect(abs(estimate - exact) * 20 < exact)
    }

    /// Sixty words that depend on a number.
    func paragraph(_ number: Int) -> String {
        (0..<60).map { "w\(number)x\($0 * 7 % 60)" }.joined(separator: " ") + "."
    }

    func manifest(_ more: String, _ name: String, threads: Int = 2) throws -> Manifest {
        let yaml = """
            sources: [{name: a, path: in}]
            tokenizer: \(TestData.repository)/tokenizers/standards-4k
            clean: {profile: none}
            pack: {length: 64}
            build: {partition_bytes: 2kB}
            \(more)
            """
        var options = BuildOptions()
        options.threads = threads
        return try BuildRun(
            recipe: try Recipe(yaml: yaml, file: folder("recipe.yaml")), folder: folder(name), options: options,
            tool: "test"
        ).run().manifest
    }

    func texts(_ manifest: Manifest, _ name: String) throws -> [String: String] {
        var texts: [String: String] = [:]
        for part in manifest.documentParts {
            let cursor = try DocumentCursor(folder("\(name)/documents/\(part.name)"))
            while let document = try cursor.next() {
                #expect(document.ledgerGap == 0)
                texts[document.id] = String(decoding: document.text, as: UTF8.self)
            }
        }
        return texts
    }

    @Test func oneOfNearDuplicatesStaysAndThreadsChangeNothing() throws {
        for number in 0..<8 {
            let text = (0..<6).map { paragraph(number * 10 + $0) }.joined(separator: "\n\n")
            folder.write(text, to: "in/\(number).txt")
            if number < 3 { folder.write(text + "\n\nA few words more.", to: "in/copy\(number).txt") }
        }
        let first = try manifest("", "a")
        #expect(first.rejected == ["near-duplicate": 3])
        #expect(first.sources[0].documents == 8)
        #expect(try manifest("", "b", threads: 1).rootDigest == first.rootDigest)
        #expect(try manifest("dedupe: {minhash: {memory: 1kB}}", "c").rootDigest == first.rootDigest)
        #expect(try manifest("dedupe: {minhash: off}", "d").rejected.isEmpty)
        #expect(try manifest("dedupe: {minhash: {policy: drop-all}}", "e").rejected == ["near-duplicate": 6])
        // Kept, they are one family: never on both sides.
        for seed in 0..<6 {
            let kept = try manifest(
                "dedupe: {minhash: {remove: false}}\nsplit: {validation: 40%}\nseed: \(seed)", "kept\(seed)")
            #expect(kept.mergers.count == 3)
            #expect(kept.rejected["family-merge", default: 0] == kept.mergers.reduce(0) { $0 + $1.leftTraining })
            #expect(kept.leakage?.split.found == 0)
            #expect(kept.leakage?.split.nearDuplicates == 0)
        }
        let whole = try manifest("dedupe: {minhash: {policy: longest, shingles: \"token:8\"}}", "f")
        #expect(whole.rejected == ["near-duplicate": 3])
        let longest = try texts(whole, "f").values.filter { $0.hasSuffix("A few words more.") }
        #expect(longest.count == 3)
    }

    @Test func passagesStayOnce() throws {
        // A clause, a paragraph and a stretch inside a paragraph that two documents share.
        let shared = paragraph(1)
        folder.write("# 1 One\n\n\(paragraph(2))\n\n\(shared)\n\n# 2 Same\n\n\(paragraph(3))\n", to: "in/1.md")
        folder.write("# 1 Two\n\n\(shared)\n\n\(paragraph(4))\n\n# 2 Same\n\n\(paragraph(3))\n", to: "in/2.md")
        folder.write("Before it. \(shared) And behind it.\n", to: "in/3.md")
        let all = try manifest("dedupe: {minhash: off}", "all")
        let before = try texts(all, "all")
        func taken(_ options: String, _ name: String) throws -> (manifest: Manifest, texts: [String]) {
            let built = try manifest("dedupe: {minhash: off, \(options)}", name)
            #expect(built.extraction.isClosed)
            let texts = try texts(built, name)
            let order = before.keys.sorted { before[$0]! < before[$1]! }
            return (built, order.map { texts[$0] ?? "" })
        }
        // In the order of their texts: "# 1 One", "# 1 Two", "Before it".
        let paragraphs = try taken("paragraphs: on", "paragraphs")
        #expect(paragraphs.texts[1] == "# 1 Two\n\n\(paragraph(4))\n\n# 2 Same\n\n")
        #expect(paragraphs.texts[2].contains(shared))
        #expect(paragraphs.manifest.extraction.removed["repeated-paragraph"] ?? 0 > 700)
        let clauses = try taken("clauses: on", "clauses")
        #expect(clauses.texts[1] == "# 1 Two\n\n\(shared)\n\n\(paragraph(4))\n\n")
        let spans = try taken("spans: on", "spans")
        #expect(spans.texts[2] == "Before it. And behind it.\n")
        #expect(!spans.texts[1].contains(shared) && spans.texts[1].contains(paragraph(4)))
        #expect(spans.texts[0].contains(shared))
        let boilerplate = try taken("repeated_in: 2", "boilerplate")
        #expect(!boilerplate.texts[0].contains(shared) && !boilerplate.texts[1].contains(paragraph(3)))
        #expect(boilerplate.texts[2].contains(shared))
    }

    /// Nothing is lost from every document: passages know what lineage takes, whatever the order of paths and versions is.
    @Test func lineageAndPassagesLoseNothingTogether() throws {
        func version(_ number: String, _ clauses: [Int]) -> String {
            "3GPP TS 99.100 V\(number) (2024-03)\n\n"
                + clauses.map { "# \($0) Clause\n\n\(paragraph($0))" }.joined(separator: "\n\n") + "\n"
        }
        // The newest stands first in the order of paths.
        folder.write(version("18.0.0", [1, 2, 4]), to: "in/a.md")
        folder.write(version("17.0.0", [1, 2, 3]), to: "in/b.md")
        for passages in ["clauses: on", "paragraphs: on", "spans: on", "repeated_in: 9"] {
            let name = String(passages.prefix { $0 != ":" })
            let built = try manifest("dedupe: {minhash: off, lineage: base-plus-deltas, \(passages)}", name)
            let all = try texts(built, name).values.joined()
            for number in 1...4 { #expect(all.components(of: paragraph(number)) == 1, "\(passages) \(number)") }
        }
    }

    @Test func lineageInsideOfOneFileOfRecords() throws {
        func record(_ version: String, _ number: Int) -> String {
            """
            {"id": "\(version)", "text": "\(paragraph(number))", "specification": "99.100", "version": "\(version)"}
            """
        }
        folder.write([record("15.0.0", 1), record("18.0.0", 2)].joined(separator: "\n"), to: "in/a.jsonl")
        folder.write(record("17.0.0", 3), to: "in/b.jsonl")
        let newest = try manifest("dedupe: {lineage: newest}", "out")
        #expect(newest.lineage.withSeveralTexts == 1)
        #expect(newest.rejected == ["older-version": 2])
        #expect(try texts(newest, "out").values.contains { $0.contains(paragraph(2)) })
    }

    /// What decides must be known to the seal: a changed key is never "up to date".
    @Test func everyKeyThatDecidesIsPartOfTheIdentity() throws {
        folder.write(paragraph(1), to: "in/a.txt")
        folder.write("{\"question\": \"\(paragraph(2))\"}\n", to: "quiz.jsonl")
        folder.write("{\"question\": \"\(paragraph(2))\"}\n", to: "other.jsonl")
        func identity(_ more: String) throws -> String {
            let yaml =
                "sources: [{name: a, path: in}]\ntokenizer: \(TestData.repository)/tokenizers/standards-4k\n\(more)\n"
            return try BuildPlan(
                recipe: Recipe(yaml: yaml, file: folder("recipe.yaml")), pool: WorkerPool(threads: 1)
            ) { _ in }.identity
        }
        var seen: Set<String> = []
        for more in [
            "", "clean: {web_signals: prose}", "clean: {profile: gopher}",
            "clean: {profile: gopher, gopher: {min_alpha: 0.7}}",
            "clean: {profile: [gopher, c4]}", "clean: {profile: gopher, language: en}",
            "clean: {profile: gopher, language: en, min_language: 0.9}", "clean: {pii: replace}", "clean: {pii: count}",
            "clean: {unicode: off}", "dedupe: {exact: false}", "dedupe: {minhash: off}",
            "dedupe: {minhash: {bands: 20}}",
            "dedupe: {minhash: {rows: 4}}", "dedupe: {minhash: {threshold: 0.9}}",
            "dedupe: {minhash: {shingles: \"char:20\"}}", "dedupe: {minhash: {verify: false}}",
            "dedupe: {minhash: {policy: newest}}", "dedupe: {minhash: {remove: false}}", "dedupe: {minhash: {seed: 5}}",
            "dedupe: {lineage: newest}", "dedupe: {spans: on}", "dedupe: {spans: {length: 60}}",
            "dedupe: {paragraphs: on}", "dedupe: {clauses: on}", "dedupe: {repeated_in: 4}",
            "split: {max_family: 10%}", "split: {leakage: false}", "decontaminate: {against: quiz.jsonl}",
            "decontaminate: {against: other.jsonl}", "decontaminate: {against: quiz.jsonl, action: drop}",
            "decontaminate: {against: quiz.jsonl, ngram: 8}", "decontaminate: {against: quiz.jsonl, min_words: 9}",
            "decontaminate: {against: quiz.jsonl, scope: all}", "decontaminate: {against: quiz.jsonl, widen: line}",
            "pack: {no_loss: number_table}", "pack: {no_loss: table}", "pack: {no_loss: [table, code]}",
            "pack: {length: 64}", "pack: {strategy: best-fit}", "pack: {strategy: structure}",
            "pack: {strategy: structure, tolerance: 20%}", "pack: {separator: none}", "pack: {tail: drop}",
            "mixture: {}", "mixture: {rule: unimax}", "mixture: {temperature: 2}", "mixture: {budget: 5k}",
            "mixture: {max_epochs: 2}", "mixture: {rule: weights}",
        ] {
            #expect(try seen.insert(identity(more)).inserted, "\(more)")
        }
        let ordered = try identity("pack: {no_loss: [code, table, code]}")
        #expect(seen.contains(ordered))
        for number in 0..<2 {
            folder.write(
                #"{"family": "own", "turns": {"user": {"prefix": "\#(number)", "suffix": ""}, "system": {"prefix": "", "suffix": ""}, "assistant": {"prefix": "", "suffix": ""}}}"#,
                to: "own\(number).json")
        }
        var extracts: Set<String> = []
        for form in ["", "plain", "chatml", "llama3", "own0.json", "own1.json"] {
            let option = form.isEmpty ? "" : ", instructions: \(form)"
            let yaml =
                "sources: [{name: a, path: in\(option)}]\ntokenizer: \(TestData.repository)/tokenizers/standards-4k"
            let plan = try BuildPlan(
                recipe: Recipe(yaml: yaml, file: folder("recipe.yaml")), pool: WorkerPool(threads: 1)
            ) { _ in }
            let isNew = seen.insert(plan.identity).inserted
            #expect(isNew || form.isEmpty, "\(form)")
            #expect(extracts.insert(plan.extractKey(plan.partitions[0])).inserted, "\(form)")
        }
        #expect(try identity("dedupe: {minhash: {memory: 1MB}}") == identity(""))
    }

    @Test func damagedArtefactsAreNamed() throws {
        for number in 0..<4 {
            folder.write("3GPP TS 99.100 V1\(number).0.0 (2024-03)\n\n\(paragraph(number))", to: "in/\(number).md")
        }
        _ = try manifest("", "out")
        for (inner, suffix) in [
            ("extracted", ".clauses.zst"), ("signatures", ".bands.zst"), ("extracted", ".facts.zst"),
        ] {
            let name = try #require(try Folder.names(in: folder("out/work/\(inner)")).first { $0.hasSuffix(suffix) })
            let path = folder("out/work/\(inner)/\(name)")
            let whole = try FileByteStream(path).readAll(limit: 1 << 20, hint: "")
            var damaged = whole
            damaged[whole.count / 2] ^= 0x55
            folder.write(damaged, to: "out/work/\(inner)/\(name)")
            try Folder.remove(folder("out/manifest.json"))
            let error = #expect(throws: BuildFailure.self) { try manifest("", "out") }
            #expect(error?.description.contains("remove the file and run the build again") == true, "\(suffix)")
            folder.write(whole, to: "out/work/\(inner)/\(name)")
        }
        _ = try manifest("", "out")
    }

    /// What stands in training of validation is counted as an oracle counts it.
    @Test func leakageIsThatOfAnOracle() throws {
        for number in 0..<40 {
            let text = (0..<4).map { paragraph(number * 3 + $0) }.joined(separator: "\n\n")
            folder.write(text, to: "in/\(number).txt")
        }
        let built = try manifest("dedupe: {minhash: off}\nsplit: {validation: 30%}", "out")
        let leakage = try #require(built.leakage)
        var sides: [String: [[String]]] = ["train": [], "validation": []]
        for part in built.documentParts {
            var lines = LineReader(try ByteStream.open(folder("out/documents/\(part.name)")))
            while let value = try lines.next({ try JSONParser().parse($0, name: "") { $0.value } }) {
                let words = try #require(value["text"]?.string).split { !$0.isLetter && !$0.isNumber }.map(String.init)
                sides[try #require(value["tokens"]?["split"]?.string)]?.append(words)
            }
        }
        func grams(_ words: [String]) -> Set<[String]> {
            Set((0..<max(0, words.count - 12)).map { Array(words[$0..<$0 + 13]) })
        }
        let train = try #require(sides["train"]).reduce(into: Set<[String]>()) { $0.formUnion(grams($1)) }
        let validation = try #require(sides["validation"]).map(grams)
        #expect(leakage.split.documents == validation.count && validation.count > 2)
        #expect(leakage.split.ngrams == validation.reduce(0) { $0 + $1.count })
        #expect(leakage.split.found == validation.reduce(0) { $0 + $1.intersection(train).count })
        #expect(leakage.split.found > 0 && leakage.rate == 1)
        #expect(leakage.split.halfFound == validation.count { $0.intersection(train).count * 2 >= $0.count })
        #expect(leakage.random.documents == validation.count)
        #expect(try manifest("split: {leakage: false}", "off").leakage == nil)
    }

    /// Clauses of one document are one family, boilerplate is counted for its source, and any cut gives the same corpus.
    @Test func clausesAreRecordsOfOneFamily() throws {
        for number in 0..<30 {
            let clauses = (1...4).map { clause in
                "# \(clause) Clause of \(number)\n\n"
                    + (0..<30).map { "The terminal \(number) starts timer \(clause) in state \($0)." }.joined(
                        separator: "\n")
            }
            let front =
                "3GPP TS 99.\(100 + number) V18.0.0 (2024-03)\n\n# Foreword\n\nWho made it and when, at length.\n\n"
            folder.write(front + clauses.joined(separator: "\n\n") + "\n\n# 5 Void\n", to: "in/\(number).md")
        }
        func build(_ granularity: String, _ more: String, _ name: String) throws -> Manifest {
            let yaml = """
                sources: [{name: a, path: in}]
                tokenizer: \(TestData.repository)/tokenizers/standards-4k
                read: {granularity: \(granularity)}
                split: {validation: 20%}
                pack: {length: 64}
                build: {partition_bytes: 3kB}
                \(more)
                """
            let recipe = try Recipe(yaml: yaml, file: folder("recipe.yaml"))
            return try BuildRun(recipe: recipe, folder: folder(name), options: BuildOptions(), tool: "test").run()
                .manifest
        }
        let clauses = try build("clause", "", "clauses")
        let documents = try build("document", "", "documents")
        let whole = try build("document", "clean: {boilerplate: off}", "whole")
        #expect(documents.sources[0].documents == 30)
        #expect(clauses.sources[0].documents == 120)
        for side in ["train", "validation"] {
            let counts = try #require(clauses.splits[side])
            #expect(counts.families == documents.splits[side]?.families)
            #expect(counts.documents == 4 * counts.families)
        }
        let taken = try #require(documents.sources[0].boilerplate["boilerplate-foreword"])
        #expect(taken.documents == 30)
        #expect(taken.characters == 30 * "\n\n# Foreword\n\nWho made it and when, at length.\n\n".count)
        #expect(documents.sources[0].boilerplate["boilerplate-void"]?.documents == 30)
        #expect(clauses.sources[0].boilerplate == documents.sources[0].boilerplate)
        #expect(whole.sources[0].boilerplate.isEmpty)
        #expect(whole.extraction.written > documents.extraction.written)
        #expect(try Manifest(folder: folder("documents")).sources == documents.sources)
        #expect(Set([clauses, documents, whole].map(\.rootDigest)).count == 3)
    }

    @Test func tokensOfOtherDocumentsAreDamage() throws {
        let recipe = try recipe()
        let first = try run(recipe)
        #expect(first.manifest.splits["train"]?.documents ?? 0 > 0)
        let tokens = folder("out/work/tokens")
        let artefacts = try Folder.names(in: tokens)
        try #require(artefacts.count > 1)
        var writer = try TokenArtefactWriter(PathText.join(tokens, artefacts[0]), width: 2)
        for _ in 0..<9 { try writer.append([1, 2, 3], specials: 0) }
        try writer.commit(droppedBytes: 0)
        try Folder.remove(folder("out/manifest.json"))
        let error = #expect(throws: BuildFailure.self) { try run(recipe) }
        #expect(error?.description.contains("9 documents instead of") == true, "\(error as Any)")
        try Folder.remove(PathText.join(tokens, artefacts[0]))
        #expect(try run(recipe).manifest.rootDigest == first.manifest.rootDigest)
    }

    @Test func aBuildThatCannotBePlannedLeavesNoFolder() throws {
        let yaml = "sources: [{name: a, path: nothing-here}]\ntokenizer: none\n"
        #expect(throws: BuildFailure.self) { try run(Recipe(yaml: yaml, file: folder("recipe.yaml"))) }
        #expect(!Folder.exists(folder("out")))
    }

    @Test func artefactsOfAnEarlierRecipeGoWithTheUpdate() throws {
        let recipe = try recipe()
        _ = try run(recipe)
        func artefacts() throws -> Set<String> { Set(try Folder.filesBelow(folder("out/work"))) }
        let first = try artefacts()
        // Of the same length: the partitions stay as they are.
        let text = String(decoding: try FileByteStream(folder("in/0.txt")).readAll(limit: 1 << 20), as: UTF8.self)
        folder.write(text.replacing("waits", with: "hopes"), to: "in/0.txt")
        var options = BuildOptions()
        options.update = true
        let second = try BuildRun(recipe: recipe, folder: folder("out"), options: options, tool: "test").run()
        #expect(second.manifest.generation == 1)
        let left = try artefacts()
        // One partition was read and tokenized again; the others were kept; nothing else lies there.
        #expect(left.filter { $0.hasPrefix("tokens/") }.count == first.filter { $0.hasPrefix("tokens/") }.count)
        #expect(!left.intersection(first).isEmpty && left != first)
        #expect(left.filter { $0.hasPrefix("packed/") }.isDisjoint(with: first))
    }

    /// The seal compares what the filler copied with what the documents hold: a shard that lost tokens is never sealed.
    @Test func tokensThatNeverReachedABlockOpenTheLedger() throws {
        let recipe = try recipe()
        let first = try run(recipe)
        let packed = folder("out/work/packed")
        let marker = try #require(try Folder.names(in: packed).first { $0.hasSuffix(".json") })
        let path = PathText.join(packed, marker)
        let text = String(decoding: try FileByteStream(path).readAll(limit: 1 << 20), as: UTF8.self)
        let found = try #require(text.firstMatch(of: /"document_tokens": ?([0-9]+)/))
        let count = try #require(Int(found.1))
        let changed = text.replacing(String(found.0), with: "\"document_tokens\":\(count - 1)")
        try AtomicFile.write(Array(changed.utf8), to: path)
        try Folder.remove(folder("out/manifest.json"))
        let error = #expect(throws: BuildFailure.self) { try run(recipe) }
        #expect(error?.description.contains("the ledger does not close, off by 1") == true, "\(error as Any)")
        try Folder.remove(path)
        #expect(try run(recipe).manifest.rootDigest == first.manifest.rootDigest)
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
