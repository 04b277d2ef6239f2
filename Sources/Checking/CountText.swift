/// Numbers of things in messages.
enum CountText {
    /// `1 row`, `2 rows`, `1 block of corpus`: `name` is the plural, with what it is of behind it.
    static func counted(_ count: Int, _ name: String) -> String {
        if count != 1 { return "\(count) \(name)" }
        var words = name.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if words[0].hasSuffix("s") { words[0].removeLast() }
        return "1 " + words.joined(separator: " ")
    }
}
