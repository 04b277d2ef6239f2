public import Files

/// What stands in the way of making blocks again from a sealed corpus.
public enum SealedFailure: Failure, Equatable {
    /// The folder holds no sealed corpus.
    case notSealed(folder: String)
    /// A build was ended while it replaced the files of the folder.
    case halfReplaced(folder: String)
    /// The manifest does not say what is needed.
    case unknownRecipe(path: String, member: String, expected: String, found: String)
    /// Parts of `documents/` are not what the manifest says.
    case damagedDocuments(problems: [String])
    /// `tokenizer/` is not the tokenizer of the corpus.
    case otherTokenizer(path: String, expected: String, found: String)
    /// A text gives another number of tokens than its record says.
    case otherTokens(path: String, line: Int, expected: Int, found: Int)
    /// The documents lead to other blocks than the manifest says.
    case otherBlocks(folder: String, expected: String, found: String)
    /// The blocks of a shard, made again, are not those of the index.
    case otherContent(path: String, blocks: Range<Int>, expected: String, found: String)
    /// All blocks, made again, are not those that the manifest was sealed with.
    case otherRoot(folder: String, expected: String, found: String)
    /// The artefacts in `work/` are not those that the corpus was made from.
    case otherArtefacts(folder: String, expected: String, found: String)
    /// `manifest.json` was changed after it was written: nothing can be proven by it.
    case editedManifest(path: String, expected: String, found: String)
    /// Files that nothing in the folder leads to; `obstacle` says why, where that is known.
    case beyondRepair(files: [String], obstacle: String?)
    /// A shard does not hold the segments that the documents lead to.
    case otherSegments(path: String, block: Int)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .notSealed, .halfReplaced: .missingInput
        default: .unreadableInput
        }
    }

    /// One line for a person.
    public var description: String { MessageText.oneLine(text) }

    private var text: String {
        switch self {
        case .notSealed(let folder):
            "\(folder): expected a built corpus with a manifest.json, found none; run `shardmill build` to its end, which goes on where it was"
        case .halfReplaced(let folder):
            "\(folder): expected one corpus, found a build that was ended while it replaced the files of an earlier one; run that build again"
        case .unknownRecipe(let path, let member, let expected, let found):
            "\(path): member \(member): expected \(expected), found \(found); build the corpus again"
        case .damagedDocuments(let problems):
            problems.prefix(3).joined(separator: "; ")
                + (problems.count > 3 ? "; and \(problems.count - 3) more" : "")
                + "; run `shardmill repair`, which makes them again where work/ is there"
        case .otherTokenizer(let path, let expected, let found):
            "\(path): expected the tokenizer of the corpus, digest \(expected), found \(found); copy its files there again"
        case .otherTokens(let path, let line, let expected, let found):
            "\(path):\(line): expected a text of \(expected) tokens, found \(found): another version of shardmill tokenized it; build the corpus again"
        case .otherBlocks(let folder, let expected, let found):
            "\(folder): expected documents that fill \(expected), found \(found): another version of shardmill packed them; build the corpus again"
        case .otherContent(let path, let blocks, let expected, let found):
            "\(path): \(blocks.count == 1 ? "block \(blocks.lowerBound)" : "blocks \(blocks.lowerBound) to \(blocks.upperBound - 1)"): "
                + "expected \(expected), found \(found) when made again from documents/; the shard was left as it is: build the corpus again"
        case .otherRoot(let folder, let expected, let found):
            "\(folder): expected the root digest \(expected), found \(found) when all blocks were made again from documents/; "
                + "nothing was written: build the corpus again"
        case .otherArtefacts(let folder, let expected, let found): "\(folder): expected \(expected), found \(found)"
        case .editedManifest(let path, let expected, let found):
            "\(path): expected a manifest as it was written, sealed \(expected), found \(found): nothing can be proven by it; put the file back "
                + "from a copy, or run the build again, which writes it anew"
        case .beyondRepair(let files, let obstacle):
            files.prefix(3).joined(separator: ", ") + (files.count > 3 ? " and \(files.count - 3) more" : "")
                + ": cannot be made again" + (obstacle.map { ": \($0)" } ?? "")
                + "; put back a copy, or build into a new folder"
        case .otherSegments(let path, let block):
            "\(path): block \(block): expected the segments that documents/ lead to, found others; run `shardmill validate`, then `shardmill repair`"
        }
    }
}
