import Files

/// Where everything stands in the folder a build writes.
public struct OutputFolder: Sendable, Equatable {
    /// The folder itself.
    public let path: String

    /// Names only; nothing is touched.
    public init(_ path: String) { self.path = path }

    /// `manifest.json`: the seal.
    public var manifest: String { path + "/manifest.json" }
    /// The data set card.
    public var card: String { path + "/README.md" }
    /// The report for people.
    public var report: String { path + "/report.html" }
    /// What of evaluation sets was found in the documents.
    public var contamination: String { path + "/contamination.json" }
    /// The items of evaluation sets that stand in no document.
    public var cleanItems: String { path + "/clean-items.jsonl" }
    /// The folder of documents.
    public var documents: String { path + "/documents" }
    /// The folder of rejections.
    public var rejected: String { path + "/rejected" }
    /// The tokenizer's files.
    public var tokenizer: String { path + "/tokenizer" }
    /// The folder of artefacts.
    public var work: String { path + "/work" }
    /// The folder of a split.
    public func split(_ split: Split) -> String { path + "/" + split.rawValue }

    var lock: String { path + "/.lock" }
    /// Stands while public files are being replaced: a folder that has it is not sealed, whatever its manifest says.
    var sealing: String { path + "/.sealing" }
    /// Whether a build was ended while it replaced the files of this folder: they may be of two corpora until it is run again.
    public var isHalfReplaced: Bool { Folder.exists(sealing) }
    /// What a built corpus was made by, for commands that decide anew about it.
    var plan: String { work + "/plan.json" }
    var extracted: String { work + "/extracted" }
    var tokens: String { work + "/tokens" }
    var perplexity: String { work + "/perplexity" }
    var signatures: String { work + "/signatures" }
    var rows: String { work + "/rows" }
    var revised: String { work + "/revised" }
    var packed: String { work + "/packed" }
}

/// The two sides of a corpus.
public enum Split: String, Sendable, CaseIterable {
    case train, validation
}
