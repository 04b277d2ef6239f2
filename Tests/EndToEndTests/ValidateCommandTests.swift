import Files
import TestSupport
import Testing

/// `validate` as a CI job runs it: formats, files, exit statuses.
@Suite struct ValidateCommandTests {
    let builds = BuildTests()
    var folder: TemporaryFolder { builds.folder }

    @Test func rulesBaselinesAndFormats() throws {
        let recipe = try builds.makeCorpus(documents: 20)
        let out = folder("out")
        #expect(try Tool.run(["build", recipe, "--output", out]).status == 0)
        let rules = folder.write("unreadable: 0\nlicence: required\n", to: "rules.yaml")
        let found = try Tool.run(["validate", out, "--rules", rules, "--format", "github"])
        #expect(found.status == 1)
        // The line that makeCorpus breaks, and the source without a licence.
        #expect(found.output.contains("records.jsonl,line=31,title=shardmill unreadable::"), "\(found.output)")
        #expect(found.output.contains("recipe.yaml,line=3,title=shardmill licence::"), "\(found.output)")
        for format in ["text", "json", "junit", "sarif", "github"] {
            let file = folder("findings.\(format)")
            let written = try Tool.run([
                "validate", out, "--rules", rules, "--format", format, "--output", file, "--quiet",
            ])
            #expect(written.status == 1 && written.output.isEmpty, "\(format): \(written.output)")
            let printed = try Tool.run(["validate", out, "--rules", rules, "--format", format])
            if format == "json" {
                #expect(try printed.json == JSONValue(file: file))
            } else {
                #expect(try JSONlessText.read(file) == printed.output, "\(format)")
            }
        }
        #expect(try Tool.run(["validate", out, "--rules", rules, "--json"]).json["sound"]?.bool == false)
        folder.write("unreadable: 50%\nseverity: {licence: note}\nlicence: required\n", to: "rules.yaml")
        let mild = try Tool.run(["validate", out, "--rules", rules])
        #expect(mild.status == 0 && mild.output.contains("note: licence"), "\(mild.output)")

        let baseline = folder("baseline.json")
        #expect(try Tool.run(["validate", out, "--update-baseline", baseline]).status == 0)
        #expect(try Tool.run(["validate", out, "--baseline", baseline]).status == 0)
        let sampled = try Tool.run(["validate", out, "--baseline", baseline, "--sample", "10%", "--changed-only"])
        #expect(sampled.status == 0 && sampled.output.contains("not looked at:"), "\(sampled.output)")
        for number in 0..<10 { folder.write(BuildTests.prose(700 + number), to: "texts/new-\(number).txt") }
        #expect(try Tool.run(["build", recipe, "--output", out, "--update"]).status == 0)
        let drifted = try Tool.run(["validate", out, "--baseline", baseline])
        #expect(drifted.status == 1 && drifted.output.contains("error: drift:"), "\(drifted.output)")
    }

    @Test func recipesAndInputs() throws {
        let recipe = try builds.makeCorpus(documents: 3)
        let sound = try Tool.run(["validate", recipe])
        #expect(sound.status == 0 && sound.output.contains("recipe.yaml:3: warning: licence"), "\(sound.output)")
        try Folder.remove(folder("records.jsonl"))
        let missing = try Tool.run(["validate", recipe])
        #expect(missing.status == 1 && missing.output.contains("recipe.yaml:3: error: recipe"), "\(missing.output)")
        #expect(try Tool.run(["validate", folder("texts")]).status == 0)
        folder.write("{\n", to: "bad.jsonl")
        let bad = try Tool.run(["validate", folder("texts"), folder("bad.jsonl")])
        #expect(bad.status == 1 && bad.output.contains("bad.jsonl:1: error: unreadable"), "\(bad.output)")
    }

    @Test func eachTargetIsValidatedByItsKind() throws {
        let recipe = try builds.makeCorpus(documents: 20)
        let out = folder("out")
        #expect(try Tool.run(["build", recipe, "--output", out]).status == 0)
        let all = try Tool.run(["validate", out, out + "/train", recipe, folder("texts"), "--json"])
        #expect(all.status == 0, "\(all.output)")
        #expect(try all.json["kind"] == "several")
        let coverage = try all.json["coverage"]?.members ?? [:]
        for name in [
            "documents of \(out)", "blocks of \(out)/train", "sources of \(recipe)", "files of \(folder("texts"))",
        ] {
            #expect(coverage[name] != nil, "\(name): \(coverage.keys)")
        }
        let path = out + "/rejected/part-00000.jsonl.zst"
        let bytes = try FileByteStream(path).readAll(limit: 1 << 24)
        try AtomicFile.write(Array(bytes.dropLast(2)), to: path)
        let twice = try Tool.run(["validate", out, folder("texts")])
        #expect(twice.status == 1 && twice.output.contains("error: rejected:"), "\(twice.output)")
        let dry = try Tool.run(["repair", out, "--dry-run"])
        #expect(dry.status == 0 && dry.output.contains("damaged: "), "\(dry.output)")
        let mended = try Tool.run(["repair", out])
        #expect(mended.status == 0 && mended.output.contains("restored: "), "\(mended.output)")
        #expect(!mended.output.contains("rebuild") && !mended.output.contains("build again"), "\(mended.output)")
        #expect(try FileByteStream(path).readAll(limit: 1 << 24) == bytes)
        folder.write("{}", to: "run/run.json")
        let run = try Tool.run(["validate", folder("run")])
        #expect(run.status == 65 && run.error.contains("`shardmill doctor`"), "\(run.error)")
        try Folder.remove(out + "/manifest.json")
        let half = try Tool.run(["validate", out])
        #expect(half.status == 66 && half.error.contains("to its end"), "\(half.error)")
    }

    @Test(arguments: [
        (["--format", "xml"], "expected text, json, junit, sarif, github, found xml"),
        (["--sample", "0"], "expected a share above 0"), (["--sample", "2"], "expected a share above 0"),
        (["--changed-only"], "needs --baseline"), (["--json", "--format", "sarif"], "exclude each other"),
        (["--update-baseline", "b.json", "--sample", "1%"], "leave --sample"),
    ]) func wrongUsageIsNamed(arguments: [String], says: String) throws {
        let result = try Tool.run(["validate", folder.path] + arguments)
        #expect(result.status == 64 && result.error.contains(says), "\(result.error)")
    }

    @Test func whatIsNotThereOrNotUnderstoodIsNoFinding() throws {
        #expect(try Tool.run(["validate", folder("none")]).status == 66)
        let rules = folder.write("unreadble: 0\n", to: "rules.yaml")
        let unknown = try Tool.run(["validate", folder.path, "--rules", rules])
        #expect(unknown.status == 64 && unknown.error.contains("did you mean `unreadable`?"), "\(unknown.error)")
        let baseline = folder.write("{}", to: "baseline.json")
        #expect(try Tool.run(["validate", folder.path, "--baseline", baseline]).status == 65)
    }
}
