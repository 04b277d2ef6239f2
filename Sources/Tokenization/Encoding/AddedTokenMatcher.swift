/// Finds added tokens in a text, the leftmost and of these the longest, as `tokenizers` does: a trie in flat arrays, entered
/// only at bytes that begin a token. Cost: one look at each byte; the length of the longest token at each candidate.
struct AddedTokenMatcher: Sendable {
    private let tokens: [AddedToken]
    private var begins = [Bool](repeating: false, count: 256)
    private var labels: [UInt8] = [0]
    private var firstChildren: [Int32] = [-1]
    private var siblings: [Int32] = [-1]
    private var ends: [Int32] = [-1]

    /// A matcher of `tokens`; `written` gives the bytes to look for (the content, normalised where the token asks for it).
    init(_ tokens: [AddedToken], written: (AddedToken) -> [UInt8]) {
        self.tokens = tokens
        for (index, token) in tokens.enumerated() {
            let bytes = written(token)
            guard let first = bytes.first else { continue }
            begins[Int(first)] = true
            var node = 0
            for byte in bytes { node = child(of: node, byte) ?? add(byte, to: node) }
            if ends[node] < 0 { ends[node] = Int32(index) }
        }
    }

    /// Whether it looks for nothing.
    var isEmpty: Bool { labels.count == 1 }

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
        while index < range.upperBound {
            guard begins[Int(bytes[index])], let (end, number) = longest(bytes, index, range.upperBound) else {
                index += 1
                continue
            }
            let token = tokens[number]
            var match = Match(start: index, end: end, token: token)
            index = end
            if token.isSingleWord,
                WordBoundary.endsWithWord(bytes, range.lowerBound..<match.start)
                    || WordBoundary.beginsWithWord(bytes, match.end..<range.upperBound)
            {
                continue
            }
            if token.stripsLeft {
                match.start = WordBoundary.startOfSpace(bytes, before: match.start, from: range.lowerBound)
            }
            // What a token before this one has stripped is gone, and with it a token that is nothing else.
            match.start = max(consumed, match.start)
            if match.start >= match.end { continue }
            if token.stripsRight { match.end = WordBoundary.endOfSpace(bytes, match.end..<range.upperBound) }
            try body(match)
            consumed = match.end
        }
    }

    private func longest(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ limit: Int) -> (end: Int, token: Int)? {
        var found: (Int, Int)?
        var node = 0
        var index = start
        while index < limit, let next = child(of: node, bytes[index]) {
            node = next
            index += 1
            if ends[node] >= 0 { found = (index, Int(ends[node])) }
        }
        return found
    }

    private func child(of node: Int, _ byte: UInt8) -> Int? {
        var child = Int(firstChildren[node])
        while child >= 0 {
            if labels[child] == byte { return child }
            child = Int(siblings[child])
        }
        return nil
    }

    private mutating func add(_ byte: UInt8, to node: Int) -> Int {
        let added = labels.count
        labels.append(byte)
        firstChildren.append(-1)
        siblings.append(firstChildren[node])
        ends.append(-1)
        firstChildren[node] = Int32(added)
        return added
    }
}

/// Word characters and white space beside a token, as `\w` and `\s` of Rust's regular expressions.
enum WordBoundary {
    static func endsWithWord(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        return isWord(characterBefore(bytes, range.upperBound, from: range.lowerBound).codePoint)
    }

    static func beginsWithWord(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        return isWord(UTF8Decoding.character(bytes, range.lowerBound, range.upperBound).codePoint)
    }

    static func startOfSpace(_ bytes: UnsafePointer<UInt8>, before index: Int, from start: Int) -> Int {
        var index = index
        while index > start {
            let (codePoint, first) = characterBefore(bytes, index, from: start)
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

    private static func characterBefore(
        _ bytes: UnsafePointer<UInt8>, _ end: Int, from start: Int
    ) -> (codePoint: UInt32, first: Int) {
        var first = end - 1
        while first > start, end - first < 4, bytes[first] & 0xC0 == 0x80 { first -= 1 }
        let (codePoint, count) = UTF8Decoding.character(bytes, first, end)
        return first + count == end ? (codePoint, first) : (UTF8Decoding.broken, end - 1)
    }

    private static func isSpace(_ codePoint: UInt32) -> Bool {
        codePoint < UTF8Decoding.broken && CharacterClass.ofPatterns[codePoint] >= CharacterClass.space
    }

    private static func isWord(_ codePoint: UInt32) -> Bool {
        guard let properties = Unicode.Scalar(codePoint)?.properties else { return false }
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }
}
