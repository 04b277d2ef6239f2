/// Splits at the characters of a class: white space, punctuation, digits, one delimiter.
struct ClassPreTokenizer: PreTokenizer {
    let name: String
    let test: CharacterTest
    let behavior: SplitBehavior

    var summary: String { "\(name) \(behavior.rawValue)" }

    static let punctuation = CharacterTest(CodePointSet(UnicodePropertyData.punctuation))
    static let whiteSpace = CharacterTest(UnicodeProperty.whiteSpace)
    static let digits = CharacterTest(
        CodePointSet(UnicodeData.numbers).union(CodePointSet(UnicodeData.laterDigits)))

    func apply(to text: inout TextPieces) {
        text.split(behavior) { piece, found in
            guard let base = piece.baseAddress else { return }
            var index = 0
            while index < piece.count {
                let (codePoint, count) = UTF8Decoding.character(base, index, piece.count)
                if test.contains(codePoint) { found(index..<index + count) }
                index += count
            }
        }
    }
}
