import Files
import Glibc
import TestSupport
import Testing

/// From a corpus to a model, an adapter, a score and a text; and a training that is killed.
@Suite struct TrainTests {
    let builds = BuildTests()
    var folder: TemporaryFolder { builds.folder }

    func makeModel() throws {
        let recipe = try builds.makeCorpus()
        #expect(try Tool.run(["build", recipe, "--output", folder("corpus")]).status == 0)
        let made = try Tool.run([
            "model", "init", "--shape", "tiny", "--tokenizer", folder("corpus/tokenizer"), "--output", folder("model"),
        ])
        #expect(made.status == 0, "\(made.error)")
    }

    func train(_ output: String, _ more: [String]) -> [String] {
        [
            "train", folder("corpus"), "--model", folder("model"), "--output", folder(output), "--quiet", "--threads",
            "1",
        ]
            + more
    }

    /// The metrics without what may differ from run to run.
    func metrics(_ run: String) throws -> [JSONValue] {
        try Tool.lines(of: folder(run) + "/metrics.jsonl").map { line in
            var members = line.members ?? [:]
            for name in ["step_seconds", "seconds", "time", "tokens_per_second"] { members[name] = nil }
            return .object(members)
        }
    }

    @Test func aTrainedModelPredictsBetterAndWrites() throws {
        try makeModel()
        func loss(_ model: String, adapter: String? = nil) throws -> Double {
            let result = try Tool.run(
                ["evaluate", folder(model), "--perplexity", folder("corpus"), "--json"]
                    + (adapter.map { ["--adapter", folder($0)] } ?? []))
            #expect(result.status == 0, "\(result.error)")
            return try #require(result.json["loss"]?.double)
        }
        let before = try loss("model")
        let full = try Tool.run(
            train("full", ["--method", "full", "--steps", "30", "--batch-rows", "8", "--learning-rate", "3e-3"]))
        #expect(full.status == 0, "\(full.error)")
        let after = try loss("full/model")
        #expect(after < before - 0.5, "\(before) → \(after)")

        let lora = try Tool.run([
            "train", folder("corpus"), "--model", folder("full/model"), "--output", folder("lora"), "--method", "lora",
            "--steps", "20", "--batch-rows", "8", "--learning-rate", "1e-2", "--quiet",
        ])
        #expect(lora.status == 0, "\(lora.error)")
        let adapted = try loss("full/model", adapter: "lora/adapter")
        #expect(adapted < after, "\(after) → \(adapted)")

        let text = try Tool.run([
            "generate", folder("full/model"), "--prompt", "the timer", "--max-tokens", "8", "--json",
        ])
        #expect(text.status == 0, "\(text.error)")
        #expect(try text.json["ids"]?.items?.count ?? 0 <= 8)
        let again = try Tool.run([
            "generate", folder("full/model"), "--prompt", "the timer", "--max-tokens", "8", "--json",
        ])
        #expect(again.output == text.output)
    }

