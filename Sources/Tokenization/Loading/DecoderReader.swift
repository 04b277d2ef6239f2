import Files

/// Reads the decoder of a `tokenizer.json`.
enum DecoderReader {
    private static let known =
        "ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace, BPEDecoder or WordPiece, or a Sequence of these"

    static func read(_ component: PlacedElement?) throws -> TextDecoding {
        guard let component else { return .stepwise([SpacedDecoding()]) }
        var elements: [PlacedElement] = []
        try component.flatten("decoders", &elements)
        let steps = try elements.map(step)
        return steps.count == 1 && steps[0] is ByteLevelDecoding ? .byteLevel : .stepwise(steps)
    }

    private static func step(_ step: PlacedElement) throws -> any DecodingStep {
        let type = try step.string("type")
        switch type {
        case "ByteLevel": return ByteLevelDecoding()
        case "ByteFallback": return ByteFallbackDecoding()
        case "Fuse": return FuseDecoding()
        case "Strip":
            let character = try step.string("content")
            guard character.unicodeScalars.count == 1 else { throw step.malformed("a content of one character") }
            return StripDecoding(
                character: Array(character.utf8), start: try step.count("start", 0), stop: try step.count("stop", 0))
        case "Replace":
            return ReplaceDecoding(try TextPattern.read(in: step), content: Array(try step.string("content").utf8))
        case "Metaspace":
            let (sign, prefix) = try MetaspaceSettings.read(step)
            return MetaspaceDecoding(sign: sign, dropsInFirst: prefix != .never)
        case "BPEDecoder":
            return SuffixDecoding(suffix: Array((try step.optionalString("suffix") ?? "</w>").utf8))
        case "WordPiece":
            return WordPieceDecoding(
                prefix: Array((try step.optionalString("prefix") ?? "##").utf8),
                cleansUp: try step.bool("cleanup", true))
        default: throw step.unsupported(type, known)
        }
    }
}
