import Files
import TestSupport
import Testing

/// `tokenizer train`, `extend` and `compare` as a person runs them.
@Suite struct TokenizerCommandTests {
    let folder = TemporaryFolder()

    private func train(_ options: [String], to name: String) throws -> Tool.Result {
        try Tool.run(["tokenizer", "train"] + options + ["--output", folder(name), "--quiet", "--json"])
    }

    @Test func threadsAndMemoryDoNotShow() throws {
        for index in 0..<6 { folder.write(BuildTests.prose(index), to: "in/\(index).txt") }
        let one = try train([folder("in"), "--vocab-size", "400", "--threads", "1"], to: "one")
        let two = try train([folder("in"), "--vocab-size", "400", "--threads", "3", "--memory", "1MB"], to: "two")
        #expect(one.status == 0 && two.status == 0, "\(one.error)\(two.error)")
        #expect(try Tool.digest(of: folder("one")) == Tool.digest(of: folder("two")))
        #expect(try one.json["vocabulary_size"]?.int == 400)
        #expect(try one.json["peak_memory"]?.int ?? 0 > 1_000_000)
    }

    @Test func fieldsWeightsAndBuiltCorporaAreTaken() throws {
        folder.write("{\"body\": \"xyxyxy xyxy\"}\n", to: "a.jsonl")
        folder.write("{\"body\": \"ababab abab abab abab\"}\n", to: "b.jsonl")
        let field = ["--field", "body", "--vocab-size", "258", "--pattern", "gpt2"]
        func firstMerge(_ name: String) throws -> String {
            let model = try JSONValue(file: folder(name) + "/tokenizer.json")["model"]
            return (model?["merges"]?.items?.first?.items ?? []).map { $0.string ?? "" }.joined()
        }
        #expect(try train([folder("a.jsonl"), folder("b.jsonl")] + field, to: "even").status == 0)
        #expect(try firstMerge("even") == "ab")
        #expect(try train([folder("a.jsonl") + "=9", folder("b.jsonl")] + field, to: "weighted").status == 0)
        #expect(try firstMerge("weighted") == "xy")
        let wrong = try train([folder("a.jsonl") + "=-1"] + field, to: "wrong")
        #expect(wrong.status == 64, "\(wrong.error)")

        folder.write(BuildTests.prose(3), to: "text.txt")
        folder.write(
            "sources: [{name: a, path: text.txt}]\ntokenizer: even\nclean: {profile: none}\n", to: "recipe.yaml")
        let built = try Tool.run(["build", folder("recipe.yaml"), "--output", folder("corpus"), "--quiet"])
        #expect(built.status == 0, "\(built.error)")
        let again = try train([folder("corpus"), "--vocab-size", "300"], to: "again")
        #expect(try again.json["vocabulary_size"]?.int == 300, "\(again.error)")
    }

    private static let standards = TestData.repository + "/tokenizers/standards-4k"

    /// `--text` writes what a line of JSON with the same text gives, from files, compressed ones and standard input.
    @Test func onePlainTextIsStreamed() throws {
        var text = ""
        for index in 0..<1500 { text += BuildTests.prose(index) + "\n\nA line about \(index) things, 中文，тоже.\n" }
        #expect(text.utf8.count > 3 << 20)
        let record = JSONValue.object(["text": .string(text)]).encoded() + [0x0A]
        folder.write(record, to: "record.jsonl")
        folder.write(text, to: "text.txt")
        let wanted = try Tool.run(["tokenizer", "encode", Self.standards, folder("record.jsonl")])
        #expect(wanted.status == 0 && wanted.output.hasPrefix("{\"ids\":[") && wanted.output.hasSuffix("]}\n"))
        let file = try Tool.run(["tokenizer", "encode", Self.standards, folder("text.txt"), "--text"])
        let input = try Tool.run(["tokenizer", "encode", Self.standards, "--text"], input: Array(text.utf8))
        #expect(file.output == wanted.output && input.output == wanted.output)
        #expect(file.error.isEmpty && input.error.isEmpty)
        let written = try Tool.run([
            "tokenizer", "encode", Self.standards, folder("text.txt"), "--text", "--output", folder("ids.jsonl"),
            "--json",
        ])
        #expect(try written.json["bytes"]?.int == text.utf8.count && written.json["texts"]?.int == 1)
        #expect(try FileByteStream(folder("ids.jsonl")).readAll(limit: 1 << 26) == Array(wanted.output.utf8))
        let count = try Tool.run(["tokenizer", "encode", Self.standards, folder("text.txt"), "--text", "--count"])
        #expect(try count.output == "\(written.json["tokens"]?.int ?? 0)\n")
        let none = try Tool.run(["tokenizer", "encode", Self.standards, "--text"], input: [])
        #expect(none.output == "{\"ids\":[]}\n" && none.status == 0)
    }

