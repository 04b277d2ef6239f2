import Files
import TestSupport
import Testing

/// `doctor` as a person runs it before a build and before a training.
@Suite struct DoctorCommandTests {
    let builds = BuildTests()
    var folder: TemporaryFolder { builds.folder }

    @Test func recipesCorporaAndTrainings() throws {
        let recipe = try builds.makeCorpus(documents: 20)
        let early = try Tool.run(["doctor", recipe])
        #expect(early.status == 0 && early.output.contains("recipe.yaml:3: warning: licence"), "\(early.output)")
        let (out, model) = (folder("out"), folder("model"))
        #expect(try Tool.run(["build", recipe, "--output", out]).status == 0)
        let made = try Tool.run([
            "model", "init", "--shape", "tiny", "--tokenizer", out + "/tokenizer", "--output", model,
        ])
        #expect(made.status == 0, "\(made.error)")
        let options = folder.write("method: lora\nsteps: 2\nlora: {targets: [qkv]}\n", to: "train.yaml")
        let wrong = try Tool.run(["doctor", out, options, "--model", model])
        #expect(wrong.status == 1 && wrong.output.contains("train.yaml:3: error: lora-targets"), "\(wrong.output)")
        folder.write("method: lora\nsteps: 2\n", to: "train.yaml")
        let right = try Tool.run(["doctor", out, options, "--model", model, "--json"])
        #expect(right.status == 0, "\(right.output)")
        let names = try right.json["estimates"]?.items?.compactMap { $0["name"]?.string }
        #expect(names == ["memory", "tokens", "time"])
        // What doctor lets pass can be trained, and the run can be looked at in turn.
        let trained = try Tool.run(
            ["train", out, "--config", options, "--model", model, "--output", folder("run"), "--quiet"])
        #expect(trained.status == 0, "\(trained.error)")
        let run = try Tool.run(["doctor", folder("run")])
        #expect(run.status == 0 && run.output.contains("measured over 2 of 2 steps"), "\(run.output)")
    }

    @Test func whatIsNotThereAndWhatIsNothing() throws {
        #expect(try Tool.run(["doctor", folder("none")]).status == 66)
        folder.write("x", to: "stuff/file")
        let nothing = try Tool.run(["doctor", folder("stuff")])
        #expect(nothing.status == 65 && nothing.error.contains("found none of these"), "\(nothing.error)")
        #expect(try Tool.run(["doctor"]).status == 64)
    }
}
