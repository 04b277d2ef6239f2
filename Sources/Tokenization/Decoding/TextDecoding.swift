/// How ids become a text.
enum TextDecoding: Sendable {
    /// The bytes of the tokens, one after the other.
    case byteLevel
    /// The written forms of the tokens, through these steps.
    case stepwise([any DecodingStep])

    /// The steps, ready to take the first token.
    var steps: [any DecodingStep] {
        switch self {
        case .byteLevel: [ByteLevelDecoding()]
        case .stepwise(let steps): steps
        }
    }

    /// For people.
    var summary: String { steps.map(\.summary).joined(separator: ", ") }
}
