import Files

/// A precompiled character map as `tokenizers` applies it: to whole grapheme clusters of less than six bytes first, of which
/// the shortest key that the cluster begins with replaces all, else to each of its characters.
struct PrecompiledNormalizer: Normalizer {
    let map: CharacterMap

    var summary: String {
        var digest = SHA256Digest()
        digest.update(map.content)
        return "precompiled \(digest.hexadecimal().prefix(16))"
    }

    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        for cluster in String(decoding: text, as: UTF8.self) {
            let bytes = Array(cluster.utf8)
            if bytes.count < 6, append(bytes, to: &out) { continue }
            for scalar in cluster.unicodeScalars {
                let part = Array(scalar.utf8)
                if !append(part, to: &out) { out += part }
            }
        }
    }

    private func append(_ part: [UInt8], to out: inout [UInt8]) -> Bool {
        var found: Int?
        part.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            map.forEachPrefix(base, 0..<bytes.count) { _, replacement in
                found = replacement
                return false
            }
        }
        guard let found else { return false }
        out += map.replacement(found)
        return true
    }
}
