import Files
import Parallel
import Shards
import TestSupport
import Testing
import Training
import Transformers

@testable import Checking

/// For each rule something that breaks it, and something that does not.
@Suite struct DoctorTests {
    let made = DoctorCase()

    func rules(_ report: DoctorReport, _ severity: Severity? = nil) -> [String] {
        report.validation.findings.filter { severity == nil || $0.severity == severity }.map(\.rule)
    }

    @Test func aHealthyTrainingHasNoFindings() throws {
        let report = try made.check(
            try made.corpus(), made.options("{steps: 4, method: lora, learning_rate: 2e-4}"), model: try made.model())
        #expect(report.validation.findings.isEmpty, "\(report.validation.findings)")
        #expect(report.isSound && report.estimates.map(\.name) == ["memory", "tokens", "time"])
        #expect(report.validation.remarks.isEmpty, "\(report.validation.remarks)")
        let recipe = try made.check(try made.recipe(), model: nil)
        #expect(recipe.validation.findings.isEmpty, "\(recipe.validation.findings)")
    }

    @Test func everyFindingIsOfADocumentedRuleAndSaysWhatToDo() throws {
        let report = try made.check(
            try made.rows([[UInt16](repeating: 5, count: 64), Array(0..<64)]),
            made.options("{steps: 4, method: lora, learning_rate: 5, sequence_length: 300}"),
            try made.recipe("dedupe: {exact: false, minhash: off}\nsplit: {validation: 0}", licence: ""),
            model: try made.model("base-instruct") { $0.endTokenIDs = [3] })
        #expect(report.validation.findings.count >= 9, "\(report.validation.findings)")
        let known = Set(CheckRule.doctor.map(\.id))
        #expect(known.count == CheckRule.doctor.count && report.validation.checked == CheckRule.doctor.map(\.id))
        for finding in report.validation.findings {
            #expect(known.contains(finding.rule), "\(finding)")
            #expect(!finding.hint.isEmpty && !finding.expected.isEmpty && !finding.found.isEmpty, "\(finding)")
        }
        let documented = String(
            decoding: try FileByteStream(TestData.repository + "/docs/doctor.md").readAll(limit: 1 << 20), as: UTF8.self
        )
        for rule in known { #expect(documented.contains("`\(rule)`"), "docs/doctor.md says nothing of \(rule)") }
    }

    // MARK: rows

    /// Documents of others, one a row: some padded with id 0, some cut off at the row's end.
    func oneDocumentARow(cut: Int) -> [[UInt16]] {
        (0..<20).map { number in
            let count = number < cut ? 64 : 20 + number
            return (0..<64).map { $0 < count ? UInt16(1 + ($0 * 5 + number) % 90) : 0 }
        }
    }

    @Test func documentsThatAreCutAndPaddedAreNotPacked() throws {
        let cut = try made.check(try made.rows(oneDocumentARow(cut: 6)))
        let finding = try #require(cut.validation.findings.first { $0.rule == "truncation" })
        #expect(finding.severity == .error && !cut.isSound)
        #expect(finding.found.contains("14 of 20") && finding.found.contains("id 0"), "\(finding)")
        #expect(finding.found.contains("6 end in the middle of a text"), "\(finding)")
        // Padding without a cut text loses nothing.
        let padded = try made.check(try made.rows(oneDocumentARow(cut: 0), name: "padded"))
        #expect(padded.validation.findings.filter { $0.rule == "truncation" }.map(\.severity) == [.warning])
        let packed = try made.check(
            try made.rows((0..<20).map { row in (0..<64).map { UInt16(($0 * 5 + row) % 90) } }, name: "packed"))
        #expect(!rules(packed).contains("truncation"), "\(packed.validation.findings)")
    }

    @Test func rowsOfManyLengthsAreNotPacked() throws {
        let rows = (0..<20).map { number in (0..<min(64, 30 + 4 * number)).map { UInt16($0 % 60) } }
        let report = try made.check(try made.rows(rows))
        let finding = try #require(report.validation.findings.first { $0.rule == "truncation" })
        #expect(finding.severity == .error && finding.found.contains("rows of 30 to 64 tokens, 11 of 20"), "\(finding)")
    }

    @Test func separatorsAreLookedForInTheBlocks() throws {
        let model = try made.model()
        #expect(!rules(try made.check(try made.blocks(), model: model)).contains("separators"))
        let none = try made.check(try made.blocks(policy: "none", name: "none"), model: model)
        #expect(none.validation.findings.filter { $0.rule == "separators" }.map(\.severity) == [.warning])
        let promised = try made.check(try made.blocks(writesEnd: false, name: "promised"), model: model)
        #expect(promised.validation.findings.filter { $0.rule == "separators" }.map(\.severity) == [.error])
        let foreign = (0..<20).map { row in (0..<64).map { UInt16(($0 * 5 + row) % 90) } }
        let without = try made.check(try made.rows(foreign), model: model)
        #expect(without.validation.findings.filter { $0.rule == "separators" }.map(\.severity) == [.warning])
        var separated = foreign
        for row in separated.indices { separated[row][30] = UInt16(DoctorCase.end) }
        #expect(
            !rules(try made.check(try made.rows(separated, name: "separated"), model: model)).contains("separators"))
        // Without a tokenizer it is said that nobody looked.
        let unknown = try made.check(try made.rows(foreign, name: "unknown"))
        #expect(unknown.validation.remarks.contains { $0.hasPrefix("separators of") })
    }

