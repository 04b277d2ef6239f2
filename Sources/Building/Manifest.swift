public import Deduplication
public import Documents
public import Files
public import Packing

/// `manifest.json`: the seal of a built corpus. It is written last; a folder without it is unfinished.
///
/// It holds nothing that differs between two builds of the same input and recipe: no times, no absolute paths.
public struct Manifest: Sendable {
    /// Version of this schema; a reader refuses a larger one.
    public static let schemaVersion = 1

    /// What one rule took.
    public struct RuleCounts: Sendable, Equatable {
        /// Documents it took something from.
        public var documents: Int
        /// Unicode scalars it took.
        public var characters: Int

        /// The counts of one rule.
        public init(documents: Int, characters: Int) {
            self.documents = documents
            self.characters = characters
        }

        mutating func add(documents: Int, characters: Int) {
            self.documents += documents
            self.characters += characters
        }
    }

    /// What a source gave.
    public struct SourceCounts: Sendable, Equatable {
        /// The name in the recipe.
        public var name: String
        /// The licence as the recipe states it.
        public var licence: String?
        /// The weight in the recipe.
        public var weight: Double
        /// Files found.
        public var files: Int
        /// Bytes of these files on disk.
        public var fileBytes: Int
        /// Documents read.
        public var read: Int
        /// Rejections, unreadable files and members included.
        public var rejected: Int
        /// Documents that stayed.
        public var documents: Int
        /// Bytes of their text.
        public var textBytes: Int
        /// Tokens of their text, each document counted once.
        public var tokens: Int
        /// What the rules of boilerplate took from the documents read, by the name of the rule in the ledger.
        public var boilerplate: [String: RuleCounts] = [:]
    }

    /// A file that was read.
    public struct Input: Sendable, Equatable {
        /// The source's name.
        public var source: String
        /// The path relative to the source.
        public var path: String
        /// Its size on disk.
        public var bytes: Int
        /// The SHA-256 of it as it stands on disk.
        public var sha256: String
    }

    /// A file of `documents/`.
    public struct DocumentPart: Sendable, Equatable {
        /// The file's name inside `documents/`.
        public var name: String
        /// How many documents it holds; rows are counted through all parts.
        public var documents: Int
        /// The SHA-256 of its lines before compression.
        public var sha256: String
    }

    /// One side of the split.
    public struct SplitCounts: Sendable, Equatable {
        /// Documents on this side.
        public var documents: Int
        /// Families on this side.
        public var families: Int
        /// Blocks packed.
        public var blocks: Int
        /// Shards written.
        public var shards: Int
        /// The balance of packing, in tokens.
        public var ledger: PackingLedger
        /// How many documents packing cut, and where; nothing in manifests of before it was counted.
        public var fragments = FragmentCounts()
        /// Positions of its blocks that carry loss; nil where all but padding do.
        public var lossTokens: Int?
    }

    /// How much of validation stands in training.
    public struct SplitLeakage: Sendable, Equatable {
        /// Words in an n-gram.
        public var ngram: Int
        /// One n-gram in so many was looked at.
        public var rate: Int
        /// The split of the corpus.
        public var split: Leakage
        /// A split with as many documents in validation that are drawn one by one, as others split: for comparison.
        public var random: Leakage
    }

