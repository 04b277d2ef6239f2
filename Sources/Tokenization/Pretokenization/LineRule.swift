/// Where a piece begins behind a line end, whatever else stands around it, so that what is before and what is behind it can be split
/// alone. The white space that holds the line end goes up to a character that is none.
enum LineRule {
    /// Text is not cut behind a line end with more white space than this.
    static let mostWhiteSpace = 1 << 12

    /// Nowhere is known.
    case none
    /// Before the last white space; `isDigitApart`: before a number behind all of it.
    case beforeLast(isDigitApart: Bool)
    /// Behind the line end where nothing else follows it, else before the last white space; `slashFollows`: a slash may belong to the
    /// line before it.
    case behindEnd(slashFollows: Bool)
}
