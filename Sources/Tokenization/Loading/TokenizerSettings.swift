import Files

/// What `tokenizer_config.json` and `special_tokens_map.json` say beside a tokenizer: the tokens that begin and end a text,
/// and the added tokens that `vocab.json` and `merges.txt` cannot carry.
struct TokenizerSettings {
    /// A token that the files name, or declare not to be there.
    enum Choice: Equatable { case unnamed, none, token(String) }
    var beginning = Choice.unnamed
    var end = Choice.unnamed
    var addedTokens: [AddedToken] = []
    var addsPrefixSpace = false

    /// Names that well-known families use, tried in this order.
    private static let beginnings = ["<|begin_of_text|>", "<s>", "<bos>", "<|startoftext|>", "<|endoftext|>"]
    private static let ends = ["<|end_of_text|>", "</s>", "<eos>", "<|endoftext|>"]

    /// Reads what stands beside `path`.
    static func read(beside path: String) throws -> TokenizerSettings {
        var settings = TokenizerSettings()
        let folder = PathText.folder(of: path)
        for name in ["special_tokens_map.json", "tokenizer_config.json"] {
            let file = PathText.join(folder, name)
            guard Folder.exists(file) else { continue }
            let bytes = try FileByteStream(file).readAll(limit: 1 << 28)
            try JSONParser().parse(bytes, name: file) { root in
                try settings.take(PlacedElement(element: root, path: file, place: ""))
            }
        }
        let file = PathText.join(folder, "added_tokens.json")
        if Folder.exists(file) {
            let bytes = try FileByteStream(file).readAll(limit: 1 << 28)
            try JSONParser().parse(bytes, name: file) { root in try settings.takeAdded(root, file) }
        }
        return settings
    }

    private mutating func take(_ root: PlacedElement) throws {
        _ = try root.expecting(.object, "an object")
        beginning = try choice(root, "bos_token") ?? beginning
        end = try choice(root, "eos_token") ?? end
        addsPrefixSpace = try root.bool("add_prefix_space", addsPrefixSpace)
        guard let decoder = root.optional("added_tokens_decoder") else { return }
        _ = try decoder.expecting(.object, "an object")
        try decoder.element.forEachMember { key, value in
            let place = "added_tokens_decoder.\(String(decoding: key, as: UTF8.self))"
            let member = PlacedElement(element: value, path: root.path, place: place)
            guard let id = UInt32(String(decoding: key, as: UTF8.self)) else {
                throw member.malformed("an id as its key")
            }
            addedTokens.append(try TokenizerJSON.addedToken(member, id: id))
        }
    }

    private mutating func takeAdded(_ root: JSONElement, _ file: String) throws {
        try root.forEachMember { key, value in
            let name = String(decoding: key, as: UTF8.self)
            let member = PlacedElement(element: value, path: file, place: name)
            guard let id = value.int.flatMap({ UInt32(exactly: $0) }) else { throw member.malformed("an id") }
            if !addedTokens.contains(where: { $0.id == id }) { addedTokens.append(AddedToken(content: name, id: id)) }
        }
    }

    private func choice(_ root: PlacedElement, _ key: StaticString) throws -> Choice? {
        guard let member = root.element[key] else { return nil }
        switch member.kind {
        case .null: return Choice.none
        case .string: return .token(member.string ?? "")
        case .object:
            let placed = PlacedElement(element: member, path: root.path, place: "\(key)")
            return .token(try placed.string("content"))
        default: throw PlacedElement(element: member, path: root.path, place: "\(key)").malformed("a string")
        }
    }

    /// Sets the tokens that begin and end a text: the named ones, else well-known ones among the added tokens.
    func chooseEnds(_ definition: inout TokenizerDefinition) {
        definition.beginningOfText = id(beginning, TokenizerSettings.beginnings, definition)
        definition.endOfText = id(end, TokenizerSettings.ends, definition)
    }

    private func id(_ choice: Choice, _ known: [String], _ definition: TokenizerDefinition) -> UInt32? {
        switch choice {
        case .none: return nil
        case .token(let name): return definition.names.id(of: name)
        case .unnamed:
            // Special ones only: Gemma has the tag <s> among its words.
            let added = Set(definition.addedTokens.filter(\.isSpecial).map(\.content))
            return known.first { added.contains($0) }.flatMap { definition.names.id(of: $0) }
        }
    }
}
