import Files
import Glibc
import TestSupport
import Testing

/// Hostile, broken and impossible input: each a clear line and the right exit status.
@Suite struct BadInputTests {
    let folder = TemporaryFolder()

    /// One line on standard error that begins as every error does.
    func expectOneLine(_ result: Tool.Result, status: Int32, containing text: String) {
        #expect(result.status == status, "\(result.error)")
        #expect(result.error.hasPrefix("error: "), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
        #expect(result.error.contains(text), "\(result.error)")
    }

    func tokenizer() throws -> String {
        folder.write(BuildTests.prose(1), to: "train.txt")
        let trained = try Tool.run([
            "tokenizer", "train", folder("train.txt"), "--vocab-size", "300", "--output", folder("tokenizer"),
            "--quiet",
        ])
        #expect(trained.status == 0, "\(trained.error)")
        return folder("tokenizer")
    }

    @Test func aTokenizerWithoutAKeyIsNamed() throws {
        let path = try tokenizer() + "/tokenizer.json"
        var json = try JSONValue(file: path)
        guard case .object(var members) = json, case .object(var model)? = members["model"] else {
            Issue.record("not a tokenizer")
            return
        }
        model["merges"] = nil
        members["model"] = .object(model)
        json = .object(members)
        try AtomicFile.write(json.encoded(), to: path)
        folder.write(BuildTests.prose(2), to: "a.txt")
        folder.write("sources: [{name: a, path: a.txt}]\ntokenizer: tokenizer\n", to: "recipe.yaml")
        expectOneLine(
            try Tool.run(["build", folder("recipe.yaml"), "--output", folder("out")]), status: 65, containing: "merges")
    }