    /// The tool's name and version.
    public var tool: String
    /// The corpus's name.
    public var name: String
    /// What the recipe means; see `Recipe.meaning`.
    public var recipe: JSONValue
    /// Digest of recipe, tokenizer and inputs: a rerun with the same identity has nothing to do.
    public var identity: String
    /// 0 for a first build, counted up by `--update`.
    public var generation: Int
    /// The tokenizer: `path` as the recipe has it, `digest`, `vocabulary_size`, `begin`, `end`, and SHA-256 of its `files`.
    public var tokenizer: JSONValue
    /// Tokens in a block.
    public var blockLength: Int
    /// The separator policy.
    public var separator: String
    /// The id that fills the last block.
    public var paddingToken: Int
    /// What each source gave, in the order of the recipe.
    public var sources: [SourceCounts]
    /// Every file that was read.
    public var inputs: [Input]
    /// Rejections by rule.
    public var rejected: [String: Int]
    /// How many of them are files, members and records that could not be read.
    public var unreadable: Int
    /// The files of `documents/`, in order.
    public var documentParts: [DocumentPart]
    /// The file of `rejected/`.
    public var rejectedPart: DocumentPart
    /// Both sides of the split by name.
    public var splits: [String: SplitCounts]
    /// The balance of reading and cleaning over every document that was read.
    public var extraction: ExtractionLedger
    /// Bytes of text without a token in this vocabulary.
    public var droppedBytes: Int
    /// Special tokens spelled out in texts and taken as ordinary text.
    public var specialsInText: Int
    /// What each policy of lineage would have kept.
    public var lineage: LineageCosts
    /// Families that near duplicates made one.
    public var mergers: [FamilySides.Merger]
    /// Families that went to training for their size.
    public var oversized: [FamilySides.Oversized]
    /// What of evaluation sets stands in the documents, by set; nil where none was asked for.
    public var contamination: JSONValue?
    /// How much of validation stands in training; nil where it was not measured.
    public var leakage: SplitLeakage?
    /// What each source was to give to training and gave, as `Mixture.json` has it; nil where the recipe wants no mixture.
    public var mixture: JSONValue?
    /// The layers that the documents came in, the first build's first; empty in manifests of before there were layers.
    public var layers: [CorpusLayer] = []
    /// Digest of raw shards, document records and the recipe's meaning.
    public var rootDigest: String

    /// Whether the file that it was read from is as it was written.
    public private(set) var seal = ManifestSeal.whole

    /// As JSON, with the seal of what it says.
    public var json: JSONValue {
        var members = members
        members[ManifestSeal.member] = .string(ManifestSeal.digest(members))
        return .object(members)
    }

    private var members: [String: JSONValue] {
        [
            "schema": .integer(Manifest.schemaVersion), "tool": .string(tool), "name": .string(name), "recipe": recipe,
            "identity": .string(identity), "generation": .integer(generation), "tokenizer": tokenizer,
            "pack": .object([
                "length": .integer(blockLength), "separator": .string(separator),
                "padding_token": .integer(paddingToken),
            ]),
            "sources": .array(sources.map(\.json)), "inputs": .array(inputs.map(\.json)),
            "rejected": .object(rejected.mapValues { .integer($0) }), "unreadable": .integer(unreadable),
            "documents": .array(documentParts.map(\.json)), "rejections": rejectedPart.json,
            "splits": .object(splits.mapValues(\.json)), "extraction": extraction.json,
            "dropped_bytes": .integer(droppedBytes), "specials_in_text": .integer(specialsInText),
            "lineage": lineage.json, "leakage": leakage?.json ?? .null,
            "contamination": contamination ?? .null,
            "families": .object([
                "merged": .array(mergers.map(\.json)), "oversized": .array(oversized.map(\.json)),
            ]),
            "mixture": mixture ?? .null, "layers": .array(layers.map(\.json)), "root_digest": .string(rootDigest),
        ]
    }

