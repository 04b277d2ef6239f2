import Parallel

/// A context-free grammar compiled into flat arrays: expanding a rule is a walk over integers and copies of bytes.
///
/// A line of the source is `name: alternative | alternative`; `{x}` in an alternative is another rule or, where no rule has
/// that name, a slot that the document fills. Rules may not be recursive.
final class Grammar: Sendable {
    /// What a document puts in.
    enum Slot: Int, CaseIterable {
        case noun, adjective, verb, participle, adverb, unit, count, amount, clause, specification, reference, message
        case element, timer, state, entity, field, table, procedure
    }

    // An operation is a piece of literal text (bit 31 clear: offset, then length in the next word), a rule or a slot.
    private let operations: [UInt32]
    private let alternativeStarts: [Int32]
    private let ruleStarts: [Int32]
    private let ruleNames: [String]
    private let literals: [UInt8]

    private static let ruleBit: UInt32 = 1 << 31
    private static let slotBit: UInt32 = 1 << 30

    init(_ source: String) {
        var operations: [UInt32] = []
        var alternatives: [Int32] = []
        var rules: [Int32] = []
        var literals: [UInt8] = []
        let lines = source.split(separator: "\n").filter { $0.contains(":") }.map { line -> (String, [Substring]) in
            let colon = line.firstIndex(of: ":")!
            let body = line[line.index(after: colon)...]
            return (String(line[..<colon]), body.split(separator: "|", omittingEmptySubsequences: false))
        }
        let names = lines.map(\.0)
        for (_, bodies) in lines {
            rules.append(Int32(alternatives.count))
            for body in bodies {
                alternatives.append(Int32(operations.count))
                Grammar.compile(String(body.drop { $0 == " " }), names, &operations, &literals)
            }
        }
        alternatives.append(Int32(operations.count))
        rules.append(Int32(alternatives.count - 1))
        self.operations = operations
        self.literals = literals
        alternativeStarts = alternatives
        ruleStarts = rules
        ruleNames = names
    }

    private static func compile(
        _ text: String, _ names: [String], _ operations: inout [UInt32], _ literals: inout [UInt8]
    ) {
        var text = Substring(text)
        while text.last == " " { text.removeLast() }
        while !text.isEmpty {
            if text.first == "{" {
                let end = text.firstIndex(of: "}")!
                let name = String(text[text.index(after: text.startIndex)..<end])
                text = text[text.index(after: end)...]
                if let rule = names.firstIndex(of: name) {
                    operations.append(ruleBit | UInt32(rule))
                } else {
                    guard let slot = Slot.allCases.first(where: { "\($0)" == name }) else {
                        preconditionFailure("the grammar names \(name), which is neither a rule nor a slot")
                    }
                    operations.append(slotBit | UInt32(slot.rawValue))
                }
            } else {
                let end = text.firstIndex(of: "{") ?? text.endIndex
                operations.append(UInt32(literals.count))
                operations.append(UInt32(text[..<end].utf8.count))
                literals += text[..<end].utf8
                text = text[end...]
            }
        }
    }

    /// The number of a rule, for `expand`. The name must be one of the source's.
    func rule(_ name: String) -> Int {
        guard let index = ruleNames.firstIndex(of: name) else { preconditionFailure("the grammar has no rule \(name)") }
        return index
    }

    /// Writes one derivation of `rule`, drawn by `random`.
    func expand(
        _ rule: Int, _ lexicon: borrowing DocumentLexicon, _ random: inout SeededRandom, into out: inout ByteBuffer
    ) {
        let first = Int(ruleStarts[rule])
        let alternative = first + random.nextInt(below: Int(ruleStarts[rule &+ 1]) &- first)
        var index = Int(alternativeStarts[alternative])
        let end = Int(alternativeStarts[alternative &+ 1])
        while index < end {
            let operation = operations[index]
            index &+= 1
            if operation & Grammar.ruleBit != 0 {
                expand(Int(operation & ~Grammar.ruleBit), lexicon, &random, into: &out)
            } else if operation & Grammar.slotBit != 0 {
                lexicon.fill(Int(operation & ~Grammar.slotBit), &random, into: &out)
            } else {
                let length = Int(operations[index])
                index &+= 1
                literals.withUnsafeBufferPointer { out.append($0.baseAddress! + Int(operation), length) }
            }
        }
    }
}
