import Files

/// Reads the post-processor of a `tokenizer.json`.
enum PostProcessorReader {
    /// The ids that a post-processor puts around a single text.
    static func read(_ component: PlacedElement?, _ definition: inout TokenizerDefinition) throws {
        guard let component else { return }
        var steps: [PlacedElement] = []
        try component.flatten("processors", &steps)
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
