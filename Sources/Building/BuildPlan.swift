import Cleaning
import Files
import Parallel
import Readers
import Tokenization

/// Phase 1: what there is to do. Sources expanded, inputs digested, partitions formed.
struct BuildPlan: Sendable {
    let recipe: Recipe
    let inputs: [PlannedInput]
    let partitions: [Partition]
    let tokenizer: Tokenizer
    /// SHA-256 of the evaluation sets, in the order of the recipe.
    let evaluationDigests: [String]
    /// The models that the recipe asks about classes, in its order.
    let classifiers: [TextClassifier]

    // Raised whenever the same input would give another artefact.
    private static let extractVersion = "extract 13, repair 2, signals 2"
    private static let tokenVersion = "tokens 4"
    static let versions =
        "\(extractVersion); \(tokenVersion); \(NearDuplicateSearch.version); \(Revision.version); \(PerplexityArtefact.version); \(InstructionForm.version); order and shards 7"

    var inputBytes: Int { inputs.reduce(0) { $0 + $1.bytes } }

    init(recipe: Recipe, pool: WorkerPool, progress: (BuildProgress) -> Void) throws {
        progress(BuildProgress(phase: .plan, done: 0, total: 0, unitsAreBytes: true))
        let recipe = try BuildPlan.withModelDigest(recipe)
        self.recipe = recipe
        do { tokenizer = try Tokenizer.load(recipe.tokenizerPath) } catch FileFailure.missing(let path) {
            throw BuildFailure.missingInput(place: recipe.tokenizerPlace, path: path)
        }
        evaluationDigests = try BuildPlan.evaluationDigests(recipe)
        classifiers = try recipe.clean.textClasses.map {
            try TextClassifier($0, path: PathText.join(recipe.folder, $0.path))
        }
        var found: [(source: Int, match: PathPattern.Match)] = []
        for (index, source) in recipe.sources.enumerated() {
            let patterns = source.paths.map { PathPattern($0, relativeTo: recipe.folder) }
            do {
                for match in try PathPattern.expand(patterns) { found.append((index, match)) }
            } catch FileFailure.missing(let path) {
                throw BuildFailure.missingInput(place: source.place, path: path)
            }
        }
        let files = found
        inputs = try pool.map(files.count) { index, _ in
            let (source, match) = files[index]
            let stamp = try FileStamp(match.path)
            let input = InputFile(path: match.path, relativePath: match.relativePath, source: "")
            let options = recipe.sources[source].options(recipe.read)
            return PlannedInput(
                source: source, path: match.path, relativePath: match.relativePath, bytes: stamp.bytes,
                sha256: try SHA256Digest.hexadecimal(ofFile: match.path), stamp: stamp,
                ranges: try RecordRanges.cut(input, options: options, meanBytes: recipe.partitionBytes) ?? [])
        }
        partitions = Partition.cut(inputs, meanBytes: recipe.partitionBytes)
    }

    /// The plan of a corpus that is sealed, from `work/` and its own tokenizer: an input stands for each partition and names nothing but its
    /// source. What was extracted can be decided about with it; nothing can be extracted.
    init(work: WorkPlan, output: OutputFolder) throws {
        let recipe = try BuildPlan.withModelDigest(work.recipe)
        self.recipe = recipe
        tokenizer = try Tokenizer.load(output.tokenizer)
        evaluationDigests = try BuildPlan.evaluationDigests(recipe)
        classifiers = []
        let stamp = try FileStamp(output.plan)
        inputs = work.entries.map {
            PlannedInput(source: $0.source, path: "", relativePath: "", bytes: 0, sha256: "", stamp: stamp)
        }
        partitions = work.entries.indices.map { Partition(inputs: $0..<$0 + 1, bytes: 0) }
    }

    private static func evaluationDigests(_ recipe: Recipe) throws -> [String] {
        try (recipe.decontamination?.against ?? []).map { path in
            do {
                return try SHA256Digest.hexadecimal(ofFile: PathText.join(recipe.folder, path))
            } catch FileFailure.missing(let path) {
                throw BuildFailure.missingInput(place: recipe.decontamination?.place ?? "", path: path)
            }
        }
    }

