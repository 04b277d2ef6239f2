import Files

/// `tokenizer/` of a corpus: the files its ids come from, so that everything that reads the corpus can decode it.
enum TokenizerFolder {
    private static let companions = [
        "added_tokens.json", "encoding.json", "special_tokens_map.json", "tokenizer_config.json",
    ]
    private static let pairs = [["vocab.json", "merges.txt"], ["encoder.json", "vocab.bpe"]]

    /// The files that belong to a tokenizer, by the name that they have in `tokenizer/`; `path` is a folder, or one file whose companions
    /// stand beside it.
    private static func files(of path: String) throws -> [(from: String, to: String)] {
        let isFolder = Folder.isFolder(path)
        let folder = isFolder ? path : PathText.folder(of: path)
        let own = PathText.name(of: path)
        var files = companions.map { (from: $0, to: $0) }
        if let pair = pairs.first(where: { $0.contains(own) }), !isFolder {
            files += pair.map { ($0, $0) }
        } else if isFolder {
            let others = try Folder.names(in: folder).filter(isRanksOrModel)
            files += (["tokenizer.json"] + pairs.joined() + others).map { ($0, $0) }
        } else if isRanksOrModel(own) {
            files.append((own, own))
        } else {
            files.append((own, "tokenizer.json"))
        }
        return files.map { (PathText.join(folder, $0.from), $0.to) }.filter { Folder.exists($0.from) }
    }

    /// SHA-256 of each file that `copy` would write, by name.
    static func digests(of path: String) throws -> [String: String] {
        var digests: [String: String] = [:]
        for file in try files(of: path) { digests[file.to] = try SHA256Digest.hexadecimal(ofFile: file.from) }
        return digests
    }

    /// Copies the tokenizer's files.
    static func copy(from path: String, to target: String) throws {
        let files = try files(of: path)
        try Folder.remove(target)
        try Folder.create(target)
        for file in files {
            try AtomicFile.write(
                FileByteStream(file.from).readAll(limit: 1 << 30), to: PathText.join(target, file.to))
        }
    }

    /// Writes one file of `tokenizer/` again from where the tokenizer is; returns whether it has that digest there.
    static func restore(_ name: String, sha256: String, from path: String, to target: String) throws -> Bool {
        guard let file = try files(of: path).first(where: { $0.to == name }) else { return false }
        let bytes = try FileByteStream(file.from).readAll(limit: 1 << 30)
        guard SHA256Digest.hexadecimal(of: bytes) == sha256 else { return false }
        try AtomicFile.write(bytes, to: PathText.join(target, name))
        return true
    }

    /// The names that tiktoken ranks and SentencePiece models go by.
    private static func isRanksOrModel(_ name: String) -> Bool {
        name.hasSuffix(".tiktoken") || name.hasSuffix(".model")
    }
}