    @Test func aKilledTrainingGoesOnBitForBit() throws {
        try makeModel()
        let options = [
            "--steps", "40", "--batch-rows", "4", "--checkpoint-interval", "3", "--evaluation-interval", "10",
        ]
        #expect(try Tool.run(train("whole", options)).status == 0)
        for attempt in 0..<8 {
            let running = try Tool.start(train("killed", options + ["--resume"]))
            usleep(UInt32(20_000 + attempt * 15_000) + UInt32.random(in: 0...20_000))
            running.kill()
            _ = running.wait()
        }
        let last = try Tool.run(train("killed", options + ["--resume"]))
        #expect(last.status == 0, "\(last.error)")
        #expect(try metrics("killed") == metrics("whole"))
        #expect(
            try SHA256Digest.hexadecimal(ofFile: folder("killed/model/model.safetensors"))
                == SHA256Digest.hexadecimal(ofFile: folder("whole/model/model.safetensors")))
    }

    /// Starts a training and sends Ctrl-C once it has made a step.
    func interrupted(_ output: String, _ options: [String]) throws -> Tool.Result {
        let running = try Tool.start(
            ["train", folder("corpus"), "--model", folder("model"), "--output", folder(output)] + options)
        var waits = 0
        while ((try? metrics(output)) ?? []).isEmpty, waits < 6000 {
            usleep(10_000)
            waits += 1
        }
        running.interrupt()
        return running.wait()
    }

    @Test func ctrlCSavesAndResumeNeedsNoOtherFlag() throws {
        try makeModel()
        let options = ["--steps", "1500", "--batch-rows", "2", "--threads", "1", "--learning-rate", "1e-3"]
        #expect(try Tool.run(train("whole", options)).status == 0)
        let stopped = try interrupted("stopped", options + ["--json"])
        #expect(stopped.status == 130, "\(stopped.error)")
        #expect(try stopped.json["finished"] == false)
        #expect(stopped.error.contains("go on with: shardmill train --output \(folder("stopped")) --resume"))
        let resume = ["train", "--output", folder("stopped"), "--resume", "--threads", "1"]
        for (more, named) in [
            (["--steps", "1501"], "--steps was 1500"), (["--learning-rate", "2e-3"], "--learning-rate was 0.001"),
            (["--lora-rank", "3"], "--lora-rank was 16"), (["--no-segment-isolation"], "--no-segment-isolation"),
        ] {
            let refused = try Tool.run(resume + more)
            #expect(refused.status == 64 && refused.error.contains(named), "\(refused.error)")
            #expect(refused.error.split(separator: "\n").count == 1)
        }
        folder.write("weight_decay: 0.5\n", to: "options.yaml")
        let file = try Tool.run(resume + ["--config", folder("options.yaml")])
        #expect(file.status == 64 && file.error.contains("options.yaml: weight_decay was 0.1"), "\(file.error)")
        let last = try Tool.run(resume + ["--steps", "1500", "--checkpoint-interval", "1000", "--json"])
        #expect(last.status == 0, "\(last.error)")
        #expect(try metrics("stopped") == metrics("whole"))
        #expect(try last.json["tokens"] == JSONValue(file: folder("whole/summary.json"))["tokens"])
        let nothing = try Tool.run(["train", "--output", folder("new"), "--resume"])
        #expect(nothing.status == 64 && nothing.error.contains("--model: needed to begin a run"), "\(nothing.error)")
    }

    @Test func whatDoesNotBelongTogetherIsRefused() throws {
        try makeModel()
        func refused(_ arguments: [String], _ status: Int32, _ expected: String) throws {
            let result = try Tool.run(arguments)
            #expect(result.status == status && result.error.contains(expected), "\(result.status) \(result.error)")
        }
        try refused(
            [
                "model", "init", "--shape", "tiny", "--vocab-size", "100", "--tokenizer", folder("tokenizer"),
                "--output", folder("x"),
            ],
            64, "--vocab-size: expected at least")
        #expect(!Folder.exists(folder("x")))
        // A model with a tokenizer of another vocabulary in its folder, of the same size.
        folder.write(BuildTests.prose(7, sentences: 400).replacing("e", with: "q"), to: "other/text.txt")
        let trained = try Tool.run([
            "tokenizer", "train", folder("other"), "--vocab-size", "400", "--output", folder("tokenizer2"), "--quiet",
        ])
        #expect(trained.status == 0, "\(trained.error)")
        let made = try Tool.run([
            "model", "init", "--shape", "tiny", "--tokenizer", folder("tokenizer2"), "--output", folder("model2"),
        ])
        #expect(made.status == 0, "\(made.error)")
        try refused(
            ["evaluate", folder("model2"), "--perplexity", folder("corpus")], 65, "expected blocks of the tokenizer of")
        try refused(
            ["train", folder("corpus"), "--model", folder("model2"), "--output", folder("run"), "--steps", "1"], 65,
            "expected blocks of the tokenizer of")
        let small = try Tool.run([
            "model", "init", "--shape", "tiny", "--vocab-size", "300", "--output", folder("small"),
        ])
        #expect(small.status == 0, "\(small.error)")
        try refused(
            ["generate", folder("small"), "--tokenizer", folder("tokenizer"), "--prompt", "a"], 65,
            "expected a tokenizer of at most 300 ids")
        // An adapter of a model of another shape.
        let lora = try Tool.run(train("lora", ["--method", "lora", "--lora-rank", "2", "--steps", "1"]))
        #expect(lora.status == 0, "\(lora.error)")
        var shape = try JSONValue(file: folder("model/config.json")).members ?? [:]
        shape["intermediate_size"] = .integer((shape["intermediate_size"]?.int ?? 0) + 16)
        folder.write(JSONValue.object(shape).encoded(), to: "config.json")
        let wide = try Tool.run([
            "model", "init", "--config", folder("config.json"), "--tokenizer", folder("tokenizer"), "--output",
            folder("wide"),
        ])
        #expect(wide.status == 0, "\(wide.error)")
        for command in [
            ["generate", folder("wide"), "--prompt", "a"],
            ["evaluate", folder("wide"), "--perplexity", folder("corpus")],
        ] {
            try refused(command + ["--adapter", folder("lora/adapter")], 65, "adapter_model.safetensors: tensor")
        }
    }

    @Test func anyNumberOfTokensMayBeAskedFor() throws {
        try makeModel()
        let positions = try JSONValue(file: folder("model/config.json"))["max_position_embeddings"]?.int
        let asked = try Tool.run([
            "generate", folder("model"), "--prompt", "timer", "--max-tokens", "\(Int.max)", "--json",
        ])
        #expect(asked.status == 0, "\(asked.error)")
        #expect(try #require(asked.json["ids"]?.items).count < #require(positions))
        #expect(try Tool.run(["generate", folder("model"), "--prompt", "timer", "--max-tokens", "-1"]).status == 64)
    }

    @Test func helpNamesDefaultsAndExamples() throws {
        let help = try Tool.run(["train", "--help"]).output
        for text in ["(default: 0.0003)", "(default: cosine)", "(default: one epoch)", "--activations"] {
            #expect(help.contains(text), "\(text)")
        }
        #expect(try Tool.run(["model", "--help"]).output.contains("shardmill model init --shape"))
    }

    @Test func whatCannotBeMeantIsRefused() throws {
        try makeModel()
        let weights = try SHA256Digest.hexadecimal(ofFile: folder("model/model.safetensors"))
        let over = try Tool.run([
            "train", folder("corpus"), "--model", folder("model"), "--output", folder.path, "--steps", "1",
        ])
        #expect(over.status == 74, "\(over.error)")
        #expect(try SHA256Digest.hexadecimal(ofFile: folder("model/model.safetensors")) == weights)
        let nothing = try Tool.run(train("run", ["--method", "lora", "--lora-targets", "q_prj", "--steps", "1"]))
        #expect(nothing.status != 0)
        #expect(nothing.error.contains("q_prj"), "\(nothing.error)")
        folder.write("learning_rat: 1\n", to: "options.yaml")
        let unknown = try Tool.run(train("run2", ["--config", folder("options.yaml")]))
        #expect(unknown.status == 64)
        #expect(unknown.error.contains("learning_rate"), "\(unknown.error)")
        let small = try Tool.run([
            "model", "init", "--shape", "tiny", "--vocab-size", "100", "--output", folder("small"),
        ])
        #expect(small.status == 0, "\(small.error)")
        let mismatch = try Tool.run([
            "train", folder("corpus"), "--model", folder("small"), "--output", folder("run3"), "--steps", "1",
        ])
        #expect(mismatch.status != 0)
        #expect(mismatch.error.contains("100"), "\(mismatch.error)")
    }

    @Test func statisticsAndBlocksSayWhatTheManifestSays() throws {
        try makeModel()
        let manifest = try JSONValue(file: folder("corpus/manifest.json"))
        let stats = try Tool.run(["stats", folder("corpus"), "--json", "--html", folder("stats.html")])
        #expect(stats.status == 0, "\(stats.error)")
        let tokens = manifest["sources"]?.items?.compactMap { $0["tokens"]?.int }.reduce(0, +)
        #expect(try stats.json["total"]?["tokens"]?.int == tokens)
        let html = try JSONlessText.read(folder("stats.html"))
        #expect(html.contains("<svg") && !html.contains("<script"))
        let block = try Tool.run(["inspect", folder("corpus"), "--block", "0", "--json"])
        #expect(block.status == 0, "\(block.error)")
        let outside = try Tool.run(["inspect", folder("corpus"), "--block", "100000"])
        #expect(outside.status == 64 || outside.status == 66, "\(outside.error)")
        #expect(outside.error.split(separator: "\n").count == 1)
    }
}
