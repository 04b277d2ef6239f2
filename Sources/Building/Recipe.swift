public import Cleaning
public import Deduplication
public import Files
public import Packing
public import Readers
public import Tokenization

/// What to build, from a YAML file: sources, tokenizer, and options of each stage. Only `sources` and `tokenizer` are
/// required.
public struct Recipe: Sendable {
    /// The name of the corpus; the file's name where the recipe gives none.
    public var name: String
    /// Where the recipe stands: relative paths start here.
    public var folder: String
    /// The sources, in the order of the file, which is also the order of documents.
    public var sources: [RecipeSource]
    /// Path of the tokenizer, as written.
    public var tokenizer: String
    /// The file it was read from and what that says; empty where it was made otherwise.
    private(set) var file = ""
    private(set) var yaml = ""
    /// Where the recipe names the tokenizer, for messages.
    var tokenizerPlace = "tokenizer"
    /// Options of reading but for those that are the source's.
    public var read = ReadOptions()
    /// Largest share of inputs that may be unreadable.
    public var maximumUnreadable = 0.05
    /// Options of cleaning.
    public var clean = CleaningOptions()
    /// Where `clean.perplexity` stands, for messages.
    var perplexityPlace = "clean.perplexity"
    /// The rules that take boilerplate out.
    public var boilerplate = BoilerplateRules(BoilerplateFile.builtIn)
    /// What a record is.
    public var granularity = Granularity.document
    /// Whether documents of equal text are taken once.
    public var exactDuplicates = true
    /// How near duplicates are found and what becomes of them; nil: they are not looked for.
    public var nearDuplicates: NearDuplicateOptions? = NearDuplicateOptions()
    /// Evaluation sets whose items are not trained on; nil: none.
    public var decontamination: DecontaminationOptions?
    /// Passages that stay once in the whole corpus.
    public var passages = PassageOptions()
    /// What stays of the versions of one specification.
    public var lineage = LineagePolicy.keepAll
    /// Share of families that go to validation.
    public var validationShare = 0.01
    /// The share of all tokens above which a family goes to training, whatever its key says.
    public var largestFamily = 0.25
    /// Whether it is measured how much of validation stands in training.
    public var measuresLeakage = true
    /// How many tokens each source gives to training; nil: its documents are taken as its weight says.
    public var mixture: MixtureOptions?
    /// Tokens in a block.
    public var blockLength = 2048
    /// What stands between documents.
    public var separator = SeparatorPolicy.eos
    /// How documents are laid into blocks.
    public var strategy = PackingStrategy.concatenate
    /// `structure`: the share of a block before its end within which a place to cut is looked for.
    public var packTolerance = 0.1
    /// What becomes of the last, partly filled block.
    public var tail = TailPolicy.pad
    /// Kinds of text that carry no loss, in documents that are no instructions; each once, in the order of `LossKind.allCases`.
    public var kindsWithoutLoss: [LossKind] = []
    /// Whether shards say which positions carry loss.
    var hasLossSpans: Bool { !kindsWithoutLoss.isEmpty || sources.contains { $0.instructions != nil } }
    /// What special tokens written in a document's text are.
    public var specials = SpecialTokenPolicy.ordinary
    /// zstd level of the shards.
    public var compressionLevel = 7
    /// Blocks in a shard.
    public var blocksPerShard = 1024
    /// Mean size of a partition of the input, in bytes. Changes how work is cut, never the bytes that come out.
    public var partitionBytes = 4_000_000
    /// Seed of every random decision.
    public var seed: UInt64 = 42

    /// A recipe with default options.
    public init(name: String, folder: String, sources: [RecipeSource], tokenizer: String) {
        self.name = name
        self.folder = folder
        self.sources = sources
        self.tokenizer = tokenizer
    }

    /// Remembers the text it was read from.
    mutating func remember(yaml: String, file: String) {
        self.yaml = yaml
        self.file = file
    }

    /// What happens between reading and measuring.
    var cleaning: DocumentCleaning {
        DocumentCleaning(
            boilerplate: boilerplate, granularity: granularity, personalData: clean.personalData,
            measuresLanguage: clean.measuresLanguage,
            unicode: clean.unicode, textClasses: clean.textClasses)
    }

    /// The tokenizer's path on disk.
    public var tokenizerPath: String { PathText.join(folder, tokenizer) }

    private var packMeaning: JSONValue {
        var members: [String: JSONValue] = [
            "length": .integer(blockLength), "strategy": .string(strategy.rawValue),
            "separator": .string(separator.rawValue), "tail": .string(tail.rawValue),
        ]
        if strategy == .structure { members["tolerance"] = .double(packTolerance) }
        if !kindsWithoutLoss.isEmpty {
            members["no_loss"] = .array(kindsWithoutLoss.map { .string($0.rawValue) })
        }
        return .object(members)
    }

    /// Everything that decides about the bytes that come out, with sorted keys: what the root digest covers and the manifest
    /// shows. Leaves out where files stand, how work is cut, and compression.
    public var meaning: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name),
            "sources": .array(
                sources.map { source in
                    var members: [String: JSONValue] = [
                        "name": .string(source.name), "weight": .double(source.weight),
                        "text": .string(source.textField), "read": .string(source.options(read).digestText),
                    ]
                    if let licence = source.licence { members["licence"] = .string(licence) }
                    if let form = source.instructions { members["instructions"] = .string(form.digestText) }
                    if let epochs = source.mostEpochs { members["max_epochs"] = .double(epochs) }
                    return .object(members)
                }),
            "read": .string(read.digestText),
            "clean": .string(clean.digestText + " " + clean.measureDigestText + " " + cleaning.digestText),
            "decontaminate": .string(decontamination?.digestText ?? "off"),
            "dedupe": .object([
                "exact": .bool(exactDuplicates), "lineage": .string(lineage.rawValue),
                "passages": .string(passages.digestText),
                "minhash": .string(nearDuplicates?.digestText ?? "off"),
            ]),
            "split": .object([
                "validation": .double(validationShare), "max_family": .double(largestFamily),
                "leakage": .bool(measuresLeakage),
            ]),
            "pack": packMeaning,
            "tokenize": .object(["specials": .string(specials.rawValue)]),
            "shards": .object(["blocks": .integer(blocksPerShard)]),
            "seed": .integer(Int(truncatingIfNeeded: seed)),
        ]
        if let mixture { members["mixture"] = .string(mixture.digestText) }
        return .object(members)
    }
}
