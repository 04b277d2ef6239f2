import Files
import Testing

struct WildcardTests {
    @Test func patternsMatchAsTheSlowWayDoes() {
        func slow(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == UInt8(ascii: "*") {
                return (0...text.count).contains { slow(pattern.dropFirst(), text.dropFirst($0)) }
            }
            return text.first.map { $0 == first || first == UInt8(ascii: "?") } == true
                && slow(pattern.dropFirst(), text.dropFirst())
        }
        let patterns = Self.words("ab*?", upTo: 4)
        let texts = Self.words("ab", upTo: 4)
        for pattern in patterns {
            for text in texts { #expect(Wildcard.matches(pattern[...], text[...]) == slow(pattern[...], text[...])) }
        }
    }

    static func words(_ letters: String, upTo length: Int) -> [[UInt8]] {
        var all: [[UInt8]] = [[]]
        var last = all
        for _ in 0..<length {
            last = last.flatMap { word in letters.utf8.map { word + [$0] } }
            all += last
        }
        return all
    }
}
