import Files
import TestSupport
import Testing

/// What happened to a corpus after it was built is found, and a rerun mends it.
@Suite struct CorpusDamageTests {
    let builds = BuildTests()
    var folder: TemporaryFolder { builds.folder }

    func flip(_ path: String, at share: Double) throws {
        var bytes = try FileByteStream(path).readAll(limit: 1 << 26)
        let place = min(bytes.count - 1, Int(Double(bytes.count) * share))
        bytes[place] ^= 0x10
        try AtomicFile.write(bytes, to: path)
    }

    @Test func everyDamagedFileIsAFindingAndARerunMendsWhatIsMissing() throws {
        let recipe = try builds.makeCorpus()
        let out = folder("out")
        #expect(try Tool.run(["build", recipe, "--output", out]).status == 0)
        let sound = try Tool.digest(of: out)
        for file in [
            "train/shard.00000.mds.zstd", "validation/shard.00000.mds.zstd", "documents/part-00000.jsonl.zst",
            "rejected/part-00000.jsonl.zst",
        ] {
            let path = out + "/" + file
            let original = try FileByteStream(path).readAll(limit: 1 << 26)
            try flip(path, at: 0.6)
            let found = try Tool.run(["validate", out, "--json"])
            #expect(found.status == 1, "\(file) was changed")
            #expect(try found.json["sound"]?.bool == false)
            try Folder.remove(path)
            #expect(try Tool.run(["validate", out]).status == 1, "\(file) is missing")
            let again = try Tool.run(["build", recipe, "--output", out])
            #expect(again.status == 0, "\(again.error)")
            #expect(try FileByteStream(path).readAll(limit: 1 << 26) == original, "\(file)")
        }
        #expect(try Tool.digest(of: out) == sound)
        #expect(try Tool.run(["validate", out]).status == 0)

        var manifest = try JSONlessText.read(out + "/manifest.json")
        manifest = manifest.replacing("\"root_digest\": \"", with: "\"root_digest\": \"0")
        try AtomicFile.write(Array(manifest.utf8), to: out + "/manifest.json")
        let digest = try Tool.run(["validate", out])
        #expect(digest.status == 1 && digest.output.contains("root-digest"), "\(digest.output)")
    }

    @Test func aDamagedManifestIsAFinding() throws {
        let recipe = try builds.makeCorpus(documents: 3)
        #expect(try Tool.run(["build", recipe, "--output", folder("out")]).status == 0)
        folder.write("{\"schema\": ", to: "out/manifest.json")
        let found = try Tool.run(["validate", folder("out"), "--json"])
        #expect(found.status == 1)
        #expect(try found.json["findings"]?.items?.first?["rule"]?.string == "manifest")
        try Folder.remove(folder("out/manifest.json"))
        #expect(try Tool.run(["validate", folder("out")]).status == 66)
    }

    @Test func aFolderOfSomebodyElseIsLeftAlone() throws {
        let recipe = try builds.makeCorpus(documents: 3)
        try Folder.create(folder("mine/documents"))
        folder.write("mine", to: "mine/documents/notes.txt")
        let refused = try Tool.run(["build", recipe, "--output", folder("mine")])
        #expect(refused.status == 64)
        #expect(refused.error.split(separator: "\n").count == 1)
        #expect(try JSONlessText.read(folder("mine/documents/notes.txt")) == "mine")
    }

    @Test func sourcesInAnotherOrderGiveWhatAFreshBuildGives() throws {
        let recipe = try builds.makeCorpus()
        #expect(try Tool.run(["build", recipe, "--output", folder("out")]).status == 0)
        let lines = try JSONlessText.read(recipe).split(separator: "\n", omittingEmptySubsequences: false)
        var swapped = lines
        swapped.swapAt(1, 2)
        folder.write(swapped.joined(separator: "\n"), to: "recipe.yaml")
        let updated = try Tool.run(["build", recipe, "--output", folder("out"), "--update"])
        #expect(updated.status == 0, "\(updated.error)")
        #expect(try Tool.run(["build", recipe, "--output", folder("fresh")]).status == 0)
        #expect(try Manifested(folder("out")).rootDigest == Manifested(folder("fresh")).rootDigest)
    }

    @Test func oneBrokenFileGivesTheSameBytesFromAnyFolder() throws {
        let recipe = try builds.makeCorpus(documents: 40, extra: "read: {max_unreadable: 50%}")
        folder.write([0x50, 0x4B, 3, 4, 9, 9], to: "texts/document-100.txt")
        #expect(try Tool.run(["build", recipe, "--output", folder("one")]).status == 0)
        let moved = TemporaryFolder()
        for name in ["texts", "tokenizer"] {
            try Folder.create(moved(name))
            for file in try Folder.filesBelow(folder(name)) {
                moved.write(
                    try FileByteStream(folder(name) + "/" + file).readAll(limit: 1 << 24), to: name + "/" + file)
            }
        }
        for file in ["recipe.yaml", "records.jsonl"] {
            moved.write(try FileByteStream(folder(file)).readAll(limit: 1 << 24), to: file)
        }
        #expect(try Tool.run(["build", moved("recipe.yaml"), "--output", moved("two")]).status == 0)
        #expect(try Tool.digest(of: folder("one")) == Tool.digest(of: moved("two")))
    }
}
