public import Files

/// Failures of recipes and builds.
public enum BuildFailure: Failure, Equatable {
    /// The recipe says something that cannot be meant. `place` is `file:line: key`.
    case recipe(place: String, problem: String)
    /// Several things that the recipe says cannot be meant.
    case several([BuildFailure])
    /// The recipe names a file or folder that is not there.
    case missingInput(place: String, path: String)
    /// The folder holds a sealed corpus that another recipe or input made.
    case sealed(folder: String)
    /// The folder holds something that no build made.
    case foreignFolder(folder: String, found: String)
    /// More inputs than allowed could not be read.
    case tooManyUnreadable(count: Int, of: Int, allowed: String, first: [String])
    /// An input is another file than the one that was planned.
    case changedInput(path: String)
    /// Nothing is left to pack.
    case nothingLeft(documents: Int, hint: String)
    /// An artefact is not what its name promises.
    case damagedArtefact(path: String, problem: String)
    /// A corpus without the artefacts it was made from.
    case noArtefacts(folder: String)
    /// The recipe asks a model, and the caller of the library gave nothing that runs one.
    case noModelRunner(place: String)
    /// A document that the model of the recipe cannot score.
    case unscored(id: String, source: String, problem: String)
    /// A document of which a part carries no loss, under a tokenizer that changes it so that nobody can say which tokens that part became.
    case unplacedTokens(id: String, source: String, tokenizer: String)
    /// A ledger does not close.
    case openLedger(what: String, imbalance: Int)
    /// The disk is too small for what the plan needs.
    case diskFull(folder: String, needed: Int, free: Int)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .recipe, .several, .sealed, .foreignFolder: .usage
        case .missingInput, .noArtefacts: .missingInput
        case .tooManyUnreadable, .nothingLeft, .unscored, .unplacedTokens: .unreadableInput
        case .damagedArtefact, .diskFull, .changedInput: .inputOutput
        case .openLedger, .noModelRunner: .internalFailure
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .recipe(let place, let problem): "\(place): \(problem)"
        case .several(let failures):
            failures.prefix(10).map(\.description).joined(separator: "; ")
                + (failures.count > 10 ? "; and \(failures.count - 10) more" : "")
        case .missingInput(let place, let path): "\(place): \(path): no such file or folder"
        case .sealed(let folder):
            "\(folder): holds a sealed corpus of another recipe, tokenizer or input; build into a new folder, or add --update"
        case .foreignFolder(let folder, let found):
            "\(folder): expected an empty or a new folder, found \(found): nothing of yours is overwritten; choose another --output"
        case .tooManyUnreadable(let count, let all, let allowed, let first):
            "\(count) of \(all) inputs cannot be read, \(allowed) are allowed (read.max_unreadable, --strict): "
                + (first.isEmpty ? "all in the folder rejected" : first.joined(separator: "; "))
                + (count > first.count && !first.isEmpty ? "; and \(count - first.count) more" : "")
        case .changedInput(let path):
            "\(path): changed while the build read it; run the build again when it is complete"
        case .nothingLeft(let documents, let hint): "none of \(documents) documents is left to pack: \(hint)"
        case .damagedArtefact(let path, let problem): "\(path): \(problem); remove the file and run the build again"
        case .noArtefacts(let folder):
            "\(folder)/work: expected the artefacts of a build, found none: the corpus was built with --discard-work, by an older version, or not "
                + "at all; build it again without that"
        case .noModelRunner(let place):
            "\(place): this program runs no models: BuildOptions.perplexityScorer is not set; build with shardmill, or leave the key out"
        case .unscored(let id, let source, let problem): "document \(id) of source \(source): perplexity: \(problem)"
        case .unplacedTokens(let id, let source, let tokenizer):
            "document \(id) of source \(source): pack.no_loss: expected a tokenizer whose tokens can be found again in a text, found one that "
                + "changes it too much, \(tokenizer); leave pack.no_loss out, or build with another tokenizer"
        case .openLedger(let what, let imbalance):
            "\(what): the ledger does not close, off by \(imbalance): please report this with the recipe"
        case .diskFull(let folder, let needed, let free):
            "\(folder): about \(needed >> 20) MiB are needed, \(free >> 20) MiB are free; choose another --output"
        }
    }
}
