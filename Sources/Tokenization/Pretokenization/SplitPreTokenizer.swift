/// Splits at what a string or a regular expression finds.
struct SplitPreTokenizer: PreTokenizer {
    let pattern: TextPattern
    let behavior: SplitBehavior
    let isInverted: Bool

    var summary: String { "split \(pattern.summary) \(behavior.rawValue)\(isInverted ? " inverted" : "")" }

    func apply(to text: inout TextPieces) {
        text.split(behavior, inverted: isInverted) { pattern.forEachMatch($0, $1) }
    }
}
