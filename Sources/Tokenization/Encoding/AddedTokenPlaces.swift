/// Where added tokens forbid a cut: where one may touch the place, or looks at what stands beside it.
struct AddedTokenPlaces: Sendable {
    /// As they stand in texts.
    private var contents = ByteTrie()
    /// Bytes of the longest.
    private(set) var longest = 0
    /// Pairs of bytes inside tokens that are looked for in normalised text.
    private var pairs = Set<UInt16>()
    /// The first and last bytes of those that look at what stands beside them.
    private var firsts = Set<UInt8>()
    private var lasts = Set<UInt8>()

    init(_ tokenizer: Tokenizer) {
        for token in tokenizer.addedTokens {
            let content = Array(token.content.utf8)
            contents.insert(content, value: 0)
            longest = max(longest, content.count)
            if !token.isNormalized || tokenizer.normalizers.isEmpty { continue }
            let normalized = tokenizer.normalizers.normalized(content)
            for (left, right) in zip(normalized, normalized.dropFirst()) {
                pairs.insert(UInt16(left) << 8 | UInt16(right))
            }
            guard token.isSingleWord || token.stripsLeft || token.stripsRight, let first = normalized.first,
                let last = normalized.last
            else { continue }
            firsts.insert(first)
            lasts.insert(last)
        }
    }

    /// Whether no added token is, begins or ends at a place of the text, with `longest` bytes behind it.
    func allow(_ bytes: UnsafePointer<UInt8>, _ place: Int, _ count: Int) -> Bool {
        if contents.isEmpty { return true }
        if !allowNormalized(bytes[place - 1], bytes[place]) { return false }
        for start in max(0, place - longest)...place {
            if let found = contents.longest(bytes, start..<count), start + found.length >= place { return false }
        }
        return true
    }

    /// The same for two bytes of normalised text.
    func allowNormalized(_ left: UInt8, _ right: UInt8) -> Bool {
        !pairs.contains(UInt16(left) << 8 | UInt16(right)) && !lasts.contains(left) && !firsts.contains(right)
    }
}
