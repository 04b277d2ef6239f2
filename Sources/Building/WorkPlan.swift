import Files

/// `work/plan.json`: which artefacts a corpus was made from, in order, and by which recipe.
struct WorkPlan: Sendable {
    /// The artefacts of one partition.
    struct Entry: Sendable {
        let extract: String
        let tokens: String
        /// The artefact of perplexities, where the recipe asks for them.
        let perplexity: String?
        /// Index of the source in the recipe.
        let source: Int
    }

    let entries: [Entry]
    let recipe: Recipe

    init(plan: BuildPlan, extractKeys: [String]) {
        recipe = plan.recipe
        entries = zip(plan.partitions, extractKeys).map {
            Entry(
                extract: $1, tokens: plan.tokenKey($1), perplexity: plan.perplexityKey($1),
                source: plan.inputs[$0.inputs.lowerBound].source)
        }
    }

    func write(to path: String) throws {
        let json = JSONValue.object([
            "file": .string(PathText.absolute(recipe.file)), "recipe": .string(recipe.yaml),
            "partitions": .array(
                entries.map {
                    .object([
                        "extract": .string($0.extract), "tokens": .string($0.tokens), "source": .integer($0.source),
                        "perplexity": $0.perplexity.map { .string($0) } ?? .null,
                    ])
                }),
        ])
        try AtomicFile.write(json.encoded(), to: path)
    }

    /// The plan of a built folder; throws `BuildFailure.noArtefacts` where `work/` was discarded.
    init(folder: OutputFolder) throws {
        guard Folder.exists(folder.plan) else { throw BuildFailure.noArtefacts(folder: folder.path) }
        let json = try JSONValue(file: folder.plan)
        guard let yaml = json["recipe"]?.string, let file = json["file"]?.string,
            let items = json["partitions"]?.items
        else { throw BuildFailure.damagedArtefact(path: folder.plan, problem: "no plan of a build") }
        let recipe = try Recipe(yaml: yaml, file: file)
        self.recipe = recipe
        entries = try items.map { item in
            guard let extract = item["extract"]?.string, let tokens = item["tokens"]?.string,
                let source = item["source"]?.int, recipe.sources.indices.contains(source)
            else { throw BuildFailure.damagedArtefact(path: folder.plan, problem: "no plan of a build") }
            return Entry(extract: extract, tokens: tokens, perplexity: item["perplexity"]?.string, source: source)
        }
    }
}
