/// A regular expression as it is written, without captures.
indirect enum RegularExpressionNode {
    /// How often and how eagerly something repeats.
    struct Repetition {
        enum Manner { case greedy, lazy, possessive }
        var least: Int
        /// nil: without end.
        var most: Int?
        var manner: Manner
    }

    /// What must hold at a place.
    enum Assertion {
        case textStart, textEnd, textEndOrLastLineEnd, lineStart, lineEnd, wordBoundary, notWordBoundary
    }

    case empty
    case character(CodePointSet)
    case sequence([RegularExpressionNode])
    case alternation([RegularExpressionNode])
    case repetition(RegularExpressionNode, Repetition)
    case atomic(RegularExpressionNode)
    case assertion(Assertion)
    case lookahead(RegularExpressionNode, negated: Bool)
    case lookbehind(RegularExpressionNode, negated: Bool)

    /// Whether it can match without a character.
    var isNullable: Bool {
        switch self {
        case .empty, .assertion, .lookahead, .lookbehind: true
        case .character: false
        case .sequence(let parts): parts.allSatisfy(\.isNullable)
        case .alternation(let parts): parts.contains(where: \.isNullable)
        case .repetition(let body, let repetition): repetition.least == 0 || body.isNullable
        case .atomic(let body): body.isNullable
        }
    }

    /// The number of characters it takes, where that is always the same.
    var fixedLength: Int? {
        switch self {
        case .empty, .assertion, .lookahead, .lookbehind: return 0
        case .character: return 1
        case .sequence(let parts):
            var sum = 0
            for part in parts {
                guard let length = part.fixedLength else { return nil }
                sum += length
            }
            return sum
        case .alternation(let parts):
            guard let first = parts.first?.fixedLength else { return nil }
            return parts.allSatisfy { $0.fixedLength == first } ? first : nil
        case .repetition(let body, let repetition):
            guard repetition.least == repetition.most, let length = body.fixedLength else { return nil }
            return repetition.least * length
        case .atomic(let body): return body.fixedLength
        }
    }
}
