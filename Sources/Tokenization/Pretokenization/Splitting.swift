/// How a text becomes pieces.
enum Splitting: Sendable {
    /// By a hand-written scanner on the bytes as they are.
    case scanned(Pretokenization)
    /// Step by step; no step leaves the text whole.
    case stepwise([any PreTokenizer])

    /// For people.
    var summary: String {
        switch self {
        case .scanned(let scan):
            "\(scan.pattern.rawValue)\(scan.isolatesDigits ? ", single digits" : "")\(scan.addsPrefixSpace ? ", prefix space" : "")"
        case .stepwise(let steps): steps.isEmpty ? "none" : steps.map(\.summary).joined(separator: ", ")
        }
    }
}
