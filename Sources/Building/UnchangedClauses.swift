/// What of a version stood in a version before it.
struct UnchangedClauses: Sendable {
    /// The clauses, as ranges of the text.
    let ranges: [Range<Int>]
    /// Whether these are all clauses it has.
    let isAll: Bool
}
