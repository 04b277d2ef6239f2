import Files
import TestSupport
import Testing

/// `shardmill decontaminate` as a person calls it.
@Suite struct DecontaminateTests {
    let folder = TemporaryFolder()
    private static let quiz = TestData.repository + "/corpora/quiz.jsonl"
    private static let standards = TestData.repository + "/corpora/standards"

    @Test func itemsOfTheQuizAreFoundInOurCorpus() throws {
        let report = folder("report.json")
        let clean = folder("clean.jsonl")
        let result = try Tool.run([
            "decontaminate", "--against", DecontaminateTests.quiz, DecontaminateTests.standards, "--report", report,
            "--clean-subset", clean,
        ])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("window: 14 of 14 n-grams in 1 document"), "\(result.output)")
        let items = try #require(try Tool.lines(of: report).first?["items"]?.items)
        #expect(items.map { $0["verdict"]?.string } == ["contaminated", "clean", "clean", "not_checkable"])
        #expect(items[0]["places"]?.items?.first?["document"]?.string?.contains("notes.jsonl!links-14-03") == true)
        #expect(try Tool.lines(of: clean).map { $0["id"]?.string } == ["tester", "colour"])
        let short = try Tool.run([
            "decontaminate", "--against", DecontaminateTests.quiz, DecontaminateTests.standards, "--ngram", "8",
            "--json", "--scope", "all",
        ]).json
        #expect(short["sets"]?.items?.first?["contaminated"]?.int == 2)
        #expect(short["sets"]?.items?.first?["not_checkable"]?.int == 1)
    }

    @Test func whatIsFoundIsDroppedOrMasked() throws {
        let notes = DecontaminateTests.standards + "/notes/notes.jsonl"
        let all = try Tool.lines(of: notes).count
        let left = folder("left.jsonl")
        let common = ["decontaminate", "--against", DecontaminateTests.quiz, notes, "--output", left, "--json"]
        let dropped = try Tool.run(common + ["--action", "drop"]).json
        #expect(dropped["dropped_documents"]?.int == 1)
        #expect(try Tool.lines(of: left).count == all - 1)
        let masked = try Tool.run(common + ["--action", "mask", "--marker", "[gone]", "--threads", "1"]).json
        #expect(masked["masked_documents"]?.int == 1)
        let texts = try Tool.lines(of: left).compactMap { $0["text"]?.string }
        #expect(texts.count == all)
        #expect(texts.contains { $0.hasPrefix("Item 3, frame window.\n[gone] The chair asked") }, "\(texts)")
        // What is left is clean.
        let again = try Tool.run(["decontaminate", "--against", DecontaminateTests.quiz, left, "--json"]).json
        #expect(again["contaminated_documents"]?.int == 0)
    }

    @Test func threadsDoNotMatter() throws {
        let record =
            #"{"id": "N", "text": "Item N. Three proposals were on the table: a fixed window of 8, a fixed window of 32, and a window. End of it."}"#
        for part in 0..<12 {
            let lines = (0..<200).map { record.replacing("N", with: "\(part)-\($0)") }
            folder.write(lines.joined(separator: "\n") + "\n", to: "parts/\(part).jsonl")
        }
        var results: [[String]] = []
        for threads in ["1", "4"] {
            let (report, output) = (folder("report\(threads)"), folder("out\(threads)"))
            let result = try Tool.run([
                "decontaminate", "--against", DecontaminateTests.quiz, folder("parts"), "--action", "mask", "--output",
                output, "--report", report, "--threads", threads,
            ])
            #expect(result.status == 0, "\(result.error)")
            results.append([
                result.output, try SHA256Digest.hexadecimal(ofFile: report),
                try SHA256Digest.hexadecimal(ofFile: output),
            ])
        }
        #expect(results[0] == results[1])
        #expect(
            results[0][0].contains("2,400 documents scanned, 2400 with items, 0 dropped, 2400 masked"),
            "\(results[0][0])")
    }

    @Test func badInputIsNamed() throws {
        let bad = folder.write("{\"text\": \"no question\"}\n", to: "bad.jsonl")
        let noItems = try Tool.run(["decontaminate", "--against", bad, DecontaminateTests.standards])
        #expect(
            noItems.status == 65 && noItems.error.contains("bad.jsonl: expected records with a question"),
            "\(noItems.error)")
        let missing = try Tool.run(["decontaminate", "--against", folder("none.json"), DecontaminateTests.standards])
        #expect(missing.status == 66, "\(missing.error)")
        for wrong in [
            ["--action", "mask"], ["--output", "x"], ["--ngram", "0"], ["--scope", "x"], ["--min-share", "2"],
        ] {
            let result = try Tool.run(["decontaminate", "--against", DecontaminateTests.quiz, bad] + wrong)
            #expect(result.status == 64 && result.error.contains(wrong[0]), "\(result.error)")
        }
        let half = folder.write("{\"question\": \"What is it?\"}\n{\"text\": \"no question\"}\n", to: "half.jsonl")
        let warned = try Tool.run(["decontaminate", "--against", half, DecontaminateTests.standards])
        #expect(
            warned.status == 0 && warned.error.contains("no question in 1 record, the first: line 2"), "\(warned.error)"
        )
        let unread = try Tool.run([
            "decontaminate", "--against", DecontaminateTests.quiz, folder.write("{", to: "broken.jsonl"),
        ])
        #expect(unread.status == 65 && unread.error.contains("not read: "), "\(unread.error)")
    }
}
