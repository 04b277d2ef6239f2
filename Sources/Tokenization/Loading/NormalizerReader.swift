import Files

/// Reads the normaliser of a `tokenizer.json`.
enum NormalizerReader {
    private static let known =
        "NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace, Prepend, Nmt, Precompiled, ByteLevel, BertNormalizer"

    static func read(_ component: PlacedElement?) throws -> [any Normalizer] {
        guard let component else { return [] }
        var steps: [PlacedElement] = []
        try component.flatten("normalizers", &steps)
        return try steps.map(step)
    }

    private static func step(_ step: PlacedElement) throws -> any Normalizer {
        let type = try step.string("type")
        switch type {
        case "NFC": return NormalFormNormalizer(form: .nfc)
        case "NFD": return NormalFormNormalizer(form: .nfd)
        case "NFKC": return NormalFormNormalizer(form: .nfkc)
        case "NFKD": return NormalFormNormalizer(form: .nfkd)
        case "Lowercase": return LowercaseNormalizer()
        case "Strip":
            return StripNormalizer(left: try step.bool("strip_left", true), right: try step.bool("strip_right", true))
        case "StripAccents": return StripAccentsNormalizer()
        case "Nmt": return NmtNormalizer()
        case "ByteLevel": return ByteLevelNormalizer()
        case "Prepend": return PrependNormalizer(prefix: Array(try step.string("prepend").utf8))
        case "Replace":
            return ReplaceNormalizer(
                pattern: try TextPattern.read(in: step), content: Array(try step.string("content").utf8))
        case "BertNormalizer":
            let lowercases = try step.bool("lowercase", true)
            return BertNormalizer(
                cleansText: try step.bool("clean_text", true),
                separatesIdeographs: try step.bool("handle_chinese_chars", true),
                stripsAccents: try step.bool("strip_accents", lowercases), lowercases: lowercases)
        case "Precompiled":
            let text = try step.string("precompiled_charsmap")
            guard let bytes = Base64.decode(Array(text.utf8)), let map = CharacterMap(bytes) else {
                throw step.malformed("a character map in base 64")
            }
            return PrecompiledNormalizer(map: map)
        default: throw step.unsupported(type, known)
        }
    }
}