    /// Reads `manifest.json` of a built folder.
    public init(folder: String) throws {
        let path = OutputFolder(folder).manifest
        let json = try JSONValue(file: path)
        func bad(_ key: String, _ expected: String) -> FileFailure {
            .malformed(
                path: path, place: "member \(key)", expected: expected, found: json[key]?.text() ?? "nothing")
        }
        guard let schema = json["schema"]?.int, schema >= 1, schema <= Manifest.schemaVersion else {
            throw bad("schema", "a manifest of schema 1 to \(Manifest.schemaVersion)")
        }
        func text(_ key: String) throws -> String {
            guard let value = json[key]?.string else { throw bad(key, "a string") }
            return value
        }
        func list<Item>(_ key: String, _ make: (JSONValue) -> Item?) throws -> [Item] {
            guard let items = json[key]?.items else { throw bad(key, "a list") }
            return try items.map { item in
                guard let made = make(item) else { throw bad(key, "entries as this version writes them") }
                return made
            }
        }
        tool = try text("tool")
        name = try text("name")
        recipe = json["recipe"] ?? .null
        identity = try text("identity")
        generation = json["generation"]?.int ?? 0
        tokenizer = json["tokenizer"] ?? .null
        if let size = tokenizer["vocabulary_size"], !(0..<1 << 32).contains(size.int ?? -1) {
            throw bad("tokenizer", "a vocabulary of fewer than 2³² ids")
        }
        guard let length = json["pack"]?["length"]?.int, length > 0, length < 1 << 32 else {
            throw bad("pack", "a block length")
        }
        blockLength = length
        separator = json["pack"]?["separator"]?.string ?? ""
        paddingToken = json["pack"]?["padding_token"]?.int ?? 0
        sources = try list("sources", SourceCounts.init(json:))
        inputs = try list("inputs", Input.init(json:))
        rejected = try (json["rejected"]?.members ?? [:]).mapValues { value in
            guard let count = value.manifestCount else { throw bad("rejected", "counts by rule") }
            return count
        }
        guard let unread = json["unreadable"]?.manifestCount else { throw bad("unreadable", "a count") }
        unreadable = unread
        documentParts = try list("documents", DocumentPart.init(json:))
        guard let part = json["rejections"].flatMap(DocumentPart.init(json:)) else {
            throw bad("rejections", "the file of rejections")
        }
        rejectedPart = part
        splits = (json["splits"]?.members ?? [:]).compactMapValues(SplitCounts.init(json:))
        guard let balance = json["extraction"].flatMap(ExtractionLedger.init(json:)) else {
            throw bad("extraction", "a ledger with source, written, added and removed")
        }
        extraction = balance
        droppedBytes = json["dropped_bytes"]?.manifestCount ?? 0
        specialsInText = json["specials_in_text"]?.manifestCount ?? 0
        rootDigest = try text("root_digest")
        seal = ManifestSeal(json.members ?? [:])
        layers = json["layers"] == nil ? [] : try list("layers", CorpusLayer.init(json:))
        mixture = json["mixture"].flatMap { $0 == .null ? nil : $0 }
        contamination = json["contamination"].flatMap { $0 == .null ? nil : $0 }
        leakage = json["leakage"].flatMap(SplitLeakage.init(json:))
        lineage = json["lineage"].flatMap(LineageCosts.init(json:)) ?? LineageCosts()
        mergers = (json["families"]?["merged"]?.items ?? []).compactMap(FamilySides.Merger.init(json:))
        oversized = (json["families"]?["oversized"]?.items ?? []).compactMap(FamilySides.Oversized.init(json:))
    }

    init(
        tool: String, name: String, recipe: JSONValue, identity: String, generation: Int, tokenizer: JSONValue,
        blockLength: Int, separator: String, paddingToken: Int, sources: [SourceCounts], inputs: [Input],
        rejected: [String: Int], unreadable: Int, documentParts: [DocumentPart], rejectedPart: DocumentPart,
        splits: [String: SplitCounts], extraction: ExtractionLedger, droppedBytes: Int, specialsInText: Int,
        lineage: LineageCosts, mergers: [FamilySides.Merger], oversized: [FamilySides.Oversized],
        leakage: SplitLeakage?, contamination: JSONValue?, mixture: JSONValue?, layers: [CorpusLayer],
        rootDigest: String
    ) {
        self.layers = layers
        self.mixture = mixture
        self.contamination = contamination
        self.leakage = leakage
        self.lineage = lineage
        self.mergers = mergers
        self.oversized = oversized
        self.tool = tool
        self.name = name
        self.recipe = recipe
        self.identity = identity
        self.generation = generation
        self.tokenizer = tokenizer
        self.blockLength = blockLength
        self.separator = separator
        self.paddingToken = paddingToken
        self.sources = sources
        self.inputs = inputs
        self.rejected = rejected
        self.unreadable = unreadable
        self.documentParts = documentParts
        self.rejectedPart = rejectedPart
        self.splits = splits
        self.extraction = extraction
        self.droppedBytes = droppedBytes
        self.specialsInText = specialsInText
        self.rootDigest = rootDigest
    }
}
