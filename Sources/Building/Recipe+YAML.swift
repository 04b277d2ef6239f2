import Cleaning
import Deduplication
import Documents
import Files
import Packing
import Readers
import Tokenization

extension Recipe {
    /// The mixture of the sources with these numbers of tokens; nil where the recipe wants none.
    func sourceMixture(tokens: [Int]) throws -> Mixture? {
        guard let options = mixture else { return nil }
        return try Mixture(
            zip(sources, tokens).map {
                Mixture.Source(name: $0.name, tokens: $1, weight: $0.weight, mostEpochs: $0.mostEpochs)
            }, options.mixture)
    }
}

extension Recipe {
    /// Reads a recipe file. Throws `BuildFailure.recipe` with file, line and key for anything that is not understood.
    public init(file path: String) throws {
        let bytes = try FileByteStream(path).readAll(limit: 1 << 24, hint: "a recipe is a short text")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BuildFailure.recipe(place: path, problem: "expected UTF-8")
        }
        try self.init(yaml: text, file: path)
    }

    /// Reads a recipe from a text; `file` names it in messages and its folder is where relative paths start.
    public init(yaml text: String, file: String) throws {
        let top = try RecipeReader.top(text, file: file, collects: true)
        do { try self.init(top, yaml: text, file: file) } catch let failure as BuildFailure {
            if case .several = failure { throw failure }
            throw top.all(and: failure)
        }
    }

    /// Reads all of a recipe, also behind a mistake, so that a person is told of them together.
    private init(_ top: RecipeReader, yaml text: String, file: String) throws {
        top.expect(Recipe.keys)
        guard let entries = try top.sections("sources") else {
            throw top.missing(
                "sources", "missing: a recipe needs `sources:`, a list of `{name: …, path: …}`", among: Recipe.keys)
        }
        guard let tokenizer = try top.string("tokenizer") else {
            throw top.missing(
                "tokenizer", "missing: a recipe needs `tokenizer:`, the path of a tokenizer folder or file",
                among: Recipe.keys)
        }
        var fileName = PathText.name(of: file)
        for suffix in [".yaml", ".yml"] where fileName.hasSuffix(suffix) { fileName.removeLast(suffix.count) }
        self.init(
            name: try top.string("name") ?? fileName, folder: PathText.folder(of: file),
            sources: try entries.compactMap { entry in
                try top.attempt { try Recipe.source(entry, folder: PathText.folder(of: file)) }
            }, tokenizer: tokenizer)
        remember(yaml: text, file: file)
        tokenizerPlace = top.place(of: "tokenizer")
        var seen: Set<String> = []
        for source in sources where !seen.insert(source.name).inserted {
            throw top.fail("sources", "two sources are called `\(source.name)`; give each its own name")
        }
        var options = self
        _ = try top.attempt { try options.readOptions(top) }
        _ = try top.attempt { try options.packOptions(top) }
        self = options
        if let section = try top.section("mixture") {
            mixture = try MixtureOptions(section)
            mixture?.place = top.place(of: "mixture")
            if !top.hasMistakes { try checkMixture() }
        } else if let source = sources.first(where: { $0.mostEpochs != nil }) {
            throw top.fail(
                "sources", "`max_epochs` of \(source.name) is an option of a `mixture:`, which the recipe has not")
        }
        if let value = try top.integer("seed", atLeast: 0) { seed = UInt64(value) }
        try top.finish()
    }

    /// Throws where the mixture cannot be, whatever the sources hold.
    private func checkMixture() throws {
        do { _ = try sourceMixture(tokens: sources.map { _ in 1 }) } catch let failure as PackingFailure {
            throw BuildFailure.recipe(place: mixture?.place ?? "mixture", problem: failure.description)
        }
    }

    private static let keys = [
        "name", "sources", "tokenizer", "read", "clean", "decontaminate", "dedupe", "split", "tokenize", "mixture",
        "pack",
        "shards", "build",
        "seed",
    ]

    private static func source(_ entry: RecipeReader, folder: String) throws -> RecipeSource {
        let keys = [
            "name", "path", "licence", "weight", "text", "id", "title", "metadata", "records", "encoding", "header",
            "instructions",
            "max_epochs",
        ]
        guard let name = try entry.string("name"), !name.isEmpty else {
            throw entry.missing("name", "missing: a source needs `name:` and `path:`", among: keys)
        }
        guard let paths = try entry.strings("path"), !paths.isEmpty else {
            throw entry.missing("path", "missing: a source needs `name:` and `path:`", among: keys)
        }
        var source = RecipeSource(
            name: name, paths: paths, licence: try entry.string("licence"), weight: try entry.number("weight") ?? 1)
        source.place = entry.place(of: "path")
        source.mostEpochs = try entry.number("max_epochs")
        if let fields = try entry.strings("text") {
            if fields.isEmpty || fields.contains("") { throw entry.fail("text", "expected the names of fields") }
            source.fields.text = fields
        }
        if let field = try entry.string("id") { source.fields.id = field }
        if let field = try entry.string("title") { source.fields.title = field }
        source.fields.metadata = try entry.strings("metadata")
        if let text = try entry.string("records") {
            guard let records = TextRecords(text) else {
                throw entry.fail("records", "expected file, line, paragraph, or a line of text that parts records")
            }
            source.records = records
        }
        if let encoding = try entry.string("encoding") {
            if !ReadOptions.knows(encoding: encoding) {
                throw entry.fail(
                    "encoding", "no encoding is called `\(encoding)`; `iconv -l` lists those there are")
            }
            source.encoding = encoding
        }
        if let header = try entry.bool("header") { source.tableHeader = header }
        if let name = try entry.string("instructions") {
            for key in ["text", "records", "header"] where entry.word(key) != nil {
                throw entry.fail(key, "says nothing of instructions: their records are known by their members")
            }
            source.instructions = try instructionForm(name, entry, folder: folder)
        }
        try entry.finish()
        return source
    }

    /// What `instructions` names: a family, `plain`, or the file of a template.
    private static func instructionForm(
        _ name: String, _ entry: RecipeReader, folder: String
    ) throws -> InstructionForm {
        if name == InstructionForm.plain { return InstructionForm(template: nil) }
        if ChatTemplate.families.contains(name) { return InstructionForm(template: try ChatTemplate(family: name)) }
        let path = PathText.join(folder, name)
        if name.contains("/") || name.hasSuffix(".json") || Folder.exists(path) {
            do { return InstructionForm(template: try ChatTemplate(file: path)) } catch FileFailure.missing(let path) {
                throw BuildFailure.missingInput(place: entry.place(of: "instructions"), path: path)
            }
        }
        let known = [InstructionForm.plain] + ChatTemplate.families
        let nearest = NearestName.to(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
        throw entry.fail(
            "instructions",
            "expected \(known.joined(separator: ", ")) or the file of a template, found `\(name)`\(nearest)")
    }

    private static func lossKinds(_ section: RecipeReader) throws -> [LossKind]? {
        guard let names = try section.strings("no_loss") else { return nil }
        let known = LossKind.allCases.map(\.rawValue)
        for name in names where !known.contains(name) {
            let nearest = NearestName.to(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw section.fail(
                "no_loss", "expected kinds of text of \(known.joined(separator: ", ")), found `\(name)`\(nearest)")
        }
        return LossKind.allCases.filter { names.contains($0.rawValue) }
    }

    private mutating func readOptions(_ top: RecipeReader) throws {
        if let section = try top.section("read") {
            if let value = try section.choice("granularity", Granularity.self) { granularity = value }
            if let value = try section.choice("revisions", ReadOptions.Revisions.self) { read.revisions = value }
            if let value = try section.choice("tables", ReadOptions.Tables.self) { read.tables = value }
            if let value = try section.bool("comments") { read.comments = value }
            if let value = try section.bool("convert_legacy") { read.convertsLegacy = value }
            if let value = try section.bytes("max_document_bytes") { read.maximumDocumentBytes = value }
            if let value = try section.share("max_unreadable") { maximumUnreadable = value }
            try section.finish()
        }
        var namesLeastWords = false
        if let section = try top.section("clean") {
            let rules = try boilerplateRules(section)
            do {
                clean = try CleaningOptions(recipe: section.json(knownKeys: CleaningOptions.recipeKeys))
            } catch let failure as CleaningFailure {
                // A threshold of a web filter stands one level below: clean.gopher.min_alpha.
                func fail(_ key: String, _ problem: String) -> BuildFailure {
                    let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
                    return section.fail(parts[0], parts.dropFirst().map { $0 + ": " }.joined() + problem)
                }
                switch failure {
                case .badValue(let key, let expected, let found):
                    throw fail(key, "expected \(expected), found \(found)")
                case .unknownKey(let key, let nearest): throw fail(key, "unknown key; did you mean `\(nearest)`?")
                case .badModel: throw failure
                }
            }
            for index in clean.textClasses.indices {
                let path = PathText.join(folder, clean.textClasses[index].path)
                do {
                    clean.textClasses[index].digest = try SHA256Digest.hexadecimal(ofFile: path)
                } catch FileFailure.missing(let path) {
                    throw BuildFailure.missingInput(place: section.place(of: "fasttext"), path: path)
                }
            }
            if clean.perplexity != nil { perplexityPlace = section.place(of: "perplexity") }
            if !clean.profiles.contains(.standards) {
                let thresholds = [
                    "min_words", "min_letters", "max_repeated_lines", "max_long_words", "max_mean_word_length",
                    "min_script",
                ]
                for key in thresholds where section.word(key) != nil {
                    throw section.fail(key, "is a threshold of the profile standards, which clean.profile leaves out")
                }
            }
            namesLeastWords = section.word("min_words") != nil
            boilerplate = try rules ?? (clean.profiles.contains(.standards) ? BoilerplateFile.rules() : .none)
            try section.finish()
        }
        // A clause may be a sentence, and none may be lost for being short.
        if granularity == .clause, !namesLeastWords { clean.leastWords = 0 }
        if let section = try top.section("decontaminate") { decontamination = try decontaminationOptions(section) }
        if let section = try top.section("dedupe") {
            nearDuplicates = try nearDuplicateOptions(section)
            passages.paragraphs = try passage(section, "paragraphs", "min_bytes", PassageOptions.leastBytes)
            passages.clauses = try passage(section, "clauses", "min_bytes", PassageOptions.leastBytes)
            passages.spans = try passage(section, "spans", "length", PassageOptions.spanLength)
            passages.boilerplate = try section.integer("repeated_in", atLeast: 2)
            if let value = try section.bool("exact") { exactDuplicates = value }
            if let value = try section.choice("lineage", LineagePolicy.self) { lineage = value }
            try section.finish()
        }
        if let section = try top.section("split") {
            if let value = try section.share("validation") { validationShare = value }
            if let value = try section.share("max_family") { largestFamily = value }
            if let value = try section.bool("leakage") { measuresLeakage = value }
            try section.finish()
        }
        if let section = try top.section("tokenize") {
            if let value = try section.choice("specials", SpecialTokenPolicy.self) { specials = value }
            try section.finish()
        }
    }

    private func decontaminationOptions(_ section: RecipeReader) throws -> DecontaminationOptions {
        guard let sets = try section.strings("against"), !sets.isEmpty else {
            throw section.missing(
                "against", "missing: `decontaminate:` needs `against:`, a list of evaluation sets",
                among: ["against", "action", "ngram", "min_words", "scope", "widen"])
        }
        var options = DecontaminationOptions(against: sets)
        options.place = section.place(of: "against")
        if let value = try section.integer("ngram", atLeast: 1, atMost: 1000) { options.ngrams.length = value }
        if let value = try section.integer("min_words", atLeast: 1) { options.ngrams.minimumWords = value }
        if let value = try section.choice("scope", EvaluationScope.self) { options.scope = value }
        if let value = try section.choice("action", Decontamination.Action.self) {
            options.decontamination.action = value
        }
        if let value = try section.choice("widen", TextBoundary.self) { options.decontamination.boundary = value }
        try section.finish()
        return options
    }

    /// What a key of `dedupe` says of passages: `on`, `off`, or a mapping with one number.
    private func passage(
        _ dedupe: RecipeReader, _ key: String, _ option: String, _ standard: Int
    ) throws -> Int? {
        if let word = dedupe.word(key) {
            switch word {
            case "on", "true": return standard
            case "off", "false", "none": return nil
            default: throw dedupe.fail(key, "expected on, off, or {\(option): \(standard)}, found `\(word)`")
            }
        }
        guard let section = try dedupe.section(key) else { return nil }
        let value = try section.integer(option, atLeast: 1) ?? standard
        try section.finish()
        return value
    }

    /// What `dedupe.minhash` says: `on`, `off`, or the options; the defaults where it says nothing.
    private func nearDuplicateOptions(_ dedupe: RecipeReader) throws -> NearDuplicateOptions? {
        var options = NearDuplicateOptions()
        if let word = dedupe.word("minhash") {
            switch word {
            case "on", "true": return options
            case "off", "false", "none": return nil
            default: throw dedupe.fail("minhash", "expected on, off, or {bands: 14, rows: 8, …}, found `\(word)`")
            }
        }
        guard let section = try dedupe.section("minhash") else { return options }
        if let value = try section.integer("bands", atLeast: 1, atMost: MinHashOptions.mostBandsOrRows) {
            options.minhash.bands = value
        }
        if let value = try section.integer("rows", atLeast: 1, atMost: MinHashOptions.mostBandsOrRows) {
            options.minhash.rows = value
        }
        if let value = try section.number("threshold") { options.minhash.threshold = value }
        if let text = try section.string("shingles") {
            guard let unit = ShingleUnit(text) else {
                throw section.fail("shingles", "expected word:5, char:24, token:13 or the like, found `\(text)`")
            }
            options.minhash.shingles = unit
        }
        if let value = try section.bool("verify") { options.minhash.verifies = value }
        if let value = try section.integer("seed", atLeast: 0) { options.minhash.seed = UInt64(value) }
        if let value = try section.choice("policy", ClusterPolicy.self) { options.policy = value }
        if let value = try section.bool("remove") { options.removes = value }
        if let value = try section.bytes("memory") { options.memory = value }
        for key in ["bands", "rows", "threshold"] {
            if let problem = options.minhash.problem(), problem.hasPrefix(key) {
                throw section.fail(key, String(problem.dropFirst(key.count + 2)))
            }
        }
        try section.finish()
        return options
    }

    /// What `clean.boilerplate` says: `on`, `off`, or `{rules: FILES, off: NAMES}`; nil where it says nothing.
    private func boilerplateRules(_ clean: RecipeReader) throws -> BoilerplateRules? {
        if let word = clean.word("boilerplate") {
            switch word {
            case "on", "true": return try BoilerplateFile.rules()
            case "off", "false", "none": return BoilerplateRules.none
            default:
                throw clean.fail("boilerplate", "expected on, off, or {rules: FILE, off: [NAME, …]}, found `\(word)`")
            }
        }
        guard let section = try clean.section("boilerplate") else { return nil }
        let files = try section.strings("rules") ?? []
        let off = try section.strings("off") ?? []
        try section.finish()
        do {
            return try BoilerplateFile.rules(files: files.map { PathText.join(folder, $0) }, off: off)
        } catch BuildFailure.recipe(place: "boilerplate", let problem) {
            throw section.fail("off", problem)
        }
    }

    private mutating func packOptions(_ top: RecipeReader) throws {
        if let section = try top.section("pack") {
            if let value = try section.integer("length", atLeast: 2) { blockLength = value }
            if let value = try section.choice("strategy", PackingStrategy.self) { strategy = value }
            if let value = try section.share("tolerance") {
                if strategy != .structure { throw section.fail("tolerance", "is an option of `strategy: structure`") }
                if value > 0.5 { throw section.fail("tolerance", "expected at most 50%: half a block is no tolerance") }
                packTolerance = value
            }
            if let value = try section.choice("separator", SeparatorPolicy.self) { separator = value }
            if let value = try section.choice("tail", TailPolicy.self) { tail = value }
            if let kinds = try Recipe.lossKinds(section) { kindsWithoutLoss = kinds }
            if tail == .drop, strategy != .concatenate {
                throw section.fail("tail", "expected pad: `strategy: \(strategy.rawValue)` has no tail to drop")
            }
            try section.finish()
        }
        if let section = try top.section("shards") {
            if let text = try section.string("compression") {
                let parts = text.split(separator: ":")
                guard parts.first == "zstd", parts.count <= 2, let level = parts.count == 1 ? 3 : Int(parts[1]),
                    (1...19).contains(level)
                else { throw section.fail("compression", "expected zstd:1 to zstd:19, found `\(text)`") }
                compressionLevel = level
            }
            if let value = try section.integer("blocks", atLeast: 1, atMost: 1 << 20) { blocksPerShard = value }
            try section.finish()
        }
        if let section = try top.section("build") {
            if let value = try section.bytes("partition_bytes") { partitionBytes = value }
            try section.finish()
        }
    }
}
