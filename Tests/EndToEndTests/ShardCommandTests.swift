import Files
import TestSupport
import Testing

/// `repair`, `repack`, `export`, `import` and `inspect --step`, as a person uses them.
@Suite struct ShardCommandTests {
    let builds = BuildTests()
    var folder: TemporaryFolder { builds.folder }
    var out: String { folder("out") }

    private func build() throws {
        let recipe = try builds.makeCorpus()
        let built = try Tool.run(["build", recipe, "--output", out, "--discard-work"])
        #expect(built.status == 0, "\(built.error)")
    }

    private func flip(_ path: String) throws {
        var bytes = try FileByteStream(path).readAll(limit: 1 << 26)
        bytes[bytes.count / 2] ^= 4
        try AtomicFile.write(bytes, to: path)
    }

    @Test func damageIsMendedAndWhatCannotBeIsSaid() throws {
        try build()
        let sound = try Tool.digest(of: out)
        let none = try Tool.run(["repair", out])
        #expect(none.status == 0 && none.output.contains("nothing is damaged"))
        try flip(out + "/train/shard.00000.mds.zstd")
        try Folder.remove(out + "/validation/shard.00000.mds.zstd")
        let damaged = try Tool.digest(of: out)
        let dry = try Tool.run(["repair", out, "--dry-run", "--json"])
        #expect(dry.status == 0, "\(dry.error)")
        let shards = try #require(try dry.json["shards"]?.items)
        #expect(shards.map { $0["outcome"]?.string } == ["found", "found"])
        #expect(shards[0]["first_block"]?.int == 0 && shards[0]["last_block"]?.int == 15)
        #expect(try Tool.digest(of: out) == damaged)
        let mended = try Tool.run(["repair", out])
        #expect(mended.status == 0, "\(mended.error)")
        #expect(mended.output.contains("restored: ") && mended.output.contains("blocks 0 to 15"), "\(mended.output)")
        #expect(try Tool.digest(of: out) == sound)
        #expect(try Tool.run(["validate", out]).status == 0)

        try Folder.remove(out + "/train/index.json")
        #expect(try Tool.run(["repair", out]).status == 0)
        #expect(try Tool.digest(of: out) == sound)

        try flip(out + "/documents/part-00000.jsonl.zst")
        let lost = try Tool.run(["repair", out, "--json"])
        #expect(lost.status == 65 && lost.error.contains("part-00000.jsonl.zst"), "\(lost.error)")
        #expect(try lost.json["documents"]?.items?.first?["outcome"]?.string == "beyond_repair")
        #expect(try Tool.run(["repair", folder("texts")]).status == 66)
    }

