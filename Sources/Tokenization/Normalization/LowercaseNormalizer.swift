/// Lower case, each character on its own: Σ is σ wherever it stands.
struct LowercaseNormalizer: CharacterNormalizer {
    private static let mappings: [UInt32: [UInt32]] = {
        var mappings: [UInt32: [UInt32]] = [:]
        UnicodeWords.forEachMapping(UnicodePropertyData.lowercased) { mappings[$0] = $1 }
        return mappings
    }()

    var summary: String { "lowercase" }

    func append(_ codePoint: UInt32, to out: inout [UInt8]) -> Bool {
        guard let lower = LowercaseNormalizer.mappings[codePoint] else { return false }
        for codePoint in lower { UTF8Decoding.append(codePoint, to: &out) }
        return true
    }
}
