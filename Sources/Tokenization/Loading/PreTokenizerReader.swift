import Files

/// Reads the pre-tokenizer of a `tokenizer.json`: a scanner on bytes where the steps come to one that is known, else the steps.
enum PreTokenizerReader {
    private static let known =
        "ByteLevel, Split, Digits, Metaspace, Whitespace, WhitespaceSplit, Punctuation, CharDelimiterSplit, BertPreTokenizer"

    /// Sets `splitting`, and `characters` to nil where merges then work on bytes.
    static func read(_ component: PlacedElement?, _ definition: inout TokenizerDefinition) throws {
        var elements: [PlacedElement] = []
        try component?.flatten("pretokenizers", &elements)
        var steps = try elements.flatMap(steps)
        let readsBytes = mayReadBytes(definition)
        if readsBytes, let scan = scanner(steps) {
            definition.characters = nil
            definition.splitting = .scanned(scan)
            return
        }
        if readsBytes, var last = steps.last as? ByteLevelPreTokenizer {
            last.writesAlphabet = false
            steps[steps.count - 1] = last
            definition.characters = nil
        }
        definition.splitting = .stepwise(steps)
    }

    /// Characters of the byte alphabet and bytes are the same where nothing is written around them, and where no byte without
    /// a token would fall back to the bytes of its character.
    private static func mayReadBytes(_ definition: TokenizerDefinition) -> Bool {
        guard let rules = definition.characters else { return true }
        guard rules.continuingPrefix.isEmpty, rules.endSuffix.isEmpty else { return false }
        return !rules.fallsBackToBytes || !definition.byteTokens.contains(TokenizerDefinition.noToken)
    }

    /// The scanner that does what all steps do, nil where there is none.
    private static func scanner(_ steps: [any PreTokenizer]) -> Pretokenization? {
        guard let bytes = steps.last as? ByteLevelPreTokenizer else { return nil }
        if steps.count == 1 {
            return Pretokenization(pattern: bytes.usesPattern ? .gpt2 : .whole, addsPrefixSpace: bytes.addsPrefixSpace)
        }
        guard steps.count == 2, !bytes.addsPrefixSpace else { return nil }
        if let digits = steps[0] as? ClassPreTokenizer, bytes.usesPattern {
            guard digits.name == digitsName, digits.behavior == .isolated else { return nil }
            return Pretokenization(pattern: .gpt2, isolatesDigits: true)
        }
        guard let split = steps[0] as? SplitPreTokenizer, !bytes.usesPattern,
            case .known(let pattern, _) = split.pattern
        else { return nil }
        // The known patterns match every character, so keeping the matches and cutting around them are the same.
        let keeps =
            (split.behavior == .isolated && !split.isInverted) || (split.behavior == .removed && split.isInverted)
        return keeps ? Pretokenization(pattern: pattern) : nil
    }

    private static let digitsName = "digits"

    private static func steps(_ step: PlacedElement) throws -> [any PreTokenizer] {
        let type = try step.string("type")
        switch type {
        case "ByteLevel":
            return [
                ByteLevelPreTokenizer(
                    addsPrefixSpace: try step.bool("add_prefix_space", true),
                    usesPattern: try step.bool("use_regex", true))
            ]
        case "Split":
            return [
                SplitPreTokenizer(
                    pattern: try TextPattern.read(in: step), behavior: try behavior(step),
                    isInverted: try step.bool("invert", false))
            ]
        case "Digits":
            let isolates = try step.bool("individual_digits", false)
            return [
                ClassPreTokenizer(
                    name: digitsName, test: ClassPreTokenizer.digits, behavior: isolates ? .isolated : .contiguous)
            ]
        case "Metaspace": return [try metaspace(step)]
        case "Whitespace": return [WordPreTokenizer()]
        case "WhitespaceSplit": return [whiteSpace]
        case "Punctuation":
            let behavior = step.optional("behavior") == nil ? .isolated : try behavior(step)
            return [ClassPreTokenizer(name: "punctuation", test: ClassPreTokenizer.punctuation, behavior: behavior)]
        case "CharDelimiterSplit":
            let delimiter = try step.string("delimiter").unicodeScalars.map(\.value)
            guard delimiter.count == 1 else { throw step.malformed("a delimiter of one character") }
            return [
                ClassPreTokenizer(
                    name: "delimiter \(delimiter[0])", test: CharacterTest(CodePointSet(delimiter[0])),
                    behavior: .removed)
            ]
        case "BertPreTokenizer":
            return [
                whiteSpace,
                ClassPreTokenizer(name: "punctuation", test: ClassPreTokenizer.punctuation, behavior: .isolated),
            ]
        default: throw step.unsupported(type, known)
        }
    }

    private static var whiteSpace: ClassPreTokenizer {
        ClassPreTokenizer(name: "white-space", test: ClassPreTokenizer.whiteSpace, behavior: .removed)
    }

    private static func behavior(_ step: PlacedElement) throws -> SplitBehavior {
        let name = try step.string("behavior")
        guard let behavior = SplitBehavior(rawValue: name) else {
            throw step.unsupported(
                "behavior \(name)", SplitBehavior.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return behavior
    }

    private static func metaspace(_ step: PlacedElement) throws -> MetaspacePreTokenizer {
        let (sign, prefix) = try MetaspaceSettings.read(step)
        return MetaspacePreTokenizer(sign: sign, prefix: prefix, splits: try step.bool("split", true))
    }
}