    @Test func aRepackedCorpusIsTakenByEveryCommand() throws {
        try build()
        let packed = folder("packed")
        let result = try Tool.run(["repack", out, "--length", "200", "--strategy", "best-fit", "--output", packed])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("train: ") && result.output.contains(" × 200"), "\(result.output)")
        let checked = try Tool.run(["validate", packed])
        #expect(checked.status == 0, "\(checked.output)")
        #expect(try Tool.run(["stats", packed, "--html", folder("stats.html")]).status == 0)
        let block = try Tool.run(["inspect", packed, "--block", "0", "--json"])
        #expect(block.status == 0, "\(block.error)")
        #expect(try block.json["length"]?.int == 200)
        let before = try Tool.run(["stats", out, "--json"]).json
        let after = try Tool.run(["stats", packed, "--json"]).json
        for member in ["name", "documents", "tokens", "text_bytes"] {
            let (old, new) = (before["sources"]?.items ?? [], after["sources"]?.items ?? [])
            #expect(old.count == 2 && old.map { $0[member] } == new.map { $0[member] }, "\(member)")
        }
        #expect(try Tool.run(["repack", out, "--length", "200", "--output", packed]).status != 0)
        #expect(try Tool.run(["repack", out, "--length", "0", "--output", folder("x")]).status == 64)
        #expect(try Tool.run(["repack", out, "--strategy", "first-fit", "--output", folder("x")]).status == 64)
        #expect(
            try Tool.run(["repack", out, "--strategy", "best-fit", "--tail", "drop", "--output", folder("x")]).status
                == 64)
        #expect(try Tool.run(["repack", folder("none"), "--length", "8", "--output", folder("x")]).status == 66)
        // A plain folder: the same tokens, without a manifest.
        let plain = try Tool.run(["repack", out + "/train", "--length", "96", "--output", folder("plain"), "--json"])
        #expect(plain.status == 0, "\(plain.error)")
        #expect(try plain.json["ledger"]?["length"]?.int == 96)
        #expect(!Folder.exists(folder("x")))
    }

    @Test func tokensGoOutAndComeBack() throws {
        try build()
        for (format, output) in [("megatron", "pair"), ("npy", "arrays"), ("jsonl", "lines.jsonl.zst")] {
            let done = try Tool.run(["export", out, "--format", format, "--output", folder(output), "--json"])
            #expect(done.status == 0, "\(done.error)")
            #expect(try (done.json["tokens"]?.int ?? 0) > 1000)
            #expect(try Tool.run(["export", out, "--format", format, "--output", folder(output)]).status != 0)
        }
        var totals: Set<Int> = []
        for (number, data) in ["pair.idx", "lines.jsonl.zst", "out/train"].enumerated() {
            let made = try Tool.run([
                "import", folder(data), "--length", "128", "--tokenizer", folder("tokenizer"), "--output",
                folder("in-\(number)"), "--json",
            ])
            #expect(made.status == 0, "\(made.error)")
            totals.insert(try made.json["ledger"]?["document_tokens"]?.int ?? -number)
            #expect(Folder.exists(folder("in-\(number)/index.json")))
        }
        #expect(totals.count == 1)
        #expect(try Tool.run(["export", out, "--format", "csv", "--output", folder("x")]).status == 64)
        #expect(try Tool.run(["export", folder("none"), "--format", "npy", "--output", folder("x")]).status == 66)
        #expect(
            try Tool.run(["export", out, "--format", "npy", "--unit", "document", "--output", folder("x")]).status == 64
        )
        folder.write("{\"input_ids\": [1, \"two\"]}\n", to: "bad.jsonl")
        let bad = try Tool.run(["import", folder("bad.jsonl"), "--output", folder("x")])
        #expect(bad.status == 65 && bad.error.contains("bad.jsonl:1"), "\(bad.error)")
        #expect(try Tool.run(["import", folder("none.jsonl"), "--output", folder("x")]).status == 66)
        #expect(try Tool.run(["import", folder("recipe.yaml"), "--output", folder("x")]).status == 65)
        #expect(!Folder.exists(folder("x")))
    }

    /// However a corpus is packed, its documents are exported whole.
    @Test func documentsComeWholeOutOfEveryCorpus() throws {
        try build()
        var found: Set<[String]> = []
        for strategy in ["concatenate", "best-fit", "structure"] {
            let packed = folder(strategy)
            let made = try Tool.run(["repack", out, "--length", "48", "--strategy", strategy, "--output", packed])
            #expect(made.status == 0, "\(made.error)")
            let path = folder("\(strategy).jsonl")
            let done = try Tool.run([
                "export", packed, "--format", "jsonl", "--unit", "document", "--threads", "2", "--output", path,
            ])
            #expect(done.status == 0 && done.output.hasPrefix("\(path): "), "\(done.error)")
            let text = String(decoding: try FileByteStream(path).readAll(limit: 1 << 26), as: UTF8.self)
            found.insert(
                text.split(separator: "\n").map { String($0.prefix { $0 != "]" }) }.sorted())
        }
        #expect(found.count == 1 && found.first?.count ?? 0 > 50)
        let names = try Folder.names(in: folder.path)
        let dropped = try Tool.run(
            ["export", folder("best-fit"), "--format", "jsonl", "--unit", "document", "--output", "/dev/null"])
        #expect(dropped.status == 0, "\(dropped.error)")
        #expect(try Folder.names(in: folder.path) == names)
    }

    @Test func answersStayWhatIsLearnt() throws {
        _ = try builds.makeCorpus()
        let records = (0..<40).map {
            "{\"prompt\": \"\(BuildTests.prose($0, sentences: 2))\", \"completion\": \"\(BuildTests.prose(200 + $0, sentences: 1))\"}\n"
        }
        folder.write(records.joined(), to: "qa.jsonl")
        let recipe = folder.write(
            """
            sources: [{name: qa, path: qa.jsonl, instructions: plain}]
            tokenizer: tokenizer
            split: {validation: 0%}
            dedupe: {minhash: off}
            pack: {length: 64, strategy: best-fit}
            """, to: "qa.yaml")
        let built = try Tool.run(["build", recipe, "--output", out, "--discard-work"])
        #expect(built.status == 0, "\(built.error)")
        let learnt = try #require(try JSONValue(file: out + "/manifest.json")["splits"]?["train"]?["loss_tokens"]?.int)
        let pair = ["export", out, "--format", "megatron", "--output", folder("pair")]
        let refused = try Tool.run(pair)
        #expect(refused.status == 64 && refused.error.contains("--drop-loss-spans"), "\(refused.error)")
        #expect(!Folder.exists(folder("pair.bin")))
        #expect(try Tool.run(pair + ["--drop-loss-spans"]).status == 0)
        let lines = ["export", out, "--format", "jsonl", "--unit", "document", "--output", folder("qa-out.jsonl")]
        #expect(try Tool.run(lines + ["--drop-loss-spans"]).status == 64)
        #expect(try Tool.run(lines).status == 0)
        for (number, data) in ["qa-out.jsonl", "out/train"].enumerated() {
            let made = try Tool.run([
                "import", folder(data), "--length", "64", "--tokenizer", folder("tokenizer"), "--output",
                folder("in-\(number)"),
            ])
            #expect(made.status == 0, "\(made.error)")
            #expect(made.output.contains("; \(NumberText.count(learnt)) of the tokens carry loss"), "\(made.output)")
        }
        let plain = try Tool.run(["import", folder("pair"), "--output", folder("in-2"), "--json"])
        #expect(try plain.status == 0 && plain.json["loss_tokens"] == .null)
    }

    @Test func aStepOfARunNamesItsDocuments() throws {
        try build()
        let made = try Tool.run([
            "model", "init", "--shape", "tiny", "--tokenizer", out + "/tokenizer", "--output", folder("model"),
        ])
        #expect(made.status == 0, "\(made.error)")
        let trained = try Tool.run([
            "train", out, "--model", folder("model"), "--output", folder("run"), "--steps", "3", "--batch-rows", "2",
            "--gradient-accumulation", "2", "--quiet",
        ])
        #expect(trained.status == 0, "\(trained.error)")
        let step = try Tool.run(["inspect", out, "--step", "3", "--run", folder("run"), "--json"])
        #expect(step.status == 0, "\(step.error)")
        let rows = try #require(try step.json["rows"]?.items)
        #expect(rows.count == 4 && rows.map { $0["pass"]?.int } == [0, 0, 1, 1])
        let segments = rows.flatMap { $0["segments"]?.items ?? [] }
        #expect(segments.allSatisfy { $0["document"]?["path"]?.string != nil })
        try expectBytesOfTokens(rows)
        #expect(try step.json["reached"] == true && step.json["steps_made"] == 3 && step.json["remarks"] == [])
        let text = try Tool.run(["inspect", out, "--step", "1", "--run", folder("run")])
        #expect(text.status == 0 && text.output.contains("step 1: 4 rows") && text.output.contains("bytes "))
        #expect(try Tool.run(["inspect", out, "--step", "4", "--run", folder("run")]).status == 64)
        #expect(try Tool.run(["inspect", out, "--step", "1"]).status == 64)
        #expect(try Tool.run(["inspect", out, "--step", "1", "--run", folder("none")]).status == 66)
        let repacked = try Tool.run(["repack", out, "--length", "80", "--output", folder("other")])
        #expect(repacked.status == 0, "\(repacked.error)")
        let other = try Tool.run(["inspect", folder("other"), "--step", "1", "--run", folder("run")])
        #expect(other.status == 64 && other.error.contains("the data (digest)"), "\(other.status) \(other.error)")
    }

    /// The bytes that segments name are what their tokens decode to.
    private func expectBytesOfTokens(_ rows: [JSONValue]) throws {
        var texts: [[UInt8]] = []
        for name in try Folder.names(in: out + "/documents").sorted() where name.hasPrefix("part-") {
            var lines = LineReader(try ByteStream.open(out + "/documents/" + name))
            while let text = try lines.next({ try JSONValue(parsing: Array($0), name: name)["text"]?.string }) {
                texts.append(Array((text ?? "").utf8))
            }
        }
        var ids = ""
        var expected: [String] = []
        for row in rows {
            let block = try Tool.run(["inspect", out, "--block", "\(row["block"]?.int ?? -1)", "--json"])
            let tokens = try #require(try block.json["segments"]?.items).flatMap { $0["tokens"]?.items ?? [] }
            for segment in row["segments"]?.items ?? [] {
                guard let first = segment["first_byte"]?.int, let end = segment["end_byte"]?.int else { continue }
                let start = try #require(segment["start"]?.int)
                let own = try #require(segment["end_token"]?.int) - (try #require(segment["first_token"]?.int))
                ids += JSONValue.object(["ids": .array(Array(tokens[start..<start + own]))]).text() + "\n"
                let text = texts[try #require(segment["row"]?.int)]
                expected.append(String(decoding: text[first..<end], as: UTF8.self))
            }
        }
        #expect(expected.count >= rows.count)
        let decoded = try Tool.run(["tokenizer", "decode", out + "/tokenizer"], input: Array(ids.utf8))
        let found = try decoded.output.split(separator: "\n").map {
            try JSONValue(parsing: Array($0.utf8), name: "decoded")["text"]?.string
        }
        #expect(found == expected)
    }
}
