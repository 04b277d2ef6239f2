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

        let compare = [
            "tokenizer", "compare", folder("base"), folder("more"), "--corpus", folder("text.txt"), "--quiet",
        ]
        let compared = try Tool.run(compare + ["--html", folder("compare.html")])
        #expect(compared.status == 0, "\(compared.error)")
        #expect(compared.output.contains("bytes/token B") && compared.output.contains("unused"))
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
    }
}
