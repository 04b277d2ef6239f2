import Files
import Packing
import Parallel
import Shards
import TestSupport
import Testing

@testable import Building

/// A corpus of two layers, small enough to be looked at whole.
struct SealedFixture {
    let folder = TemporaryFolder()
    let pool = WorkerPool(threads: 2)
    var output: String { folder("out") }

    /// - Parameters:
    ///   - pack: members of `pack` beside the length.
    ///   - isWide: a tokenizer whose ids need 32 bits.
    ///   - tokenizer: nil: one with a token a byte.
    init(pack: String, isWide: Bool = false, source: String = "") throws {
        folder.write(isWide ? SealedFixture.wideTokenizer() : ByteTokenizer.json, to: "tokenizer.json")
        try write(0..<14)
        try build(pack, source)
        try write(14..<22)
        try build(pack, source)
    }

    private func write(_ numbers: Range<Int>) throws {
        try Folder.create(folder("in"))
        for number in numbers {
            var random = SeededRandom(seed: UInt64(number))
            var text = "# \(number) Scope\n\n"
            for paragraph in 0..<1 + random.nextInt(below: 9) {
                let words = (0..<5 + random.nextInt(below: 30)).map { _ in "w\(random.nextInt(below: 4000))" }
                text += words.joined(separator: " ") + ".\n\n"
                if paragraph % 3 == 2 { text += "## \(number).\(paragraph) Clause é\n\n" }
            }
            folder.write(text, to: "in/\(number).md")
        }
    }

    private func build(_ pack: String, _ source: String) throws {
        let yaml = """
            sources: [{name: a, path: in\(source)}]
            tokenizer: tokenizer.json
            pack: {length: 128\(pack)}
            shards: {blocks: 8, compression: "zstd:5"}
            split: {validation: 20%}
            clean: {profile: none}
            seed: 12345678901
            """
        let recipe = try Recipe(yaml: yaml, file: folder("recipe.yaml"))
        var options = BuildOptions()
        options.threads = 2
        options.update = true
        options.discardWork = false
        _ = try BuildRun(recipe: recipe, folder: output, options: options, tool: "test").run()
    }

    /// The tokenizer of bytes with ids beyond 16 bits.
    private static func wideTokenizer() -> String {
        ByteTokenizer.json.replacing("\"id\":\(ByteTokenizer.end)", with: "\"id\":65700")
    }

    /// Every file of the corpus but for `work/`, and its digest.
    func digests(_ name: String = "out") throws -> [String: String] {
        var digests: [String: String] = [:]
        for path in try Folder.filesBelow(folder(name)) where !path.contains("work/") {
            digests[path] = try SHA256Digest.hexadecimal(ofFile: PathText.join(folder(name), path))
        }
        return digests
    }

    /// The shards, as paths inside the corpus.
    func shards() throws -> [String] {
        try Folder.filesBelow(output).filter { $0.hasSuffix(".mds.zstd") }
    }

    func bytes(_ path: String) throws -> [UInt8] {
        try FileByteStream(PathText.join(output, path)).readAll(limit: 1 << 26)
    }

    func put(_ bytes: [UInt8], _ path: String) throws { try AtomicFile.write(bytes, to: PathText.join(output, path)) }

    /// Flips one bit of a file.
    func flip(_ path: String, bit: Int) throws {
        var bytes = try bytes(path)
        bytes[bit / 8 % bytes.count] ^= 1 << UInt8(bit % 8)
        try put(bytes, path)
    }

    func repair(isDryRun: Bool = false) throws -> RepairReport {
        try CorpusRepair(folder: output, isDryRun: isDryRun).run(pool)
    }

    /// The root digest of what the blocks hold and what stands in documents/ and rejected/: computed, not read.
    func computedRoot() throws -> String {
        let manifest = try Manifest(folder: output)
        var shards: [(split: Split, content: String)] = []
        for split in Split.allCases {
            let dataset = try ShardDataset(OutputFolder(output).split(split))
            for number in dataset.index.shards.indices {
                var digest = SHA256Digest()
                try dataset.forEachBlock(ofShard: number) { block in
                    block.tokens.withUnsafeBytes { digest.update($0) }
                    block.segmentEnds.withUnsafeBytes { digest.update($0) }
                    block.segmentDocuments.withUnsafeBytes { digest.update($0) }
                    block.lossBounds?.withUnsafeBytes { digest.update($0) }
                }
                shards.append((split, digest.hexadecimal()))
            }
        }
        func part(_ folder: String, _ sealed: Manifest.DocumentPart) throws -> Manifest.DocumentPart {
            let raw = try ZstdDecompressor().decompress(file: PathText.join(output, folder + "/" + sealed.name))
            return .init(name: sealed.name, documents: sealed.documents, sha256: SHA256Digest.hexadecimal(of: raw))
        }
        return RootDigest.hexadecimal(
            recipe: manifest.recipe, shards: shards,
            parts: try manifest.documentParts.map { try part("documents", $0) }
                + [part("rejected", manifest.rejectedPart)])
    }

    /// Writes the manifest with something changed, and sealed anew.
    func reseal(_ change: (inout Manifest) -> Void) throws {
        var manifest = try Manifest(folder: output)
        change(&manifest)
        try put(manifest.json.encoded(.pretty), "manifest.json")
    }

    /// The own tokens and the end token of every document as the blocks of a corpus hold them, by row.
    func tokens(_ name: String) throws -> [Int: [UInt32]] {
        let corpus = try SealedCorpus(folder: folder(name))
        let texts = SealedTexts(corpus: corpus)
        let rows = try texts.records(pool) { _ in }.rows
        let layout = try corpus.ownLayout(rows, texts: texts, pool)
        var tokens: [Int: [UInt32?]] = [:]
        for part in layout.parts {
            let dataset = try ShardDataset(OutputFolder(folder(name)).split(part.split))
            for number in 0..<part.layout.blockCount {
                let block = try dataset.block(part.firstBlock + number)
                let ids = block.tokens
                for segment in part.layout.segments(ofBlock: number) {
                    var own = tokens[part.order[segment.document]] ?? []
                    let missing = segment.offset + segment.count - own.count
                    if missing > 0 { own += [UInt32?](repeating: nil, count: missing) }
                    for (place, id) in ids[segment.start..<segment.end].enumerated() {
                        // Copies of a document are cut elsewhere and say the same.
                        #expect(own[segment.offset + place] ?? id == id)
                        own[segment.offset + place] = id
                    }
                    tokens[part.order[segment.document]] = own
                }
            }
        }
        return tokens.mapValues { $0.map { $0 ?? .max } }
    }
}
