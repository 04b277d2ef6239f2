/// Makes one token of all.
struct FuseDecoding: DecodingStep {
    var summary: String { "fuse" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        if !text.bytes.isEmpty { out.append(DecodedText(bytes: text.bytes, endsToken: false)) }
    }

    mutating func finish(into out: inout [DecodedText]) { out.append(DecodedText(bytes: [])) }
}
