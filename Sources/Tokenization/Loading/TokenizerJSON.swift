import Files
import Glibc

/// Reads `tokenizer.json` of Hugging Face `tokenizers`.
enum TokenizerJSON {
    /// nil where the object is a vocabulary: tokens and their ids.
    static func read(_ path: String, _ bytes: [UInt8]) throws -> TokenizerDefinition? {
        try JSONParser().parse(bytes, name: path) { root in
            if isVocabulary(root) { return nil }
            let root = try PlacedElement(element: root, path: path, place: "").expecting(.object, "an object")
            let model = try root.object("model")
            try refuseOtherModels(model)
            var definition = try readModel(model)
            definition.normalizers.steps = try NormalizerReader.read(root.optional("normalizer"))
            try PreTokenizerReader.read(root.optional("pre_tokenizer"), &definition)
            definition.decoding = try DecoderReader.read(root.optional("decoder"))
            try readAddedTokens(root, &definition)
            try PostProcessorReader.read(root.optional("post_processor"), &definition)
            return definition
        }
    }

    /// A vocabulary maps strings to numbers; a tokenizer.json has objects below it.
    static func isVocabulary(_ root: JSONElement) -> Bool {
        var isVocabulary = root.count > 0
        root.forEachMember { _, value in isVocabulary = isVocabulary && value.kind == .integer }
        return isVocabulary
    }

    private static func refuseOtherModels(_ model: PlacedElement) throws {
        let type = try model.optionalString("type")
        if let type, type != "BPE" {
            throw TokenizerFailure.unsupported(
                path: model.path, place: "model.type", found: type, supported: "BPE")
        }
        // Files of old versions name no type: a BPE is what has merges.
        if type == nil, model.optional("merges") == nil {
            throw TokenizerFailure.malformed(path: model.path, place: "model.type", expected: "BPE", found: "none")
        }
    }

    private static func readModel(_ model: PlacedElement) throws -> TokenizerDefinition {
        var characters = CharacterSymbols.Rules()
        characters.continuingPrefix = Array((try model.optionalString("continuing_subword_prefix") ?? "").utf8)
        characters.endSuffix = Array((try model.optionalString("end_of_word_suffix") ?? "").utf8)
        characters.fallsBackToBytes = try model.bool("byte_fallback", false)
        if let dropout = model.optional("dropout"), dropout.element.double != 0 {
            throw dropout.unsupported(PlacedElement.name(of: dropout.element), "null: the same text has the same ids")
        }
        var reader = try ModelReader(vocabulary: model.object("vocab"))
        let merges = try model.array("merges")
        reader.expectMerges(merges.element.count)
        let prefix = characters.continuingPrefix.count
        let place: (Int) -> String = { "model.merges[\($0)]" }
        try merges.element.forEachTextBatch { items in
            for item in items {
                guard let (left, right) = parts(of: item) else {
                    // What is wrong before this one is said first.
                    try reader.finishMerges(droppingFirst: prefix, path: model.path, place: place)
                    throw notTwo(merges, number: reader.mergeCount)
                }
                try reader.merge(left, right, droppingFirst: prefix, path: model.path, place: place)
            }
        }
        try reader.finishMerges(droppingFirst: prefix, path: model.path, place: place)
        var definition = reader.definition()
        definition.characters = characters
        definition.ignoresMerges = try model.bool("ignore_merges", false)
        definition.fusesUnknown = try model.bool("fuse_unk", false)
        if let unknown = try model.optionalString("unk_token") {
            definition.unknownToken = definition.names.id(of: unknown)
        }
        return definition
    }

    /// The two tokens of a merge, written as `"a b"` or as `["a", "b"]`.
    @inline(__always)
    private static func parts(of item: JSONTextItem) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer)? {
        guard let first = item.first else { return nil }
        if let second = item.second {
            return (
                UnsafeRawBufferPointer(start: first, count: item.firstCount),
                UnsafeRawBufferPointer(start: second, count: item.secondCount)
            )
        }
        guard let space = memchr(first, 0x20, item.firstCount) else { return nil }
        let count = UnsafeRawPointer(space) - first
        let right = UnsafeRawBufferPointer(start: first + (count + 1), count: item.firstCount - count - 1)
        if memchr(first + (count + 1), 0x20, right.count) != nil { return nil }
        return (UnsafeRawBufferPointer(start: first, count: count), right)
    }

    /// The failure that an item of the merges is none.
    private static func notTwo(_ merges: PlacedElement, number: Int) -> TokenizerFailure {
        var failure = merges.malformed("two tokens")
        var index = 0
        merges.element.forEachItem { item in
            if index == number {
                failure = .malformed(
                    path: merges.path, place: "\(merges.place)[\(index)]", expected: "two tokens",
                    found: PlacedElement.name(of: item))
            }
            index += 1
        }
        return failure
    }

    private static func readAddedTokens(_ root: PlacedElement, _ definition: inout TokenizerDefinition) throws {
        guard let list = root.optional("added_tokens") else { return }
        var tokens: [AddedToken] = []
        try list.expecting(.array, "an array").forEachItem { item in
            let id = try item.required("id", "an id")
            guard let number = id.element.int, let value = UInt32(exactly: number) else { throw id.malformed("an id") }
            tokens.append(try addedToken(item, id: value))
        }
        try definition.add(tokens, path: root.path) { "added_tokens[\($0)]" }
    }

    /// One added token with its flags.
    static func addedToken(_ item: PlacedElement, id: UInt32) throws -> AddedToken {
        let isSpecial = try item.bool("special", false)
        return AddedToken(
            content: try item.string("content"), id: id, isSpecial: isSpecial,
            isSingleWord: try item.bool("single_word", false), stripsLeft: try item.bool("lstrip", false),
            stripsRight: try item.bool("rstrip", false), isNormalized: try item.bool("normalized", !isSpecial))
    }
}
