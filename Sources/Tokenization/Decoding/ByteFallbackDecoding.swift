/// Makes characters of rows of byte tokens (`<0xE4>`); a row that is not UTF-8 becomes one U+FFFD for each byte.
struct ByteFallbackDecoding: DecodingStep {
    private var token = WholeToken()
    private var row: [UInt8] = []

    var summary: String { "byte-fallback" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        guard let written = token.take(text) else { return }
        if let byte = ByteTokens.byte(of: written) {
            row.append(byte)
            return
        }
        finish(into: &out)
        out.append(DecodedText(bytes: written))
    }

    mutating func finish(into out: inout [DecodedText]) {
        if row.isEmpty { return }
        if let text = String(validating: row, as: UTF8.self) {
            out.append(DecodedText(bytes: Array(text.utf8)))
        } else {
            for _ in row { out.append(DecodedText(bytes: [0xEF, 0xBF, 0xBD])) }
        }
        row = []
    }
}
