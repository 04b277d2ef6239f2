/// What a file without a decoder means: the tokens with spaces between.
struct SpacedDecoding: DecodingStep {
    private var isFirst = true

    var summary: String { "tokens with spaces between" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        var text = text
        if !isFirst { text.bytes.insert(0x20, at: 0) }
        isFirst = false
        out.append(text)
    }
}
