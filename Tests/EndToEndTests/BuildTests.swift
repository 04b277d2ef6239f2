import Files
import Glibc
import TestSupport
import Testing

/// Builds from a small corpus made here: text, Markdown and JSON Lines, with a tokenizer that is trained here.
@Suite final class BuildTests {
    let folder = TemporaryFolder()

    static let words = [
        "bearer", "channel", "grant", "session", "timer", "message", "counter", "request", "response", "procedure",
        "field",
        "value", "network", "terminal", "release", "the", "shall", "when", "starts", "stops", "sends", "receives",
        "and", "of",
    ]

    /// Text that is different for every seed and that no quality rule drops.
    static func prose(_ seed: Int, sentences: Int = 40) -> String {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        return (0..<sentences).map { sentence in
            (0..<(6 + next(9))).map { _ in words[next(words.count)] }.joined(separator: " ")
                + " \(seed * 100 + sentence)."
        }.joined(separator: sentences > 6 ? "\n\n" : " ")
    }

    /// Writes sources, a tokenizer and a recipe; returns the recipe's path.
    func makeCorpus(documents: Int = 60, extra: String = "") throws -> String {
        try Folder.create(folder("texts"))
        for index in 0..<documents { folder.write(BuildTests.prose(index), to: "texts/document-\(index).txt") }
        folder.write(BuildTests.prose(0), to: "texts/zz-copy.txt")
        folder.write("short", to: "texts/short.txt")
        let lines = (100..<130).map {
            JSONValue.object(["text": .string(BuildTests.prose($0)), "id": .integer($0)]).text()
        }
        folder.write((lines + ["{broken"]).joined(separator: "\n") + "\n", to: "records.jsonl")
        let trained = try Tool.run([
            "tokenizer", "train", folder("texts"), "--vocab-size", "400", "--output", folder("tokenizer"), "--quiet",
        ])
        #expect(trained.status == 0, "\(trained.error)")
        return folder.write(
            """
            sources:
              - {name: texts, path: "texts/*.txt", licence: ours}
              - {name: records, path: records.jsonl}
            tokenizer: tokenizer
            split: {validation: 10%}
            pack: {length: 64}
            shards: {blocks: 16}
            build: {partition_bytes: 4kB}
            \(extra)
            """, to: "recipe.yaml")
    }

    @Test func sameBytesForAnyThreadsAndPartitionSizes() throws {
        let recipe = try makeCorpus()
        var digests: Set<String> = []
        for threads in [1, 2, 5] {
            let built = try Tool.run(["build", recipe, "--output", folder("out-\(threads)"), "--threads", "\(threads)"])
            #expect(built.status == 0, "\(built.error)")
            digests.insert(try Tool.digest(of: folder("out-\(threads)")))
        }
        let text = try JSONlessText.read(recipe)
        folder.write(text.replacing("4kB", with: "64kB"), to: "recipe.yaml")
        #expect(try Tool.run(["build", recipe, "--output", folder("out-large")]).status == 0)
        digests.insert(try Tool.digest(of: folder("out-large")))
        #expect(digests.count == 1)
    }

