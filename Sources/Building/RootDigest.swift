public import Files

/// The digest of what a corpus says: recipe's meaning, blocks, documents, rejections; not of how it is compressed.
public enum RootDigest {
    /// - Parameters:
    ///   - recipe: the recipe's meaning.
    ///   - shards: split and SHA-256 of the content of every shard, in order.
    ///   - parts: the files of `documents/` in order, then the one of `rejected/`.
    public static func hexadecimal(
        recipe: JSONValue, shards: [(split: Split, content: String)], parts: [Manifest.DocumentPart]
    ) -> String {
        var digest = SHA256Digest()
        digest.update(recipe.text())
        for shard in shards {
            digest.update(shard.split.rawValue)
            digest.update(shard.content)
        }
        for part in parts { digest.update(part.sha256) }
        return digest.hexadecimal()
    }
}
