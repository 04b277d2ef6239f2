public import Files

/// What packing can refuse. Everything else is arithmetic that cannot fail.
public enum PackingFailure: Failure, Equatable {
    /// The separator policy needs a token that the tokenizer does not have; `role` is `begin` or `end`.
    case missingToken(policy: SeparatorPolicy, role: String)
    /// A block length below 1 or above 2^24.
    case invalidLength(Int)
    /// Document `document` claims a negative number of tokens.
    case negativeTokenCount(document: Int, count: Int)
    /// A tolerance outside 0 ... 0.5.
    case invalidTolerance(Double)
    /// A dropped tail with a strategy that has none.
    case tailOfPieces(PackingStrategy)
    /// Cuts of document `document` that do not ascend.
    case disorderedCuts(document: Int)
    /// The token counts add up to more than 2^62.
    case tooManyTokens
    /// A source weight that is negative, above 1,000,000 or not a number.
    case invalidWeight(Double)
    /// A mixture that makes no sense; `key` is the place under `mixture` in a recipe.
    case invalidMixture(key: String, problem: String)
    /// A ledger whose JSON form lacks a member.
    case malformedLedger(member: String)

    /// The class of the failure.
    public var kind: FailureKind {
        switch self {
        case .missingToken, .invalidLength, .invalidWeight, .invalidTolerance, .tailOfPieces, .invalidMixture: .usage
        case .negativeTokenCount, .tooManyTokens, .disorderedCuts: .internalFailure
        case .malformedLedger: .unreadableInput
        }
    }

    /// One line for a person.
    public var description: String {
        switch self {
        case .missingToken(let policy, let role):
            "pack.separator: \(policy.rawValue): expected a tokenizer with a token for the \(role) of a document, found "
                + "none; choose another separator policy or name the token in the tokenizer folder"
        case .invalidLength(let length):
            "pack.length: expected 1 to \(PackingOptions.longestBlock) tokens, found \(length)"
        case .invalidTolerance(let tolerance):
            "pack.tolerance: expected a share of the block from 0 to 0.5, found \(tolerance)"
        case .tailOfPieces(let strategy):
            "pack.tail: drop: expected pad with the strategy \(strategy.rawValue), whose blocks may all be padded, found drop; "
                + "use pad, or the strategy concatenate"
        case .disorderedCuts(let document):
            "places to cut: document \(document): expected ascending places, found others; rebuild the token artefacts"
        case .negativeTokenCount(let document, let count):
            "token counts: document \(document): expected 0 or more tokens, found \(count); rebuild the token artefacts"
        case .tooManyTokens: "token counts: expected a total below 2^62, found more; rebuild the token artefacts"
        case .invalidWeight(let weight): "source weight: expected a number from 0 to 1000000, found \(weight)"
        case .invalidMixture(let key, let problem): "mixture: \(key): \(problem)"
        case .malformedLedger(let member):
            "token ledger: expected a whole number \"\(member)\", found none; rebuild the data set"
        }
    }
}
