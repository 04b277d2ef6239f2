import Files
import Packing
import Parallel
import Shards
import Tokenization

/// A corpus as its sealed folder alone describes it: what was packed, how, and in which layers. Knows nothing of inputs and `work/`.
struct SealedCorpus: Sendable {
    let output: OutputFolder
    let manifest: Manifest
    let packing: PackingOptions
    let seed: UInt64
    let blocksPerShard: Int
    let specials: SpecialTokenPolicy
    let layers: [CorpusLayer]
    let lossRule: LossRule

    /// Reads the manifest of a folder; throws `SealedFailure`.
    init(folder: String) throws {
        let output = OutputFolder(folder)
        if !Folder.exists(output.manifest) { throw SealedFailure.notSealed(folder: folder) }
        if output.isHalfReplaced { throw SealedFailure.halfReplaced(folder: folder) }
        try self.init(output: output, manifest: Manifest(folder: folder))
    }

    init(output: OutputFolder, manifest: Manifest) throws {
        self.output = output
        self.manifest = manifest
        func unknown(_ member: String, _ expected: String, _ found: JSONValue?) -> SealedFailure {
            .unknownRecipe(
                path: output.manifest, member: member, expected: expected, found: found?.text() ?? "nothing")
        }
        let recipe = manifest.recipe
        lossRule = LossRule(meaning: recipe)
        guard let seed = recipe["seed"]?.int else { throw unknown("recipe.seed", "a number", recipe["seed"]) }
        self.seed = UInt64(truncatingIfNeeded: seed)
        guard let blocks = recipe["shards"]?["blocks"]?.int, blocks > 0 else {
            throw unknown("recipe.shards.blocks", "blocks in a shard", recipe["shards"])
        }
        blocksPerShard = blocks
        let spelled = recipe["tokenize"]?["specials"]?.string ?? SpecialTokenPolicy.ordinary.rawValue
        guard let specials = SpecialTokenPolicy(rawValue: spelled) else {
            throw unknown("recipe.tokenize.specials", "a policy", .string(spelled))
        }
        // A text with special tokens was dropped under `reject`: what is there has none.
        self.specials = specials == .recognise ? .recognise : .ordinary
        let pack = recipe["pack"]
        guard let strategy = PackingStrategy(rawValue: pack?["strategy"]?.string ?? "concatenate"),
            let separator = SeparatorPolicy(rawValue: manifest.separator),
            let tail = TailPolicy(rawValue: pack?["tail"]?.string ?? "pad")
        else { throw unknown("recipe.pack", "a known strategy, separator and tail", pack) }
        func id(_ value: Int?) -> UInt32? { value.flatMap { UInt32(exactly: $0) } }
        packing = PackingOptions(
            length: manifest.blockLength, separator: separator, tail: tail,
            beginToken: id(manifest.tokenizer["begin"]?.int), endToken: id(manifest.tokenizer["end"]?.int),
            paddingToken: id(manifest.paddingToken) ?? 0, strategy: strategy,
            tolerance: pack?["tolerance"]?.double ?? PackingOptions().tolerance)
        try packing.validate()
        let documents = manifest.documentParts.reduce(0) { $0 + $1.documents }
        // Before there were layers a corpus was one.
        layers =
            manifest.layers.isEmpty
            ? [CorpusLayer(generation: manifest.generation, identity: manifest.identity, documents: documents)]
            : manifest.layers
        let inLayers = layers.reduce(0) { $0 + $1.documents }
        guard inLayers == documents else {
            throw unknown("layers", "\(documents) documents in all", .integer(inLayers))
        }
    }

    /// The columns, and what the index carries beside the shards.
    var schema: BlockSchema {
        BlockSchema(
            length: packing.length, vocabularySize: manifest.tokenizer["vocabulary_size"]?.int ?? 1 << 32,
            tokenizerDigest: manifest.tokenizer["digest"]?.string ?? "", separatorPolicy: packing.separator.rawValue,
            paddingToken: packing.paddingToken, hasLossSpans: !lossRule.isEmpty,
            attributes: packing.indexAttributes)
    }

    /// The tokenizer of the corpus, from its folder; throws `SealedFailure.otherTokenizer` for another one.
    func tokenizer() throws -> Tokenizer {
        let loaded = try Tokenizer.load(output.tokenizer)
        let expected = manifest.tokenizer["digest"]?.string ?? ""
        guard loaded.digest == expected else {
            throw SealedFailure.otherTokenizer(path: output.tokenizer, expected: expected, found: loaded.digest)
        }
        return loaded
    }

    /// The first row of each part of `documents/`, and the total.
    var firstRows: [Int] {
        var rows = [0]
        for part in manifest.documentParts { rows.append(rows[rows.count - 1] + part.documents) }
        return rows
    }

    /// Where everything stands. `texts` is asked for the cuts of long documents, under `structure` only.
    func layout(
        _ rows: [CorpusLayout.Row], packing: PackingOptions, blocksPerShard: Int, texts: SealedTexts, _ pool: WorkerPool
    )
        throws -> CorpusLayout
    {
        var cuts: [Int: [StructureCut]] = [:]
        if packing.strategy == .structure { cuts = try texts.cuts(rows, packing: packing, pool) }
        return try CorpusLayout(
            rows: rows, layers: layers.map(\.documents), seed: seed, packing: packing, blocksPerShard: blocksPerShard
        ) { cuts[$0] ?? [] }
    }

    /// The layout of the blocks that are there, held against the manifest.
    func ownLayout(_ rows: [CorpusLayout.Row], texts: SealedTexts, _ pool: WorkerPool) throws -> CorpusLayout {
        let layout = try layout(rows, packing: packing, blocksPerShard: blocksPerShard, texts: texts, pool)
        for split in Split.allCases {
            guard let sealed = manifest.splits[split.rawValue]?.ledger else { continue }
            let made = layout.ledger(split)
            if made != sealed {
                throw SealedFailure.otherBlocks(
                    folder: output.split(split), expected: sealed.json.text(), found: made.json.text())
            }
        }
        return layout
    }
}
