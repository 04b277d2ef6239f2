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
