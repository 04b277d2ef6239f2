/// Why a regular expression is not understood.
struct RegularExpressionFailure: Error, Equatable {
    /// The character of the expression, from 0.
    var place: Int
    var found: String
}