    @Test func everyKindOfBrokenFileIsCountedAndTheBuildGoesOn() throws {
        _ = try tokenizer()
        try Folder.create(folder("in"))
        for index in 0..<4 { folder.write(BuildTests.prose(10 + index), to: "in/good-\(index).txt") }
        folder.write([], to: "in/empty.txt")
        folder.write(Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 7, count: 50), to: "in/truncated.docx")
        var bomb = "<?xml version=\"1.0\"?><!DOCTYPE w:document [<!ENTITY a0 \"xxxxxxxxxx\">"
        for level in 1..<12 {
            let inner = String(repeating: "&a\(level - 1);", count: 10)
            bomb += "<!ENTITY a\(level) \"\(inner)\">"
        }
        bomb += "]><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
        bomb += "<w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>"
        folder.write(bomb, to: "in/bomb.xml")
        folder.write(
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 600), to: "in/old.doc")
        folder.write([0x66, 0xFC, 0x72, 0x20, 0x81, 0x20, 0xFF], to: "in/latin.txt")
        folder.write(
            "sources: [{name: a, path: in}]\ntokenizer: tokenizer\nread: {max_unreadable: 100%}\nsplit: {validation: 0%}\n",
            to: "recipe.yaml")
        let built = try Tool.run(["build", folder("recipe.yaml"), "--output", folder("out"), "--json"])
        #expect(built.status == 0, "\(built.error)")
        let rejections = try Tool.lines(of: folder("out/rejected/part-00000.jsonl.zst"))
        let paths = Set(rejections.compactMap { $0["path"]?.string })
        for name in ["truncated.docx", "bomb.xml", "old.doc", "latin.txt", "empty.txt"] {
            #expect(paths.contains(name), "\(name) is among \(paths)")
        }
        #expect(try built.json["splits"]?["train"]?["documents"]?.int == 4)
        #expect(built.error.contains("validation split is empty"))
        #expect(try Tool.run(["validate", folder("out")]).status == 0)
    }

    @Test func aSingleLineOf200MegabytesIsBuilt() throws {
        _ = try tokenizer()
        let piece = Array("the timer starts when the terminal sends a request and ".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(200_000_000)
        while text.count < 200_000_000 { text += piece }
        folder.write(text, to: "line.txt")
        folder.write(
            "sources: [{name: a, path: line.txt}]\ntokenizer: tokenizer\nclean: {profile: none}\ndedupe: {exact: false}\n",
            to: "recipe.yaml")
        let built = try Tool.run(["build", folder("recipe.yaml"), "--output", folder("out"), "--json"])
        #expect(built.status == 0, "\(built.error)")
        let manifest = try built.json
        #expect(manifest["extraction"]?["written"]?.int ?? 0 >= 199_999_000)
        #expect(manifest["sources"]?.items?.first?["documents"]?.int ?? 0 >= 12)
    }

    @Test(.enabled(if: BadInputTests.canMount, "mounting a small file system needs root"))
    func aFullDiskIsOneLine() throws {
        _ = try tokenizer()
        try Folder.create(folder("disk"))
        try #require(mount("tmpfs", folder("disk"), "tmpfs", 0, "size=600k") == 0)
        defer { umount(folder("disk")) }
        try Folder.create(folder("in"))
        for index in 0..<300 { folder.write(BuildTests.prose(3000 + index, sentences: 90), to: "in/\(index).txt") }
        folder.write("sources: [{name: a, path: in}]\ntokenizer: tokenizer\n", to: "recipe.yaml")
        let result = try Tool.run(["build", folder("recipe.yaml"), "--output", folder("disk/out")])
        #expect(result.status == 74, "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
        #expect(!Folder.exists(folder("disk/out/manifest.json")))
    }

    /// Whether this process may mount a file system: tried once.
    static let canMount: Bool = {
        let folder = TemporaryFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else { return false }
        return umount(folder.path) == 0
    }()

    @Test func safetensorsWithLyingOffsetsAreRefused() throws {
        let made = try Tool.run([
            "model", "init", "--shape", "tiny", "--tokenizer", try tokenizer(), "--output", folder("model"), "--quiet",
        ])
        #expect(made.status == 0, "\(made.error)")
        var bytes = try FileByteStream(folder("model/model.safetensors")).readAll(limit: 1 << 30)
        let header = String(decoding: bytes[8..<2000], as: UTF8.self)
        let marker = "\"data_offsets\":["
        let place = try #require(header.firstRange(of: marker))
        let digit = 8 + header.utf8.distance(from: header.startIndex, to: place.upperBound)
        bytes[digit] = UInt8(ascii: "9")
        folder.write(bytes, to: "model/model.safetensors")
        expectOneLine(
            try Tool.run(["model", "info", folder("model")]), status: 65, containing: "model.safetensors")
    }

    @Test func wrongUsageIs64AndMissingInputIs66() throws {
        #expect(try Tool.run(["build"]).status == 64)
        #expect(try Tool.run(["no-such-command"]).status == 64)
        #expect(try Tool.run(["build", folder("none.yaml"), "--output", folder("out")]).status == 66)
        #expect(try Tool.run(["extract", folder("none")]).status == 66)
        #expect(try Tool.run(["validate", folder("none")]).status == 66)
        #expect(try Tool.run(["--help"]).status == 0)
    }

    @Test func wrongUsageIsOneLineThatNamesTheFlag() throws {
        expectOneLine(try Tool.run(["build"]), status: 64, containing: "recipe")
        expectOneLine(try Tool.run(["no-such-command"]), status: 64, containing: "no-such-command")
        expectOneLine(
            try Tool.run(["build", "x", "--output", "y", "--threads", "0"]), status: 64, containing: "--threads")
        expectOneLine(try Tool.run(["stats", "x", "--htm", "y"]), status: 64, containing: "--htm")
        expectOneLine(
            try Tool.run(["tokenizer", "encode", "x", "--json"]), status: 64, containing: "--output")
    }

    @Test func aFolderIsNoRecipeAndAMissingFolderNoOutput() throws {
        expectOneLine(
            try Tool.run(["build", folder.path, "--output", folder("out")]), status: 65, containing: "expected a file")
        folder.write(BuildTests.prose(1), to: "a.txt")
        expectOneLine(
            try Tool.run(["extract", folder("a.txt"), "--output", folder("none/out.jsonl")]), status: 74,
            containing: "none/out.jsonl")
    }

    @Test func aTokenizerIsNeitherOverwrittenNorLearntFromNothing() throws {
        let made = try tokenizer()
        let before = try Tool.digest(of: made)
        expectOneLine(
            try Tool.run(["tokenizer", "train", folder("train.txt"), "--vocab-size", "300", "--output", made]),
            status: 74, containing: "expected a path that is free")
        #expect(try Tool.digest(of: made) == before)
        folder.write([], to: "empty.txt")
        expectOneLine(
            try Tool.run([
                "tokenizer", "train", folder("empty.txt"), "--vocab-size", "300", "--output", folder("second"),
            ]), status: 65, containing: "expected text to learn from")
        #expect(!Folder.exists(folder("second")))
    }

    @Test func encodeAndDecodeGiveEachOtherBackAndOneObject() throws {
        let made = try tokenizer()
        let texts = ["the timer starts", "é – 23.501\n"]
        let lines = texts.map { JSONValue.object(["text": .string($0)]).text() + "\n" }.joined()
        let input = ZstdCompressor(level: 3).compress(Array(lines.utf8))
        let encoded = try Tool.run(["tokenizer", "encode", made, "--output", folder("ids"), "--json"], input: input)
        #expect(encoded.status == 0, "\(encoded.error)")
        #expect(try encoded.json["texts"]?.int == 2)
        let decoded = try Tool.run(["tokenizer", "decode", made, folder("ids")])
        #expect(decoded.output == lines)
        let counted = try Tool.run(["tokenizer", "decode", made, folder("ids"), "--json", "--output", folder("texts")])
        #expect(try counted.json["tokens"]?.int == encoded.json["tokens"]?.int)
        folder.write("{\"id\": [1]}\n", to: "wrong")
        expectOneLine(
            try Tool.run(["tokenizer", "decode", made, folder("wrong")]), status: 65,
            containing: "expected a list \"ids\"")
    }
}
