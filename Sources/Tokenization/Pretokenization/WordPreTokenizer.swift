/// Words, and runs of what is neither word nor white space: `\w+|[^\w\s]+`.
struct WordPreTokenizer: PreTokenizer {
    private static let words = CharacterTest(UnicodeProperty.wordsOfRust)

    var summary: String { "words" }

    func apply(to text: inout TextPieces) {
        text.split(.removed, inverted: true) { piece, found in
            guard let base = piece.baseAddress else { return }
            var start = 0
            var kind = 0
            var index = 0
            while index < piece.count {
                let (codePoint, count) = UTF8Decoding.character(base, index, piece.count)
                let next =
                    WordPreTokenizer.words.contains(codePoint)
                    ? 1 : ClassPreTokenizer.whiteSpace.contains(codePoint) ? 0 : 2
                if next != kind {
                    if kind != 0 { found(start..<index) }
                    start = index
                    kind = next
                }
                index += count
            }
            if kind != 0 { found(start..<index) }
        }
    }
}
