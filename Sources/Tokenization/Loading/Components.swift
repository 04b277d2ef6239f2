import Files

/// Reads the parts of `tokenizer.json` around the model; what is not known is refused by its name and place.
enum Components {
    private static let splitters = "ByteLevel, Digits with individual_digits before it, or a known Split before it"

    /// The split patterns that have a scanner, as they are written in files.
    private static let patterns: [String: Pretokenization.Pattern] = [
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#:
            .qwen2,
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#:
            .llama3,
    ]

    /// The pattern as it is written in files; nil for `whole`.
    static func text(of pattern: Pretokenization.Pattern) -> String? {
        patterns.first { $0.value == pattern }?.key
    }

    static func normalization(_ component: PlacedElement?) throws -> Normalization {
        guard let component else { return .none }
        let type = try component.string("type")
        switch type {
        case "NFC": return .nfc
        case "Sequence":
            var result = Normalization.none
            try component.array("normalizers").forEachItem { if try normalization($0) == .nfc { result = .nfc } }
            return result
        default: throw component.unsupported(type, "NFC or none")
        }
    }

    static func pretokenization(_ component: PlacedElement?, _ root: PlacedElement) throws -> Pretokenization {
        guard let component else {
            throw TokenizerFailure.malformed(
                path: root.path, place: "pre_tokenizer", expected: splitters, found: "none")
        }
        var steps: [PlacedElement] = []
        try flatten(component, "pretokenizers", &steps)
        var result = Pretokenization()
        var pattern: Pretokenization.Pattern?
        var isByteLevel = false
        for (index, step) in steps.enumerated() {
            let type = try step.string("type")
            switch type {
            case "Digits" where index == 0:
                guard try step.bool("individual_digits", false) else {
                    throw step.unsupported("Digits without individual_digits", splitters)
                }
                result.isolatesDigits = true
            case "Split" where pattern == nil && !isByteLevel: pattern = try splitPattern(step)
            case "ByteLevel" where !isByteLevel:
                isByteLevel = true
                result.addsPrefixSpace = try step.bool("add_prefix_space", true)
                if result.addsPrefixSpace, steps.count > 1 {
                    throw step.unsupported("add_prefix_space after another splitter", "false")
                }
                if try step.bool("use_regex", true) {
                    if pattern != nil { throw step.unsupported("use_regex after a Split", "false") }
                    pattern = .gpt2
                }
            default: throw step.unsupported(type, splitters)
            }
        }
        guard isByteLevel else { throw component.unsupported("no ByteLevel", splitters) }
        result.pattern = pattern ?? .whole
        if result.isolatesDigits, result.pattern != .gpt2 {
            throw component.unsupported("Digits before a Split", splitters)
        }
        return result
    }

    private static func flatten(_ component: PlacedElement, _ key: StaticString, _ out: inout [PlacedElement]) throws {
        if try component.string("type") != "Sequence" {
            out.append(component)
        } else {
            try component.array(key).forEachItem { try flatten($0, key, &out) }
        }
    }

    private static func splitPattern(_ step: PlacedElement) throws -> Pretokenization.Pattern {
        let pattern = try step.object("pattern")
        guard let text = try pattern.optionalString("Regex") else {
            throw pattern.unsupported("a pattern that is no Regex", "a known Regex")
        }
        guard let known = patterns[text] else {
            throw pattern.unsupported("the Regex \(text)", "one of the patterns of GPT-2, Qwen2 and Llama 3")
        }
        let behavior = try step.string("behavior")
        let inverts = try step.bool("invert", false)
        // The known patterns match every character, so keeping the matches and cutting around them are the same.
        guard (behavior == "Isolated" && !inverts) || (behavior == "Removed" && inverts) else {
            throw step.unsupported("behavior \(behavior), invert \(inverts)", "Isolated, or Removed with invert")
        }
        return known
    }

    static func checkDecoder(_ component: PlacedElement?, _ root: PlacedElement) throws {
        guard let component else {
            throw TokenizerFailure.malformed(path: root.path, place: "decoder", expected: "ByteLevel", found: "none")
        }
        var steps: [PlacedElement] = []
        try flatten(component, "decoders", &steps)
        for step in steps {
            let type = try step.string("type")
            if type != "ByteLevel" || steps.count > 1 { throw step.unsupported(type, "ByteLevel alone") }
        }
    }

    /// The ids that a post-processor puts around a single text.
    static func readTemplate(_ component: PlacedElement?, _ definition: inout TokenizerDefinition) throws {
        guard let component else { return }
        var steps: [PlacedElement] = []
        try flatten(component, "processors", &steps)
        for step in steps {
            let type = try step.string("type")
            switch type {
            case "ByteLevel": break
            case "TemplateProcessing": try readTemplateProcessing(step, &definition)
            case "RobertaProcessing", "BertProcessing":
                definition.templatePrefix.insert(try pairID(step, "cls"), at: 0)
                definition.templateSuffix.append(try pairID(step, "sep"))
            default: throw step.unsupported(type, "ByteLevel, TemplateProcessing, RobertaProcessing or BertProcessing")
            }
        }
    }

    private static func readTemplateProcessing(_ step: PlacedElement, _ definition: inout TokenizerDefinition) throws {
        let known = try step.object("special_tokens")
        var before: [UInt32] = []
        var after: [UInt32] = []
        var hasText = false
        try step.array("single").forEachItem { item in
            if let sequence = item.optional("Sequence") {
                let id = try sequence.string("id")
                if hasText || id != "A" { throw sequence.malformed("the text A once") }
                hasText = true
                return
            }
            let name = try item.object("SpecialToken").string("id")
            guard let token = known.element.member(name) else {
                throw TokenizerFailure.malformed(
                    path: step.path, place: "\(known.place)[\"\(name)\"]", expected: "an object", found: "none")
            }
            let ids = try PlacedElement(element: token, path: step.path, place: "\(known.place)[\"\(name)\"]").array(
                "ids")
            try ids.forEachItem { item in
                guard let id = item.element.int.flatMap({ UInt32(exactly: $0) }), definition.names.contains(id) else {
                    throw item.malformed("the id of a token")
                }
                if hasText { after.append(id) } else { before.append(id) }
            }
        }
        if !hasText { throw step.malformed("a template with the text A") }
        definition.templatePrefix = before + definition.templatePrefix
        definition.templateSuffix += after
    }

    private static func pairID(_ step: PlacedElement, _ key: StaticString) throws -> UInt32 {
        let pair = try step.array(key)
        var id: UInt32?
        pair.element.forEachItem { id = $0.int.flatMap { UInt32(exactly: $0) } ?? id }
        guard let id, pair.element.count == 2 else { throw pair.malformed("a token and its id") }
        return id
    }
}