    @Test func muchPaddingIsNamedAndTheLastBlockIsNot() throws {
        let half = try made.check(try made.blocks([40, 40, 40, 64, 64, 64]))
        #expect(rules(half).contains("padding"))
        let tail = try made.check(try made.blocks([64, 64, 64, 10], name: "tail"))
        #expect(!rules(tail).contains("padding"), "\(tail.validation.findings)")
    }

    @Test func foreignRowsHaveNoSegments() throws {
        #expect(rules(try made.check(try made.rows([Array(0..<64)])), .note).contains("segments"))
        #expect(!rules(try made.check(try made.blocks())).contains("segments"))
    }

    @Test func olderShardsAreNamed() throws {
        let old = try made.check(try made.blocks(attributes: ["schema_version": 1]))
        #expect(rules(old, .warning).contains("schema"), "\(old.validation.findings)")
        #expect(!rules(try made.check(try made.blocks(name: "new"))).contains("schema"))
    }

    @Test func dataThatCannotBeReadIsNamed() throws {
        let path = try made.blocks()
        let shard = path + "/" + (try ShardDataset(path).index.shards[0].file.basename)
        var bytes = try FileByteStream(shard).readAll(limit: 1 << 24)
        bytes[bytes.count / 2] ^= 1
        made.folder.write(bytes, to: "blocks/" + PathText.name(of: shard))
        let damaged = try made.check(path)
        #expect(rules(damaged, .error) == ["data"], "\(damaged.validation.findings)")
        made.folder.write("{", to: "torn/index.json")
        #expect(rules(try made.check(made.folder("torn")), .error) == ["data"])
        #expect(throws: FileFailure.self) { try made.check(made.folder("none")) }
        made.folder.write("x", to: "stuff/file")
        #expect(throws: TrainingFailure.self) { try made.check(made.folder("stuff")) }
    }

    @Test func heldOutBlocksAreMissed() throws {
        #expect(rules(try made.check(try made.blocks()), .warning).contains("validation-split"))
        #expect(!rules(try made.check(try made.corpus())).contains("validation-split"))
        let asked = try made.check(try made.blocks(name: "b"), made.options("evaluation_interval: 10"))
        #expect(asked.validation.findings.contains { $0.expected.contains("evaluation_interval asks for") })
    }

    @Test func heldOutBlocksThatCannotBeReadAreNotNone() throws {
        let corpus = try made.corpus()
        let index = corpus + "/validation/index.json"
        let sound = try FileByteStream(index).readAll(limit: 1 << 20)
        made.folder.write(Array(sound.dropLast(30)), to: "corpus/validation/index.json")
        let cut = try made.check(corpus)
        #expect(rules(cut) == ["data"] && !cut.isSound, "\(cut.validation.findings)")
        #expect(throws: (any Error).self) { try TrainingData([(corpus, nil)]) }
        try Folder.remove(index)
        let gone = try made.check(corpus)
        #expect(rules(gone, .error) == ["data"], "\(gone.validation.findings)")
        #expect(throws: (any Error).self) { try TrainingData([(corpus, nil)]) }
    }

