/// A rule that a validation checks, with what a person needs to know of it.
public struct CheckRule: Sendable, Equatable {
    /// The id: what findings, waivers and severities name.
    public let id: String
    /// A title of a few words.
    public let title: String
    /// What is checked, and what to do where it fails.
    public let help: String

    /// All rules, in the order in which they are checked.
    public static let all: [CheckRule] = [
        CheckRule(
            "manifest", "The manifest can be read",
            "manifest.json seals a corpus, itself included. Without one that can be read, as it was written, nothing can be held against it: put "
                + "it back from a copy, or build again."),
        CheckRule(
            "index", "The index of a split can be read",
            "index.json of a split names its shards. `shardmill repair` makes it again."),
        CheckRule(
            "shard", "Shards are whole",
            "Every hash, the frame, the segments and the ids of a shard, which must be below the size of the vocabulary, are checked. "
                + "`shardmill repair` makes them again."),
        CheckRule(
            "counts", "Index and manifest agree",
            "Blocks, shards and tokenizer of a split are those that the manifest states."),
        CheckRule(
            "documents", "Document records are whole",
            "A file of documents/ holds the records, and has the digest, that the manifest states. `shardmill repair` makes it again from work/."
        ),
        CheckRule(
            "rejected", "Rejections are whole",
            "The file of rejected/ holds the rejections, and has the digest, that the manifest states. `shardmill repair` makes it again from work/."
        ),
        CheckRule(
            "spans", "Spans lie in their text", "Spans of a document are in order and inside of its text."),
        CheckRule(
            "ledger", "Ledgers close",
            "Extraction in characters and packing in tokens: what went in came out or was booked under a rule."),
        CheckRule(
            "segment-documents", "Segments name documents",
            "Every segment of a block names a row of documents/."),
        CheckRule(
            "separators", "Separators stand in the blocks",
            "Documents end, or begin, with the token that the separator policy promises; and the policy is the one that the rules ask for. "
                + "Without it a model never learns where a text ends."),
        CheckRule(
            "root-digest", "The corpus is the one that was sealed",
            "The root digest over recipe, blocks, documents and rejections is the one in the manifest, and the one in the rules where they "
                + "state one."),
        CheckRule(
            "tokenizer", "The tokenizer is the one of the blocks",
            "The files in tokenizer/ have the digests that the manifest states; of a recipe, the tokenizer can be loaded."
        ),
        CheckRule(
            "rejects", "Few documents are dropped",
            "The share of documents that a filter drops, of all that were read. A rule that drops more than before often means other input "
                + "than the rule was made for: look at rejected/."),
        CheckRule(
            "unreadable", "Inputs can be read",
            "The share of files, members and records that could not be read. Repair or remove them."),
        CheckRule(
            "duplicates", "Few documents are duplicates",
            "The share of documents that were dropped as exact or near duplicates of others."),
        CheckRule(
            "contamination", "No evaluation item stands in the documents",
            "Items of evaluation sets that stand in the documents make scores worthless. Name the sets under decontaminate, with the action "
                + "mask or drop."),
        CheckRule(
            "leakage", "Validation does not stand in training",
            "The share of word n-grams of validation that stand in training, and documents of validation with a near duplicate there."
        ),
        CheckRule(
            "padding", "Little padding", "The share of positions of blocks that hold no token of a document."),
        CheckRule(
            "fertility", "Tokens for a word",
            "Tokens a word of a source lie in a band: a tokenizer that does not fit a language or a notation needs more."
        ),
        CheckRule(
            "bytes-per-token", "Bytes for a token", "Bytes of text a token of a source lie in a band."),
        CheckRule(
            "languages", "Texts are in the languages they should be in",
            "The share of text in a language, told by CLD2 from the prose. Look at the documents named, or set clean.language."
        ),
        CheckRule(
            "documents-count", "There are as many documents as there should be",
            "The number of documents of the corpus or of a source lies in a band."),
        CheckRule(
            "tokens-count", "There are as many tokens as there should be",
            "The number of tokens of the corpus or of a source lies in a band."),
        CheckRule(
            "licence", "Every source states its licence",
            "Each source of the recipe has a `licence:`, one of those that the rules allow where they list some."),
        CheckRule(
            "drift", "The corpus is like the baseline",
            "Distributions are compared by the population stability index, counts by relative change. Where the change is meant, write a "
                + "new baseline with --update-baseline."),
        CheckRule(
            "recipe", "The recipe can be built",
            "The recipe is understood, its sources are there, and what it names can be opened."),
        CheckRule(
            "source", "Sources of the rules are sources of the corpus",
            "Every name under `sources:` in the rules is one of the corpus."),
        CheckRule(
            "waiver-expired", "Waivers are valid",
            "A waiver whose day has passed waives nothing. Mend what it waived, or renew it with its reason."),
        CheckRule(
            "waiver-unused", "Waivers are needed", "A waiver that no finding matches can be removed."),
    ]

    init(_ id: String, _ title: String, _ help: String) {
        self.id = id
        self.title = title
        self.help = help
    }

    /// The rule of an id.
    public static func named(_ id: String) -> CheckRule? { all.first { $0.id == id } }
}
