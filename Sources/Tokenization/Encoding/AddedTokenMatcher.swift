/// Finds added tokens in a text, the leftmost and of these the longest, as `tokenizers` does. Cost: one look at each byte; the
/// length of the longest token at each candidate.
struct AddedTokenMatcher: Sendable {
    private let tokens: [AddedToken]
    private var trie = ByteTrie()

    /// A matcher of `tokens`; `written` gives the bytes to look for (the content, normalised where the token asks for it).
    init(_ tokens: [AddedToken], written: (AddedToken) -> [UInt8]) {
        self.tokens = tokens
        for (index, token) in tokens.enumerated() { trie.insert(written(token), value: index) }
    }

    /// Whether it looks for nothing.
    var isEmpty: Bool { trie.isEmpty }

    /// A token found: the bytes it takes, with the white space it strips.
    struct Match {
        var start: Int
        var end: Int
        var token: AddedToken
    }

    /// Calls `body` with the matches in `range`, in order.
    func forEachMatch(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Match) throws -> Void
    ) rethrows {
        var index = range.lowerBound
        var consumed = range.lowerBound
        while true {
            index = trie.firstCandidate(bytes, index..<range.upperBound)
            if index >= range.upperBound { break }
            guard let found = trie.longest(bytes, index..<range.upperBound) else {
                index += 1
                continue
            }
            let token = tokens[found.value]
            var match = Match(start: index, end: index + found.length, token: token)
            index = match.end
            if token.isSingleWord,
                WordBoundary.endsWithWord(bytes, range.lowerBound..<match.start)
                    || WordBoundary.beginsWithWord(bytes, match.end..<range.upperBound)
            {
                continue
            }
            if token.stripsLeft {
                let start = WordBoundary.startOfSpace(bytes, before: match.start, from: range.lowerBound)
                match.start = max(consumed, start)
            }
            if token.stripsRight { match.end = WordBoundary.endOfSpace(bytes, match.end..<range.upperBound) }
            // A token in the white space that the one before it has stripped is found all the same, and what is behind it is text again.
            if match.start >= match.end { continue }
            try body(match)
            consumed = match.end
        }
    }
}

/// Word characters and white space beside a token, as `\w` and `\s` of Rust's regular expressions.
enum WordBoundary {
    static func endsWithWord(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        return isWord(UTF8Decoding.characterBefore(bytes, range.upperBound, from: range.lowerBound).codePoint)
    }

    static func beginsWithWord(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        return isWord(UTF8Decoding.character(bytes, range.lowerBound, range.upperBound).codePoint)
    }

    static func startOfSpace(_ bytes: UnsafePointer<UInt8>, before index: Int, from start: Int) -> Int {
        var index = index
        while index > start {
            let (codePoint, first) = UTF8Decoding.characterBefore(bytes, index, from: start)
            if !isSpace(codePoint) { break }
            index = first
        }
        return index
    }

    static func endOfSpace(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let (codePoint, count) = UTF8Decoding.character(bytes, index, range.upperBound)
            if !isSpace(codePoint) { break }
            index += count
        }
        return index
    }

    private static func isSpace(_ codePoint: UInt32) -> Bool {
        codePoint < UTF8Decoding.broken && CharacterClass.ofPatterns[codePoint] >= CharacterClass.space
    }

    private static func isWord(_ codePoint: UInt32) -> Bool {
        // By the tables of the peer, not by Swift's, which may be of another version of Unicode.
        codePoint < UTF8Decoding.broken && UnicodeProperty.wordsOfRust.contains(codePoint)
    }
}
