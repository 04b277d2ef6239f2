/// One step of splitting a text into the pieces that merges work in.
protocol PreTokenizer: Sendable {
    /// What it does and with what, for people and for the digest of the tokenizer: different steps, different texts.
    var summary: String { get }

    /// Splits and rewrites the pieces.
    func apply(to text: inout TextPieces)
}
