import Files

/// Finds out what tokenizer files a path means, by their content.
enum TokenizerFiles {
    /// Larger tokenizer files are refused.
    private static let limit = 1 << 30

    /// What a file turns out to be.
    enum Kind {
        case tokenizerJSON, vocabulary, merges, ranks, sentencePiece
    }

    static func load(_ path: String) throws -> Tokenizer {
        if Folder.isFolder(path) { return try loadFolder(path) }
        let bytes = try read(path)
        let folder = PathText.folder(of: path)
        if let tokenizer = try loadTokenizerJSON(path, bytes) { return tokenizer }
        switch try kind(of: bytes, path) {
        case .tokenizerJSON, .vocabulary:
            guard let merges = try find(.merges, in: folder, names: mergesNames) else {
                throw TokenizerFailure.noTokenizer(path: path, looked: "merges.txt beside this vocabulary")
            }
            return try loadPair((path, bytes), merges)
        case .merges:
            guard let vocabulary = try find(.vocabulary, in: folder, names: vocabularyNames) else {
                throw TokenizerFailure.noTokenizer(path: path, looked: "vocab.json beside these merges")
            }
            return try loadPair(vocabulary, (path, bytes))
        case .ranks: return try finish(try TiktokenRanks.read(path, bytes), path)
        case .sentencePiece: return try finish(try SentencePieceModel.read(path, bytes), path)
        }
    }

    private static let vocabularyNames = ["vocab.json", "encoder.json"]
    private static let mergesNames = ["merges.txt", "vocab.bpe"]

    private static func loadFolder(_ folder: String) throws -> Tokenizer {
        let path = PathText.join(folder, "tokenizer.json")
        if Folder.exists(path) {
            let bytes = try read(path)
            if let tokenizer = try loadTokenizerJSON(path, bytes) { return tokenizer }
            _ = try kind(of: bytes, path)
            throw TokenizerFailure.malformed(
                path: path, place: "model", expected: "an object", found: "a file without it")
        }
        if let vocabulary = try find(.vocabulary, in: folder, names: vocabularyNames),
            let merges = try find(.merges, in: folder, names: mergesNames)
        {
            return try loadPair(vocabulary, merges)
        }
        let others = try Folder.names(in: folder).filter { $0.hasSuffix(".tiktoken") || $0.hasSuffix(".model") }
        for name in others.filter({ $0 == "tokenizer.model" }) + others.sorted(by: precedesInByteOrder) {
            let path = PathText.join(folder, name)
            let bytes = try read(path)
            switch try kind(of: bytes, path) {
            case .ranks: return try finish(try TiktokenRanks.read(path, bytes), path)
            case .sentencePiece: return try finish(try SentencePieceModel.read(path, bytes), path)
            default: break
            }
        }
        throw TokenizerFailure.noTokenizer(
            path: folder, looked: "tokenizer.json, vocab.json and merges.txt, tiktoken ranks, a SentencePiece model")
    }

    private static func find(
        _ wanted: Kind, in folder: String, names: [String]
    ) throws -> (path: String, bytes: [UInt8])? {
        for name in names {
            let path = PathText.join(folder, name)
            if Folder.exists(path) {
                let bytes = try read(path)
                if try kind(of: bytes, path) == wanted { return (path, bytes) }
            }
        }
        return nil
    }

    private static func read(_ path: String) throws -> [UInt8] {
        try FileByteStream(path).readAll(limit: limit, hint: "this is no tokenizer file")
    }

    /// What the bytes are; throws for what they could be but is not supported, and for what they are not.
    static func kind(of bytes: [UInt8], _ path: String) throws -> Kind {
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.count
        guard start < bytes.count else {
            throw TokenizerFailure.malformed(path: path, place: "file", expected: "a tokenizer", found: "an empty file")
        }
        if bytes[start] == UInt8(ascii: "{") {
            return try JSONParser().parse(bytes, name: path) {
                TokenizerJSON.isVocabulary($0) ? .vocabulary : .tokenizerJSON
            }
        }
        let head = bytes[start..<min(bytes.count, start + 4096)]
        if head.starts(with: "#version".utf8) { return .merges }
        let isText = bytes.prefix(4096).allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        if isText, areMerges(head) { return TiktokenRanks.isLikely(bytes) ? .ranks : .merges }
        // A model has bytes that no text has: the types and the scores of its pieces.
        if !isText, SentencePieceModel.isLikely(bytes) { return .sentencePiece }
        let line = String(decoding: head.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(40), as: UTF8.self)
        throw TokenizerFailure.malformed(
            path: path, place: "file",
            expected: "tokenizer.json, vocab.json, merges.txt, tiktoken ranks or a SentencePiece model",
            found: isText ? "a text that begins \"\(line)\"" : "other binary data")
    }

    /// Whether the first lines are two words each: those of merges.txt, or a token and its rank.
    private static func areMerges(_ head: ArraySlice<UInt8>) -> Bool {
        var lines = head.split(separator: 0x0A, maxSplits: 16, omittingEmptySubsequences: false)
        // The last one is cut off, or empty.
        if lines.count > 1 { lines.removeLast() }
        return lines.allSatisfy { line in
            let words = (line.last == 0x0D ? line.dropLast() : line)
                .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            return line.isEmpty || words.count == 2 && !words.contains(where: \.isEmpty)
        }
    }

    /// nil for what is no JSON object, or one that is a vocabulary.
    private static func loadTokenizerJSON(_ path: String, _ bytes: [UInt8]) throws -> Tokenizer? {
        guard bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
        return try TokenizerJSON.read(path, bytes).map { try finish($0, path) }
    }

    private static func loadPair(
        _ vocabulary: (path: String, bytes: [UInt8]), _ merges: (path: String, bytes: [UInt8])
    ) throws -> Tokenizer {
        let settings = try TokenizerSettings.read(beside: vocabulary.path)
        return try finish(try VocabularyAndMerges.read(vocabulary, merges, settings), vocabulary.path)
    }

    /// A tokenizer of what was read, with the tokens that the files beside name for beginning and end.
    private static func finish(_ definition: TokenizerDefinition, _ path: String) throws -> Tokenizer {
        var definition = definition
        try TokenizerSettings.read(beside: path).chooseEnds(&definition)
        return Tokenizer(definition)
    }
}