    /// What `train` refuses, `doctor` names.
    @Test func whatTrainRefusesIsNamed() throws {
        let one = try made.blocks(name: "one")
        let other = try made.blocks(digest: String(repeating: "ab", count: 32), name: "other")
        func refused(_ paths: [(path: String, weight: Double?)]) -> Bool {
            do { _ = try TrainingData(paths) } catch { return true }
            return false
        }
        #expect(refused([(one, nil), (other, nil)]))
        #expect(rules(try made.check(one, other), .error) == ["vocabulary"])
        for weight in ["0", "-1", "inf", "nan", "1e7"] {
            #expect(refused([(one, Double(weight))]), "\(weight)")
            let report = try made.check(one + "=" + weight, made.options("epochs: 1"), model: try made.model())
            #expect(rules(report, .error) == ["data"], "\(weight)")
        }
        #expect(rules(try made.check(one + "=0.5"), .error).isEmpty && !refused([(one, 0.5)]))
        let shard = one + "/" + (try ShardDataset(one).index.shards[0].file.basename)
        let bytes = try FileByteStream(shard).readAll(limit: 1 << 24)
        for damage in 0..<2 {
            if damage == 0 {
                try AtomicFile.write(Array(bytes.dropLast(1)), to: shard)
            } else {
                try Folder.remove(shard)
            }
            #expect(refused([(one, nil)]))
            let found = try made.check(one).validation.findings.filter { $0.severity == .error }
            #expect(found.allSatisfy { $0.rule == "data" } && found[0].hint.contains("repair"), "\(found)")
        }
    }

    @Test func whatIsLearntIsLookedAt() throws {
        let none = try made.spans([], name: "none")
        #expect(rules(try made.check(none), .error).contains("loss-share"))
        let all = try made.spans([0..<DoctorCase.length], name: "all")
        #expect(!rules(try made.check(all)).contains("loss-share"))
    }

    // MARK: tokenizer and model

    @Test func dataTokenizerAndModelBelongTogether() throws {
        let model = try made.model()
        #expect(!rules(try made.check(try made.blocks(), model: model)).contains("vocabulary"))
        let other = try made.check(try made.blocks(digest: String(repeating: "ab", count: 32), name: "o"), model: model)
        #expect(rules(other, .error) == ["vocabulary"], "\(other.validation.findings)")
        let large = try made.check(try made.blocks(vocabularySize: 300, name: "l"), model: model)
        #expect(rules(large, .error) == ["vocabulary"])
        let small = try made.model("small") { $0.vocabularySize = 200 }
        let ids = try made.check(try made.rows([[5, 6, 201, 7]], name: "ids"), model: small)
        let found = ids.validation.findings.filter { $0.rule == "vocabulary" }.map(\.found)
        #expect(found.contains("201") && found.contains("257"), "\(ids.validation.findings)")
        let recipe = try made.check(try made.recipe(), model: model)
        #expect(rules(recipe, .error).contains("vocabulary"), "\(recipe.validation.findings)")
        let same = try made.check(try made.recipe(tokenizer: "bytes.json"), model: model)
        #expect(!rules(same).contains("vocabulary"))
    }