    /// Names the artefact of extraction: everything the documents of the partition depend on.
    func extractKey(_ partition: Partition) -> String {
        var digest = SHA256Digest()
        digest.update(BuildPlan.extractVersion)
        digest.update(recipe.cleaning.digestText)
        digest.update(recipe.clean.measureDigestText)
        if let range = partition.range { digest.update("bytes \(range)") }
        for input in inputs[partition.inputs] {
            let source = recipe.sources[input.source]
            if let form = source.instructions { digest.update(form.digestText) }
            for text in [
                source.name, source.options(recipe.read).digestText, source.licence ?? "", input.relativePath,
                input.sha256,
            ] {
                digest.update(text)
            }
        }
        return String(digest.hexadecimal().prefix(32))
    }

    /// How the conversations of a partition are written; nil where it holds texts.
    func form(ofPartition partition: Partition) -> InstructionForm? {
        recipe.sources[inputs[partition.inputs.lowerBound].source].instructions
    }

    /// Names the artefact of tokenization: text and tokenizer only.
    func tokenKey(_ extractKey: String) -> String {
        var digest = SHA256Digest()
        digest.update(BuildPlan.tokenVersion)
        digest.update(extractKey)
        digest.update(tokenizer.digest)
        digest.update(recipe.specials == .recognise ? "recognise" : "ordinary")
        return String(digest.hexadecimal().prefix(32))
    }

    /// Names the artefact of perplexities: texts, model, and what it reads of them.
    func perplexityKey(_ extractKey: String) -> String? {
        guard let options = recipe.clean.perplexity else { return nil }
        var digest = SHA256Digest()
        digest.update(PerplexityArtefact.version)
        digest.update(extractKey)
        digest.update(options.scoreDigestText)
        return String(digest.hexadecimal().prefix(32))
    }

    /// The recipe with the digest of everything in the folder of its model that scores depend on: configuration, weights, tokenizer.
    private static func withModelDigest(_ recipe: Recipe) throws -> Recipe {
        guard let options = recipe.clean.perplexity else { return recipe }
        let (folder, place) = (PathText.join(recipe.folder, options.path), recipe.perplexityPlace)
        guard Folder.exists(PathText.join(folder, "config.json")) else {
            throw BuildFailure.missingInput(place: place, path: PathText.join(folder, "config.json"))
        }
        var digest = SHA256Digest()
        for name in try Folder.names(in: folder).sorted(by: precedesInByteOrder)
        where [".json", ".safetensors", ".model", ".txt", ".tiktoken"].contains(where: name.hasSuffix) {
            digest.update(name)
            digest.update(try SHA256Digest.hexadecimal(ofFile: PathText.join(folder, name)))
        }
        var recipe = recipe
        recipe.clean.perplexity?.digest = digest.hexadecimal()
        return recipe
    }

    /// What the shards of a layer depend on beside their documents: layers of other versions, separators or compression do not stand together.
    var layerVersions: String {
        "\(BuildPlan.versions); begin \(tokenizer.beginningOfText ?? .max) end \(tokenizer.endOfText ?? .max); "
            + "zstd:\(recipe.compressionLevel)"
    }

    /// What a rerun must find unchanged in a sealed folder: recipe, inputs, tokenizer.
    var identity: String {
        var digest = SHA256Digest()
        digest.update(recipe.meaning.text())
        for set in evaluationDigests { digest.update(set) }
        digest.update(tokenizer.digest)
        digest.update("zstd:\(recipe.compressionLevel)")
        digest.update("begin \(tokenizer.beginningOfText ?? .max) end \(tokenizer.endOfText ?? .max)")
        digest.update(BuildPlan.versions)
        for input in inputs {
            digest.update(recipe.sources[input.source].name)
            digest.update(input.relativePath)
            digest.update(input.sha256)
        }
        return digest.hexadecimal()
    }
}
