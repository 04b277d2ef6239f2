/// Decodes as SentencePiece does: spaces for their sign, nothing for control symbols, a mark for the unknown one, characters
/// for rows of byte tokens; a byte that belongs to none becomes U+FFFD.
struct SentencePieceDecoding: DecodingStep {
    /// What each kind of piece does.
    struct Rules: Sendable {
        var control: Set<UInt32> = []
        var bytes: Set<UInt32> = []
        var unknown: UInt32?
        var unknownText = Array(" ⁇ ".utf8)
        /// The sign at the start of a text is not a space of it.
        var dropsFirstSpace = true
        /// No sign at the start of a text is a space of it, however many there are.
        var dropsLeadingSpaces = true
    }

    let rules: Rules
    private var row: [UInt8] = []
    private var isAtStart = true
    private var hasDroppedSpace = false
    private var isEmpty = true
    private static let sign: [UInt8] = [0xE2, 0x96, 0x81]

    init(_ rules: Rules) { self.rules = rules }

    var summary: String { "sentencepiece" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        let id = text.id ?? UInt32.max
        if rules.bytes.contains(id), let byte = ByteTokens.byte(of: text.bytes) {
            row.append(byte)
            return
        }
        finish(into: &out)
        if hasDroppedSpace || !isEmpty { isAtStart = false }
        hasDroppedSpace = false
        if rules.control.contains(id) { return }
        if id == rules.unknown { return emit(rules.unknownText, into: &out) }
        var piece = text.bytes[...]
        if isAtStart, rules.dropsFirstSpace || rules.dropsLeadingSpaces, piece.starts(with: SentencePieceDecoding.sign)
        {
            piece = piece.dropFirst(3)
            hasDroppedSpace = !rules.dropsLeadingSpaces
        }
        emit(SentencePieceDecoding.bytes(of: Array(piece)), into: &out)
    }

    mutating func finish(into out: inout [DecodedText]) {
        if row.isEmpty { return }
        var decoded: [UInt8] = []
        row.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            var index = 0
            while index < bytes.count {
                let (codePoint, count) = UTF8Decoding.character(base, index, bytes.count)
                if codePoint == UTF8Decoding.broken {
                    decoded += [0xEF, 0xBF, 0xBD]
                } else {
                    decoded += bytes[index..<index + count]
                }
                index += count
            }
        }
        row = []
        emit(decoded, into: &out)
    }

    /// What a piece that is neither control symbol nor byte stands for inside a text.
    static func bytes(of piece: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        piece.withUnsafeBufferPointer {
            ReplaceNormalizer(pattern: .string(sign), content: [0x20]).append($0, to: &decoded)
        }
        return decoded
    }

    private mutating func emit(_ bytes: [UInt8], into out: inout [DecodedText]) {
        if bytes.isEmpty { return }
        isEmpty = false
        out.append(DecodedText(bytes: bytes))
    }
}
