/// What becomes of control tokens that are written out in a text.
///
/// Control tokens are the added tokens that the file marks as special, and those written like markup (`<tool_call>`,
/// `[INST]`). Other added tokens (runs of spaces, words added to a vocabulary) are pieces of text and always recognised.
public enum SpecialTokenPolicy: String, Sendable, CaseIterable {
    /// They are text like any other, and counted: a document cannot inject an end of text.
    case ordinary
    /// They become their ids, as in `tokenizers` and `transformers`.
    case recognise
    /// The text is refused with `TokenizerFailure.specialTokenInText`.
    case reject
}