    @Test func dropsAreNamedAndLedgersClose() throws {
        let recipe = try makeCorpus()
        let built = try Tool.run(["build", recipe, "--output", folder("out"), "--json"])
        #expect(built.status == 0, "\(built.error)")
        let manifest = try built.json
        #expect(manifest["rejected"]?["exact-duplicate"]?.int == 1)
        #expect(manifest["rejected"]?["too-short"]?.int == 1)
        #expect(manifest["rejected"]?.members?.values.compactMap(\.int).reduce(0, +) == 3)
        let extraction = try #require(manifest["extraction"])
        let added = extraction["added"]?.members?.values.compactMap(\.int).reduce(0, +) ?? 0
        let removed = extraction["removed"]?.members?.values.compactMap(\.int).reduce(0, +) ?? 0
        #expect(extraction["source"]!.int! + added == extraction["written"]!.int! + removed)
        for split in ["train", "validation"] {
            let ledger = try #require(manifest["splits"]?[split]?["ledger"])
            #expect(
                ledger["document_tokens"]!.int! + ledger["separators"]!.int! + ledger["padding"]!.int!
                    == ledger["blocks"]!.int! * 64)
        }
    }

    @Test func aSealedFolderIsKeptUnlessUpdated() throws {
        let recipe = try makeCorpus()
        #expect(try Tool.run(["build", recipe, "--output", folder("out")]).status == 0)
        let before = try Tool.digest(of: folder("out"))
        let again = try Tool.run(["build", recipe, "--output", folder("out")])
        #expect(again.status == 0)
        #expect(again.output.contains("up to date"))
        #expect(try Tool.digest(of: folder("out")) == before)

        let shards = try Folder.filesBelow(folder("out")).filter { $0.hasSuffix(".mds.zstd") }.map {
            try (folder("out/\($0)"), SHA256Digest.hexadecimal(ofFile: folder("out/\($0)")))
        }
        #expect(!shards.isEmpty)
        folder.write(BuildTests.prose(500), to: "texts/new.txt")
        let refused = try Tool.run(["build", recipe, "--output", folder("out")])
        #expect(refused.status == 64)
        #expect(refused.error.contains("--update"))
        #expect(try Tool.digest(of: folder("out")) == before)

        #expect(try Tool.run(["build", recipe, "--output", folder("out"), "--update"]).status == 0)
        let updated = try Manifested(folder("out"))
        #expect(updated.generation == 1)
        // The shards that were there are there, byte by byte.
        for (path, digest) in shards {
            #expect(try SHA256Digest.hexadecimal(ofFile: path) == digest, "\(path)")
        }
        #expect(try Tool.run(["validate", folder("out")]).status == 0)
    }

    @Test func killedAnywhereItEndsWithTheSameBytes() throws {
        let recipe = try makeCorpus(documents: 150)
        #expect(try Tool.run(["build", recipe, "--output", folder("whole")]).status == 0)
        let expected = try Tool.digest(of: folder("whole"))
        let killed = try killAtTwelveMoments(
            ["build", recipe, "--output", folder("killed"), "--quiet"], folder("killed"))
        #expect(killed >= 3, "kills that met a build at work")
        let last = try Tool.run(["build", recipe, "--output", folder("killed")])
        #expect(last.status == 0, "\(last.error)")
        #expect(try Tool.digest(of: folder("killed")) == expected)
    }

    @Test func anUpdateKilledAnywhereEndsAsOneThatWasNot() throws {
        let recipe = try makeCorpus(documents: 120)
        for name in ["out", "other"] {
            #expect(try Tool.run(["build", recipe, "--output", folder(name)]).status == 0)
        }
        for index in 0..<60 { folder.write(BuildTests.prose(7000 + index), to: "texts/new-\(index).txt") }
        #expect(try Tool.run(["build", recipe, "--output", folder("other"), "--update"]).status == 0)
        let killed = try killAtTwelveMoments(
            ["build", recipe, "--output", folder("out"), "--update", "--quiet"], folder("out"))
        #expect(killed >= 3, "kills that met an update at work")
        let last = try Tool.run(["build", recipe, "--output", folder("out"), "--update"])
        #expect(last.status == 0, "\(last.error)")
        #expect(try Tool.digest(of: folder("out")) == Tool.digest(of: folder("other")))
        #expect(try Tool.run(["validate", folder("out")]).status == 0)
    }

    /// Starts the command twelve times and kills it ever later in its work; returns how often it was still at work.
    private func killAtTwelveMoments(_ arguments: [String], _ output: String) throws -> Int {
        try (1...12).count { try Tool.kill(arguments, after: $0, in: output) }
    }

    @Test func recipesAreReadStrictly() throws {
        let recipe = try makeCorpus(extra: "seeed: 3")
        let unknown = try Tool.run(["build", recipe, "--output", folder("out")])
        #expect(unknown.status == 64)
        #expect(unknown.error.contains("recipe.yaml:9: seeed: unknown key; did you mean `seed`?"), "\(unknown.error)")
        #expect(unknown.error.split(separator: "\n").count == 1)
        #expect(!Folder.exists(folder("out")))
        let missing = try Tool.run(["build", folder("none.yaml"), "--output", folder("out")])
        #expect(missing.status == 66)
    }

    @Test func anOutputThatIsAFileIsRefused() throws {
        let recipe = try makeCorpus(documents: 3)
        folder.write("x", to: "out")
        let refused = try Tool.run(["build", recipe, "--output", folder("out")])
        #expect(refused.status == 74)
        #expect(refused.error.contains("expected a folder"))
        #expect(refused.error.split(separator: "\n").count == 1)
    }

    @Test func tooManyUnreadableInputsFailTheBuild() throws {
        let recipe = try makeCorpus(documents: 4, extra: "read: {max_unreadable: 10%}")
        folder.write([0x50, 0x4B, 0x03, 0x04, 1, 2, 3], to: "texts/broken.docx")
        let text = try JSONlessText.read(recipe)
        folder.write(text.replacing("texts/*.txt", with: "texts/*"), to: "recipe.yaml")
        let strict = try Tool.run(["build", recipe, "--output", folder("out"), "--strict"])
        #expect(strict.status == 65, "\(strict.error)")
        #expect(strict.error.contains("cannot be read"))
        let lenient = try Tool.run(["build", recipe, "--output", folder("out")])
        #expect(lenient.status == 0, "\(lenient.error)")
        // Also where the folder is sealed and up to date.
        #expect(try Tool.run(["build", recipe, "--output", folder("out"), "--strict"]).status == 65)
    }
}

/// A few members of a manifest, for tests.
struct Manifested {
    let rootDigest: String
    let generation: Int

    init(_ folder: String) throws {
        let json = try JSONValue(file: folder + "/manifest.json")
        rootDigest = json["root_digest"]?.string ?? ""
        generation = json["generation"]?.int ?? -1
    }
}

/// A text file as a string.
enum JSONlessText {
    static func read(_ path: String) throws -> String {
        String(decoding: try FileByteStream(path).readAll(limit: 1 << 24), as: UTF8.self)
    }
}
