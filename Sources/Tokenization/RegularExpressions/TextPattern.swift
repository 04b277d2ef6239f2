/// What a normaliser, a splitter or a decoder looks for.
enum TextPattern: Sendable {
    /// These bytes, one at least.
    case string([UInt8])
    /// An expression that has a scanner of its own; it matches every character.
    case known(Pretokenization.Pattern, source: String)
    /// Any other expression.
    case expression(RegularExpression)

    /// For the digest and for people.
    var summary: String {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self).debugDescription
        case .known(let pattern, let source): "\(pattern.rawValue) /\(source)/"
        case .expression(let expression): "/\(expression.source)/"
        }
    }

    /// Calls `body` with every match, in order. An expression that needs more than `memory` grants says so there and has no more matches.
    func forEachMatch(
        _ text: UnsafeBufferPointer<UInt8>, within memory: ExpressionMemory? = nil, _ body: (Range<Int>) -> Void
    ) {
        switch self {
        case .string(let wanted): TextPattern.forEach(wanted, text, body)
        case .known(let pattern, _):
            Pretokenization(pattern: pattern).forEachRange(text, body)
        case .expression(let expression):
            if !expression.forEachMatch(text, mostMemory: memory?.limit ?? Int.max, body) {
                memory?.exceeded(expression, bytes: text.count)
            }
        }
    }

    private static func forEach(
        _ wanted: [UInt8], _ text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
    ) {
        guard let first = wanted.first else { return }
        var index = 0
        while index + wanted.count <= text.count {
            if text[index] == first, text[index..<index + wanted.count].elementsEqual(wanted) {
                body(index..<index + wanted.count)
                index += wanted.count
            } else {
                index += 1
            }
        }
    }
}
