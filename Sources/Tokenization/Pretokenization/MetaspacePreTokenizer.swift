/// Writes spaces as a sign of their own, puts one before the text, and splits before each.
struct MetaspacePreTokenizer: PreTokenizer {
    enum Prefix: String, Sendable { case always, first, never }
    /// UTF-8 of one character, usually ▁.
    let sign: [UInt8]
    let prefix: Prefix
    let splits: Bool

    var summary: String {
        "metaspace \(String(decoding: sign, as: UTF8.self)) prefix \(prefix.rawValue)\(splits ? " split" : "")"
    }

    func apply(to text: inout TextPieces) {
        text.rewrite { piece, beginsText, out in
            let needsPrefix = prefix == .always || (prefix == .first && beginsText)
            if needsPrefix, piece.first != 0x20, !piece.starts(with: sign) { out += sign }
            for byte in piece {
                if byte == 0x20 { out += sign } else { out.append(byte) }
            }
        }
        if splits { text.split(.mergedWithNext) { TextPattern.string(sign).forEachMatch($0, $1) } }
    }
}