    @Test func bytesThatAreNotUTF8AreNamed() throws {
        folder.write(Array("fine \u{e9}".utf8) + [0xFF, 0x20, 0xC3], to: "broken.txt")
        let result = try Tool.run(["tokenizer", "encode", Self.standards, folder("broken.txt"), "--text"])
        #expect(result.status == 0)
        #expect(
            result.error
                == "warning: \(folder("broken.txt")): byte 7: expected UTF-8, found bytes that are not, 2 in all; encoded as they are\n"
        )
        let back = try Tool.run(["tokenizer", "decode", Self.standards], input: Array(result.output.utf8))
        #expect(back.output.contains("fine \u{e9}\u{FFFD} \u{FFFD}"))
    }

    @Test(arguments: [1, 3]) func linesKeepTheirOrderAndNumbers(threads: Int) throws {
        var lines: [UInt8] = [0xEF, 0xBB, 0xBF]
        for index in 0..<3000 {
            lines += JSONValue.object(["text": .string("number \(index) " + String(repeating: "x y ", count: 300))])
                .encoded()
            lines += index % 10 == 0 ? [0x0D, 0x0A, 0x0A] : [0x0A]
        }
        #expect(lines.count > 3 << 20)
        folder.write(lines, to: "lines.jsonl")
        let command = ["tokenizer", "encode", Self.standards, folder("lines.jsonl"), "--threads", "\(threads)"]
        let all = try Tool.run(command)
        #expect(all.status == 0, "\(all.error)")
        let back = try Tool.run(["tokenizer", "decode", Self.standards], input: Array(all.output.utf8))
        let texts = back.output.split(separator: "\n")
        #expect(texts.count == 3000)
        for index in [0, 1, 1500, 2999] { #expect(texts[index].contains("number \(index) x y")) }
        // 3000 records, a blank line behind every tenth, and a broken one.
        folder.write(lines + Array("{\"text\": 7}\n".utf8), to: "lines.jsonl")
        let broken = try Tool.run(command + ["--count"])
        #expect(broken.status == 65)
        #expect(broken.error.contains("lines.jsonl:3301: record: expected a string member \"text\""), "\(broken.error)")
    }

    @Test func aVocabularyIsExtendedAndCompared() throws {
        folder.write(BuildTests.prose(1), to: "text.txt")
        #expect(try train([folder("text.txt"), "--vocab-size", "300"], to: "base").status == 0)
        let extended = try Tool.run([
            "tokenizer", "extend", folder("base"), "--corpus", folder("text.txt"), "--add", "40", "--output",
            folder("more"), "--html", folder("curve.html"), "--json", "--quiet",
        ])
        #expect(extended.status == 0, "\(extended.error)")
        #expect(try extended.json["vocabulary_size"]?.int == 340)
        let curve = try extended.json["curve"]?.items ?? []
        #expect(curve.count == 2 && curve[0]["tokens"]?.int ?? 0 > curve[1]["tokens"]?.int ?? 0)
        #expect(Folder.exists(folder("more") + "/embedding_map.json"))
        let page = String(decoding: try FileByteStream(folder("curve.html")).readAll(limit: 1 << 20), as: UTF8.self)
        #expect(page.contains("<polyline") && !page.contains("<script"))
        #expect(page.contains(">new tokens</text>") && page.contains(">bytes per token</text>"))

        let compare = [
            "tokenizer", "compare", folder("base"), folder("more"), "--corpus", folder("text.txt"), "--quiet",
        ]
        let compared = try Tool.run(compare + ["--html", folder("compare.html")])
        #expect(compared.status == 0, "\(compared.error)")
        #expect(compared.output.contains("bytes/token B") && compared.output.contains("unused"))
        let comparison = String(
            decoding: try FileByteStream(folder("compare.html")).readAll(limit: 1 << 20), as: UTF8.self)
        // Bars of the second tokenizer, and its key, have a colour of their own.
        #expect(comparison.contains("rx=\"2\" class=\"s1\"/>") && comparison.contains("rx=\"1\" class=\"s1\"/>"))
        let json = try Tool.run(compare + ["--json", "--threads", "2"]).json
        let tokens = json["kinds"]?["all"]?["tokens"]?.items?.compactMap(\.int) ?? []
        #expect(tokens.count == 2 && tokens[0] == curve[0]["tokens"]?.int && tokens[1] == curve[1]["tokens"]?.int)
        #expect(json["tokenizers"]?.items?.count == 2)

        let wrong = try Tool.run(["tokenizer", "extend", folder("base"), "--add", "4", "--output", folder("none")])
        #expect(wrong.status == 64 && !Folder.exists(folder("none")), "\(wrong.error)")
        let same = try Tool.run([
            "tokenizer", "extend", folder("base"), "--merge", folder("base"), "--output", folder("same"), "--json",
        ])
        #expect(try same.json["added"]?.int == 0, "\(same.error)")
        #expect(try same.json["left_out"]?["known"]?.int == 300, "\(same.error)")
    }

    @Test func anEmptyFolderIsTakenAndAnythingElseIsNot() throws {
        folder.write(BuildTests.prose(1), to: "text.txt")
        try Folder.create(folder("empty"))
        let options = [folder("text.txt"), "--vocab-size", "280"]
        #expect(try train(options, to: "empty").status == 0)
        let again = try train(options, to: "empty")
        #expect(again.status != 0 && again.error.contains("a folder that is not empty"), "\(again.error)")
        folder.write("x", to: "file")
        #expect(try train(options, to: "file").error.contains("found a file"))
    }

    /// Messages name what happened and the options of the command that was run.
    @Test func sizesThatAreNotMetAreExplained() throws {
        folder.write("ab ab ab ab cd cd\n", to: "text.txt")
        func message(_ options: [String], _ name: String) throws -> String {
            try train([folder("text.txt")] + options, to: name).error
        }
        let fewer = try message(["--vocab-size", "400"], "fewer")
        #expect(fewer.contains("instead of 400: no further pair is seen 2 times"), "\(fewer)")
        let short = try message(["--vocab-size", "400", "--max-token-length", "3"], "short")
        #expect(short.contains("no further pair that --max-token-length 3 allows"), "\(short)")
        folder.write(
            String(String.UnicodeScalarView((0x4E00..<0x4F00).compactMap(Unicode.Scalar.init))), to: "text.txt")
        let more = try message(["--vocab-size", "300", "--pattern", "metaspace"], "more")
        #expect(more.contains("516 tokens instead of 300") && more.contains("--limit-alphabet"), "\(more)")
        folder.write("a,b\n1,2\n", to: "table.csv")
        let column = try train([folder("table.csv"), "--vocab-size", "400"], to: "none").error
        #expect(column.contains("--field") && !column.contains("recipe"), "\(column)")
    }
}
