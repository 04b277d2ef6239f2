/// Text with wildcards: `*` stands for any bytes, `?` for one.
public enum Wildcard {
    /// Whether a pattern is the whole of a text, in UTF-8 bytes.
    ///
    /// Greedy, with one place to come back to. Cost: at worst the product of their lengths, for one `*` with much behind it.
    public static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var p = pattern.startIndex
        var t = text.startIndex
        var star: Int?
        var starText = t
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                star = p
                starText = t
                p += 1
            } else if p < pattern.endIndex, pattern[p] == text[t] || pattern[p] == UInt8(ascii: "?") {
                p += 1
                t += 1
            } else if let back = star {
                p = back + 1
                starText += 1
                t = starText
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
