import Files
import TestSupport
import Testing

/// `shardmill dedup` as a person calls it.
@Suite struct DedupTests {
    let folder = TemporaryFolder()

    private func record(_ id: String, _ number: Int, _ more: String = "") -> String {
        let words = (0..<120).map { "word\(($0 * $0 + number * 977) % 1009)" }.joined(separator: " ")
        return "{\"id\":\"\(id)\",\"text\":\"\(words)\(more)\"}\n"
    }

    @Test func runRemovesWhatPlanAndReportAnnounce() throws {
        let input = folder.write(
            record("a", 1) + record("b", 2) + record("c", 1) + record("d", 2, " changed") + record("e", 3),
            to: "in.jsonl")
        let run = try Tool.run(
            [
                "dedup", "run", input, "--output", folder("kept.jsonl"), "--removed", folder("removed.jsonl"), "--json",
            ])
        #expect(run.status == 0, "\(run.error)")
        #expect(try run.json["kept"]?.int == 3)
        #expect(try run.json["removed"]?.int == 2)
        #expect(try run.json["exact"]?.int == 1)
        #expect(try Tool.lines(of: folder("kept.jsonl")).map { $0["id"]?.string } == ["a", "b", "e"])
        let removed = try Tool.lines(of: folder("removed.jsonl"))
        #expect(removed.map { $0["kept"]?.string } == ["a", "b"])
        #expect(removed.map { $0["rule"]?.string } == ["exact", "near"])
        #expect(removed[1]["jaccard"]?.double == 116.0 / 117)

        let report = try Tool.run(["dedup", "report", input, "--html", folder("report.html")])
        #expect(report.output.contains("5 documents, 2 duplicates in 2 clusters"), "\(report.output)")
        #expect(report.output.contains("{+changed+}"))
        #expect(Folder.exists(folder("report.html")))
        let plan = try Tool.run(["dedup", "plan", "--json"])
        #expect(try plan.json["curve"]?.items?.count == 10)
    }

    @Test func againstKnowsWhatRunKept() throws {
        let old = folder.write(record("a", 1) + record("b", 2), to: "old.jsonl")
        let new = folder.write(record("x", 2, " more") + record("y", 5), to: "new.jsonl")
        let index = folder("index")
        #expect(try Tool.run(["dedup", "run", old, "--index", index]).status == 0)
        for (kept, known) in [(1, 1), (0, 2)] {
            let result = try Tool.run(["dedup", "against", index, new, "--removed", folder("gone"), "--add", "--json"])
            #expect(result.status == 0, "\(result.error)")
            #expect(try result.json["kept"]?.int == kept)
            #expect(try result.json["known"]?.int == known)
            #expect(try Tool.lines(of: folder("gone"))[0]["kept"]?.string == "b")
        }
        folder.write("{}", to: "index/index.json")
        let foreign = try Tool.run(["dedup", "against", index, new])
        #expect(foreign.status == 65 && foreign.error.contains("dedup run --index"), "\(foreign.error)")
    }

    @Test(
        arguments: [
            (["--bands", "0"], "--bands: expected 1 to 1024"), (["--threshold", "1.5"], "--threshold"),
            (["--shingles", "token:5"], "--shingles: expected word:N or char:N"),
            (["--policy", "best"], "--policy: expected one of"),
            (["--memory", "much"], "--memory"), (["--output", "in.jsonl"], "is the input"),
        ])
    func wrongOptionsAreNamed(_ options: [String], _ expected: String) throws {
        let input = folder.write(record("a", 1), to: "in.jsonl")
        let result = try Tool.run(["dedup", "run", input] + options.map { $0 == "in.jsonl" ? input : $0 })
        #expect(result.status == 64 && result.error.contains(expected), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1)
    }

    @Test func missingAndBrokenInputsAreNamed() throws {
        #expect(try Tool.run(["dedup", "run", folder("nothing")]).status == 66)
        let broken = folder.write(record("a", 1) + "{\"text\": \n", to: "broken.jsonl")
        let result = try Tool.run(["dedup", "run", broken, "--output", folder("out")])
        #expect(result.status == 65 && result.error.contains("broken.jsonl:2"), "\(result.error)")
        #expect(!Folder.exists(folder("out")))
    }
}
