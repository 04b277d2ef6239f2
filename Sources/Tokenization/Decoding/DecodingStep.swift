/// Some text on its way through the decoders.
struct DecodedText {
    var bytes: [UInt8]
    /// The token that it was, before the first step.
    var id: UInt32?
    /// Whether what comes next is another token.
    var endsToken = true
}

/// One step from the written forms of tokens to a text, fed token by token: the same whether a text is decoded at once or while
/// it is being made. What a step emits is whole characters.
protocol DecodingStep: Sendable {
    /// What it does and with what, for people.
    var summary: String { get }

    /// Takes the next text and appends what is certain.
    mutating func take(_ text: DecodedText, into out: inout [DecodedText])

    /// Appends what was kept back.
    mutating func finish(into out: inout [DecodedText])
}

extension DecodingStep {
    mutating func finish(into out: inout [DecodedText]) {}
}

/// A step that needs a token whole.
struct WholeToken: Sendable {
    private var kept: [UInt8] = []

    /// The whole token, once its end is there.
    mutating func take(_ text: DecodedText) -> [UInt8]? {
        kept += text.bytes
        guard text.endsToken else { return nil }
        defer { kept = [] }
        return kept
    }
}
