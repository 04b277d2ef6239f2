/// What an expression does around a space, or a sign that stands for one, behind an ASCII letter or digit: whether a text can be cut
/// between the two.
///
/// Over such a place no match reaches, and nothing that is tried on the way looks over it, if no element that can take the letter
/// may stand right before one that can take the space or asks what is there. Which elements follow each other is read off the
/// expression without running it; loops and alternatives are taken for possible whatever surrounds them.
struct SpaceBorder {
    /// By ASCII code: a letter or digit that nothing joins to a space behind it.
    let allows: [Bool]
    /// Some match always begins at a space where none before reaches over it.
    let beginsMatch: Bool

    /// nil where nothing can be said: the expression looks back, asks for the beginning of a text or of words, looks ahead by more
    /// than a character, or matches without one.
    init?(_ expression: RegularExpression, space: UInt32 = 0x20) {
        guard let node = try? RegularExpressionParser.parse(expression.source, expression.flavour), !node.isNullable
        else { return nil }
        var scan = Scan(space: space)
        _ = scan.reach(of: node)
        guard scan.isKnown else { return nil }
        allows = scan.isJoined.map { !$0 }
        beginsMatch = SpaceBorder.alwaysTakes(space, node)
    }

    /// Whether a branch is nothing but a set with the space in it, perhaps repeated.
    private static func alwaysTakes(_ space: UInt32, _ node: RegularExpressionNode) -> Bool {
        switch node {
        case .character(let set): set.contains(space)
        case .alternation(let parts): parts.contains { alwaysTakes(space, $0) }
        case .sequence(let parts): parts.count == 1 && alwaysTakes(space, parts[0])
        case .repetition(.character(let set), let repetition): repetition.least == 1 && set.contains(space)
        default: false
        }
    }

    /// How a part of an expression begins and ends.
    private struct Reach {
        var isNullable = true
        /// It can take a space first, or ask whether one or the end of the text is there.
        var beginsAtSpace = false
        /// By ASCII code: what it can take last.
        var lasts = [Bool](repeating: false, count: 128)
    }

    private struct Scan {
        let space: UInt32
        var isKnown = true
        /// By ASCII code: what may stand before a space, or before a question for it.
        var isJoined = [Bool](repeating: false, count: 128)

        mutating func reach(of node: RegularExpressionNode) -> Reach {
            switch node {
            case .empty: return Reach()
            case .character(let set): return reach(of: set)
            case .sequence(let parts):
                var whole = Reach()
                for part in parts {
                    let next = reach(of: part)
                    join(whole, next)
                    whole.beginsAtSpace = whole.beginsAtSpace || (whole.isNullable && next.beginsAtSpace)
                    whole.lasts = next.isNullable ? union(whole.lasts, next.lasts) : next.lasts
                    whole.isNullable = whole.isNullable && next.isNullable
                }
                return whole
            case .alternation(let parts):
                var whole = Reach()
                whole.isNullable = parts.isEmpty
                for part in parts {
                    let one = reach(of: part)
                    whole.isNullable = whole.isNullable || one.isNullable
                    whole.beginsAtSpace = whole.beginsAtSpace || one.beginsAtSpace
                    whole.lasts = union(whole.lasts, one.lasts)
                }
                return whole
            case .repetition(let body, let repetition):
                var whole = reach(of: body)
                if repetition.most ?? 2 > 1 { join(whole, whole) }
                whole.isNullable = whole.isNullable || repetition.least == 0
                return whole
            case .atomic(let body): return reach(of: body)
            case .lookahead(let body, _):
                guard let set = SpaceBorder.onlySet(body) else {
                    isKnown = false
                    return Reach()
                }
                // A set without the space says the same before a space and at the end of a text.
                return Reach(beginsAtSpace: set.contains(space))
            case .assertion(let assertion):
                switch assertion {
                case .textEnd, .textEndOrLastLineEnd, .lineEnd: return Reach(beginsAtSpace: true)
                case .textStart, .lineStart, .wordBoundary, .notWordBoundary:
                    isKnown = false
                    return Reach()
                }
            case .lookbehind:
                isKnown = false
                return Reach()
            }
        }

        private func reach(of set: CodePointSet) -> Reach {
            var reach = Reach(isNullable: false, beginsAtSpace: set.contains(space))
            for code in 0..<128 { reach.lasts[code] = set.contains(UInt32(code)) }
            return reach
        }

        private mutating func join(_ left: Reach, _ right: Reach) {
            if right.beginsAtSpace { isJoined = union(isJoined, left.lasts) }
        }

        private func union(_ one: [Bool], _ other: [Bool]) -> [Bool] { zip(one, other).map { $0 || $1 } }
    }

    private static func onlySet(_ node: RegularExpressionNode) -> CodePointSet? {
        switch node {
        case .character(let set): set
        case .sequence(let parts): parts.count == 1 ? onlySet(parts[0]) : nil
        default: nil
        }
    }
}