    @Test func specialTokensAreThereAndAgree() throws {
        let corpus = try made.corpus()
        #expect(!rules(try made.check(corpus, model: try made.model())).contains("special-tokens"))
        let gone = try made.model("gone", settings: ["eos_token": ["content": "</s>"]])
        #expect(rules(try made.check(corpus, model: gone), .error) == ["special-tokens"])
        let stops = try made.check(corpus, model: try made.model("stops") { $0.endTokenIDs = [7] })
        #expect(rules(stops, .warning) == ["special-tokens"], "\(stops.validation.findings)")
        let outside = try made.check(corpus, model: try made.model("outside") { $0.beginTokenID = 300 })
        #expect(rules(outside, .error) == ["special-tokens"])
        let none = try made.check(corpus, model: try made.model("none") { $0.endTokenIDs = [] })
        #expect(none.validation.findings.contains { $0.expected.contains("eos_token_id in config.json") })
        let bare = try made.model("bare", settings: [:])
        made.folder.write(ByteTokenizer.json.replacing("<|endoftext|>", with: "<other>"), to: "bare/tokenizer.json")
        #expect(
            try made.check(corpus, model: bare).validation.findings.contains {
                $0.rule == "special-tokens" && $0.found == "none in the tokenizer"
            })
    }

    @Test(
        arguments: [
            ("smol-135m-Instruct", "", "", Severity.warning), ("gemma-2b-it", "", "", .warning),
            ("base", "<|im_start|>..<|im_end|>", "<|im_end|>", .warning),
            ("base", "{{ eos_token }}", "<|endoftext|>", .warning), ("base", "<|im_start|>..", "<|endoftext|>", .note),
            ("base", "", "<|endoftext|>", nil), ("literate-3b", "", "", nil), ("chatty-model", "", "", nil),
        ] as [(String, String, String, Severity?)])
    func chatModelsAreNoBase(name: String, template: String, end: String, expected: Severity?) throws {
        var settings: [String: JSONValue] = [:]
        if !template.isEmpty { settings["chat_template"] = .string(template) }
        if !end.isEmpty { settings["eos_token"] = .string(end) }
        let report = try made.check(try made.corpus(), model: try made.model(name, settings: .object(settings)))
        #expect(report.validation.findings.first { $0.rule == "chat-model" }?.severity == expected)
    }

    @Test func modelsThatCannotBeReadAreNamed() throws {
        made.folder.write("{\"model_type\": \"bert\"}", to: "bert/config.json")
        let report = try made.check(try made.corpus(), model: made.folder("bert"))
        #expect(rules(report, .error) == ["model"], "\(report.validation.findings)")
        let torn = try made.model("torn")
        try Folder.remove(torn + "/model.safetensors")
        #expect(rules(try made.check(try made.corpus(), model: torn), .error) == ["model"])
        #expect(throws: FileFailure.self) { try made.check(try made.corpus(), model: made.folder("none")) }
        made.folder.write(
            #"{"model_type": "llama", "hidden_size": 2147483648, "vocab_size": 2147483648, "intermediate_size": 8, "num_hidden_layers": 2,"#
                + #""num_attention_heads": 1024, "head_dim": 2097152}"#, to: "huge/config.json")
        let huge = try made.check(
            try made.corpus(), made.options("steps: 1\nlora: {rank: 1000000000}"), model: made.folder("huge"))
        #expect(rules(huge, .error) == ["model"], "\(huge.validation.findings)")
    }

    // MARK: options

    @Test func adaptersNeedLayers() throws {
        let (corpus, model) = (try made.corpus(), try made.model())
        let wrong = try made.check(
            corpus, made.options("method: lora\nlora: {targets: [q_proj, query_key_value]}"), model: model)
        let finding = try #require(wrong.validation.findings.first)
        #expect(rules(wrong) == ["lora-targets"] && finding.severity == .error && finding.place.line == 2)
        #expect(finding.expected.contains("query_key_value") && finding.expected.contains("q_proj"), "\(finding)")
        let full = try made.check(corpus, made.options("method: full\nlora: {targets: [none]}"), model: model)
        #expect(rules(full).isEmpty, "\(full.validation.findings)")
    }

    @Test func rowsFitModelAndBlocks() throws {
        let corpus = try made.corpus()
        let short = try made.model { $0.maximumPositions = 32 }
        #expect(rules(try made.check(corpus, model: short), .error) == ["sequence-length"])
        #expect(rules(try made.check(corpus, made.options("steps: 1"), model: short), .error) == ["sequence-length"])
        #expect(rules(try made.check(corpus, made.options("sequence_length: 32"), model: short)).isEmpty)
        let long = try made.check(corpus, made.options("sequence_length: 128"), model: short)
        #expect(rules(long, .error) == ["sequence-length", "sequence-length"])
        #expect(rules(try made.check(corpus, made.options("sequence_length: 24"), model: short), .note).count == 1)
        let recipe = try made.check(try made.recipe("pack: {length: 512}", tokenizer: "bytes.json"), model: short)
        #expect(rules(recipe, .error) == ["sequence-length"], "\(recipe.validation.findings)")
    }

    @Test(arguments: [
        ("full", "3e-4", false), ("full", "0.5", true), ("full", "1e-9", true), ("lora", "2e-4", false),
        ("lora", "0.05", true),
    ]) func learningRatesFarFromUsualAreNamed(method: String, rate: String, isUnusual: Bool) throws {
        let file = made.options("method: \(method)\nlearning_rate: \(rate)")
        let report = try made.check(try made.corpus(), file, model: try made.model())
        #expect(rules(report, .warning) == (isUnusual ? ["learning-rate"] : []), "\(report.validation.findings)")
        if isUnusual { #expect(report.validation.findings[0].place.line == 2) }
    }

    @Test func optionsThatCannotBeReadAreNamed() throws {
        let report = try made.check(made.options("steps: 4\nlearning_rat: 1e-4"))
        #expect(rules(report, .error) == ["training-options"])
        #expect(report.validation.findings[0].expected.contains("learning_rate"), "\(report.validation.findings)")
        #expect(rules(try made.check(made.options("steps: 4"))).isEmpty)
        let several = try made.check(
            try made.corpus(), made.options("steps: x\nlearning_rat: 1\nlora: {rank: 0, alpa: 1}\nbatch_rows: 0"),
            model: try made.model())
        #expect(rules(several, .error).count == 5, "\(several.validation.findings)")
        #expect(several.validation.findings.contains { $0.place.line == 4 && $0.expected.hasPrefix("batch_rows") })
        #expect(!several.validation.remarks.contains { $0.contains("name a training configuration") })
    }

    // MARK: machine

    @Test func memoryTimeDiskAndThreadsAreHeldAgainstTheMachine() throws {
        let (corpus, model) = (try made.corpus(), try made.model())
        let file = made.options("steps: 4")
        let good = try made.check(corpus, file, model: model)
        #expect(good.validation.findings.isEmpty)
        let need = try #require(good.estimates.first { $0.name == "memory" }?.value)
        #expect(rules(try made.check(corpus, file, model: model) { $0.memory = Int(need) - 1 }, .error) == ["memory"])
        let close = try made.check(corpus, file, model: model) { $0.memory = Int(need * 1.05) }
        #expect(rules(close, .warning) == ["memory"])
        #expect(rules(try made.check(corpus, file, model: model) { $0.memory = Int(need * 1.2) }).isEmpty)
        let slow = try made.check(corpus, file, model: model) { $0.operationsPerSecond = 1 }
        #expect(rules(slow, .warning) == ["time"])
        #expect(rules(try made.check(corpus, file, model: model) { $0.threads = 5 }, .warning) == ["threads"])
        #expect(
            DiskSpace.findings(needed: 0x1p60, at: made.folder("not/there"), what: "it").map(\.rule) == ["disk-space"])
        #expect(DiskSpace.findings(needed: 1, at: made.folder("not/there"), what: "it").isEmpty)
    }

    @Test func aRunSaysItsOwnSpeed() throws {
        let (corpus, model) = (try made.corpus(), try made.model())
        var run: [String: JSONValue] = ["version": 2, "options": ["steps": 10], "model": .string(model)]
        run["total_steps"] = 10
        run["data_digest"] = "d"
        run["data"] = [["path": .string(corpus)]]
        made.folder.write(JSONValue.object(run).text(), to: "run/run.json")
        let lines = (1...4).map { step in
            #"{"step": \#(step), "tokens": 100, "step_seconds": \#(step == 1 ? 9 : 2)}"#
        }
        let torn = #"{"step": 4, "validation_loss": 1, "step_seconds": 50}"# + "\n{\"step\": 5, \"tok"
        made.folder.write(lines.joined(separator: "\n") + "\n" + torn, to: "run/metrics.jsonl")
        let speed = try RunSpeed(folder: made.folder("run"))
        #expect(speed.steps == 4 && speed.tokensPerSecond == 50)
        let report = try made.check(made.folder("run"))
        #expect(report.validation.findings.isEmpty, "\(report.validation.findings)")
        let time = try #require(report.estimates.first { $0.name == "time" })
        // Six steps of 64 tokens at 50 tokens a second are left.
        #expect(abs(time.value - 6 * 64 / 50) < 1e-9 && time.text.hasSuffix("more"), "\(time)")
        #expect(time.basis.contains("measured over 4 of 10 steps"))
        #expect(try RunSpeed(folder: made.folder("none")).tokensPerSecond == nil)
    }

    // MARK: recipes

    @Test(arguments: [
        ("split: {validation: 0}", "validation-split", 4), ("dedupe: {minhash: off}", "near-duplicates", 4),
        ("dedupe: {exact: false}", "near-duplicates", 4), ("seed: 1\npack: {separator: none}", "separators", 5),
    ]) func whatARecipeLeavesOutIsNamed(extra: String, rule: String, line: Int) throws {
        let report = try made.check(try made.recipe(extra))
        #expect(rules(report, .warning) == [rule], "\(report.validation.findings)")
        #expect(report.validation.findings[0].place.line == line && report.isSound, "\(report.validation.findings)")
    }

    @Test func conversationsStandWholeAndAreSampled() throws {
        let pair = #"{"prompt": "\#(CheckedCorpus.prose(1).replacing("\n", with: " "))", "completion": "yes"}"# + "\n"
        made.folder.write(pair, to: "chats.jsonl")
        made.folder.write(ByteTokenizer.json, to: "bytes.json")
        func recipe(_ pack: String) -> String {
            made.folder.write(
                "sources: [{name: a, path: chats.jsonl, instructions: plain, licence: ours}]\ntokenizer: bytes.json\n\(pack)\n",
                to: "chats.yaml")
        }
        let cut = try made.check(recipe("pack: {strategy: concatenate}"))
        #expect(rules(cut, .warning).contains("instructions"), "\(cut.validation.findings)")
        let whole = try made.check(recipe("pack: {strategy: best-fit}"))
        #expect(!rules(whole).contains("instructions"))
        // Its texts are read: the tokenizer of bytes does not fit them.
        #expect(rules(whole, .warning).contains("fertility"), "\(whole.validation.findings)")
    }

    @Test func aRecipeThatCannotBeBuiltFails() throws {
        #expect(rules(try made.check(try made.recipe(licence: "")), .warning) == ["licence"])
        #expect(rules(try made.check(try made.recipe(tokenizer: "gone.json")), .error) == ["tokenizer"])
        #expect(rules(try made.check(try made.recipe("pak: 1")), .error) == ["recipe"])
    }

    @Test func aTokenizerThatDoesNotFitItsTextsIsNamed() throws {
        let bytes = try made.check(try made.recipe(tokenizer: "bytes.json"))
        #expect(rules(bytes, .warning) == ["fertility"], "\(bytes.validation.findings)")
        #expect(!rules(try made.check(try made.recipe())).contains("fertility"))
    }

    @Test func aBuiltCorpusIsLookedAtThroughItsSeal() throws {
        let corpus = try CheckedCorpus(licence: "", extra: "dedupe: {minhash: off}")
        var options = DoctorOptions()
        options.operationsPerSecond = 1e9
        let report = try Doctor([corpus.path], options: options, pool: .init(threads: 1)).run()
        // Its tokenizer has a token a byte.
        #expect(Set(rules(report)) == ["licence", "near-duplicates", "fertility"], "\(report.validation.findings)")
        let good = try CheckedCorpus()
        let sound = try Doctor([good.path], options: options, pool: .init(threads: 1)).run()
        #expect(Set(rules(sound)) == ["fertility"], "\(sound.validation.findings)")
    }

    // MARK: report

    @Test func theReportIsOneObjectAndOneLineAFinding() throws {
        let report = try made.check(try made.blocks(policy: "none"), made.options("steps: 3"), model: try made.model())
        let json = report.json
        #expect(json["schema"] == 1 && json["kind"] == "preflight" && json["sound"] == true)
        #expect(json["findings"]?.items?.count == report.validation.findings.count)
        let names = json["estimates"]?.items?.compactMap { $0["name"]?.string }
        #expect(names == ["memory", "tokens", "time"])
        let lines = report.text.split(separator: "\n")
        #expect(lines.count(where: { $0.hasPrefix("estimate: ") }) == 3)
        #expect(lines.count(where: { $0.contains(": warning: ") }) == report.validation.count(.warning))
        #expect(
            lines.last?.contains("2 warnings in what was looked at") == true || lines.last?.contains("sound") == true)
    }
}
