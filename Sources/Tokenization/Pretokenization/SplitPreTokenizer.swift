/// Splits at what a string or a regular expression finds.
struct SplitPreTokenizer: PreTokenizer {
    let pattern: TextPattern
    let behavior: SplitBehavior
    let isInverted: Bool
    /// What its expression may take; nil: whatever it needs.
    var memory: ExpressionMemory?

    var summary: String { "split \(pattern.summary) \(behavior.rawValue)\(isInverted ? " inverted" : "")" }

    func apply(to text: inout TextPieces) {
        text.split(behavior, inverted: isInverted) { pattern.forEachMatch($0, within: memory, $1) }
    }
}
