/// A regular expression as instructions for `RegularExpressionMatcher`.
struct RegularExpressionProgram: Sendable {
    /// One step. Numbers are places of instructions, sets, or memo columns.
    enum Instruction: Sendable {
        /// One character of a set.
        case character(set: Int)
        /// Goes on at `first`, and at `second` where that fails.
        case split(first: Int, second: Int, memo: Int)
        case jump(Int)
        /// As many characters of a set as there are, then fewer, unless possessive.
        case run(set: Int, least: Int, most: Int, isPossessive: Bool, memo: Int)
        case assertion(RegularExpressionNode.Assertion)
        /// The body stands right behind and ends with `accept`.
        case atomic(next: Int)
        case lookahead(isNegated: Bool, next: Int)
        /// The body takes exactly `characters`.
        case lookbehind(characters: Int, isNegated: Bool, next: Int)
        case accept
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [CharacterTest] = []
    /// How many columns a memo has: one for each `split` and `run`.
    private(set) var memoCount = 0
    /// Some loop can go round without a character: only a memo ends it.
    private(set) var needsMemo = false
    let words: CharacterTest
    private var knownSets: [CodePointSet] = []
    private static let limit = 50_000

    /// Throws `RegularExpressionFailure` for what is too large and for lookbehinds of any length.
    init(_ node: RegularExpressionNode, _ flavour: RegularExpression.Flavour) throws {
        words = CharacterTest(flavour == .oniguruma ? UnicodeProperty.words : UnicodeProperty.wordsOfRust)
        try add(node)
        instructions.append(.accept)
    }

    private mutating func append(_ instruction: Instruction) throws -> Int {
        if instructions.count >= RegularExpressionProgram.limit {
            throw RegularExpressionFailure(
                place: 0, found: "an expression of more than \(RegularExpressionProgram.limit) steps")
        }
        instructions.append(instruction)
        return instructions.count - 1
    }

    private mutating func add(_ node: RegularExpressionNode) throws {
        switch node {
        case .empty: break
        case .character(let set): _ = try append(.character(set: number(of: set)))
        case .sequence(let parts): for part in parts { try add(part) }
        case .alternation(let parts): try addAlternation(parts)
        case .repetition(let body, let repetition): try addRepetition(body, repetition)
        case .assertion(let assertion): _ = try append(.assertion(assertion))
        case .atomic(let body): try addBody(body) { .atomic(next: $0) }
        case .lookahead(let body, let negated): try addBody(body) { .lookahead(isNegated: negated, next: $0) }
        case .lookbehind(let body, let negated): try addLookbehind(body, negated)
        }
    }

    private mutating func addBody(_ body: RegularExpressionNode, _ make: (Int) -> Instruction) throws {
        let place = try append(.accept)
        try add(body)
        _ = try append(.accept)
        instructions[place] = make(instructions.count)
    }

    /// Alternatives may have different lengths: each looks back on its own.
    private mutating func addLookbehind(_ body: RegularExpressionNode, _ negated: Bool) throws {
        var parts = [body]
        if case .alternation(let alternatives) = body { parts = alternatives }
        if parts.contains(where: { $0.fixedLength == nil }) {
            throw RegularExpressionFailure(place: 0, found: "a lookbehind of no fixed length")
        }
        if negated {
            for part in parts { try addLook(part, isNegated: true) }
        } else if parts.count == 1 {
            try addLook(parts[0], isNegated: false)
        } else {
            try addBranches(parts.count) { program, index in try program.addLook(parts[index], isNegated: false) }
        }
    }

    private mutating func addLook(_ part: RegularExpressionNode, isNegated: Bool) throws {
        let characters = part.fixedLength ?? 0
        try addBody(part) { .lookbehind(characters: characters, isNegated: isNegated, next: $0) }
    }

    private mutating func addAlternation(_ parts: [RegularExpressionNode]) throws {
        try addBranches(parts.count) { program, index in try program.add(parts[index]) }
    }

    private mutating func addBranches(
        _ count: Int, _ branch: (inout RegularExpressionProgram, Int) throws -> Void
    ) throws {
        var jumps: [Int] = []
        for index in 0..<count {
            if index == count - 1 {
                try branch(&self, index)
                continue
            }
            let split = try append(.accept)
            try branch(&self, index)
            jumps.append(try append(.jump(0)))
            instructions[split] = .split(first: split + 1, second: instructions.count, memo: nextMemo())
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func addRepetition(
        _ body: RegularExpressionNode, _ repetition: RegularExpressionNode.Repetition
    ) throws {
        if case .empty = body { return }
        if case .character(let set) = body, repetition.manner != .lazy {
            _ = try append(
                .run(
                    set: number(of: set), least: repetition.least, most: repetition.most ?? Int.max,
                    isPossessive: repetition.manner == .possessive, memo: nextMemo()))
            return
        }
        if repetition.manner == .possessive {
            var greedy = repetition
            greedy.manner = .greedy
            return try addBody(.repetition(body, greedy)) { .atomic(next: $0) }
        }
        let isLazy = repetition.manner == .lazy
        for _ in 0..<repetition.least { try add(body) }
        if let most = repetition.most {
            var splits: [Int] = []
            for _ in repetition.least..<max(most, repetition.least) {
                splits.append(try append(.accept))
                try add(body)
            }
            for split in splits { instructions[split] = choice(split + 1, instructions.count, isLazy) }
            return
        }
        if body.isNullable { needsMemo = true }
        let split = try append(.accept)
        try add(body)
        _ = try append(.jump(split))
        instructions[split] = choice(split + 1, instructions.count, isLazy)
    }

    private mutating func choice(_ body: Int, _ next: Int, _ isLazy: Bool) -> Instruction {
        .split(first: isLazy ? next : body, second: isLazy ? body : next, memo: nextMemo())
    }

    private mutating func nextMemo() -> Int {
        memoCount += 1
        return memoCount - 1
    }

    private mutating func number(of set: CodePointSet) -> Int {
        if let known = knownSets.firstIndex(of: set) { return known }
        knownSets.append(set)
        sets.append(CharacterTest(set))
        return knownSets.count - 1
    }
}

/// A set of characters for fast tests: a bit for each of ASCII, ranges beyond.
struct CharacterTest: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private let set: CodePointSet

    init(_ set: CodePointSet) {
        self.set = set
        for codePoint in UInt32(0)..<64 where set.contains(codePoint) { low |= 1 << UInt64(codePoint) }
        for codePoint in UInt32(64)..<128 where set.contains(codePoint) { high |= 1 << UInt64(codePoint - 64) }
    }

    @inline(__always)
    func contains(_ codePoint: UInt32) -> Bool {
        if codePoint < 64 { return low &>> UInt64(codePoint) & 1 != 0 }
        if codePoint < 128 { return high &>> UInt64(codePoint &- 64) & 1 != 0 }
        return set.contains(codePoint)
    }
}
