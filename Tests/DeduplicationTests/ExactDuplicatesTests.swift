import Deduplication
import Parallel
import Testing

@Suite struct ExactDuplicatesTests {
    @Test func firstOccurrencesAgreeWithADictionary() {
        var random = SeededRandom(seed: 9)
        for count in [0, 1, 2, 7, 100, 5000] {
            // Few low halves, so that different keys meet in one slot.
            let keys = (0..<count).map { _ in
                ContentKey(high: UInt64(random.nextInt(below: 50)), low: UInt64(random.nextInt(below: 20)))
            }
            var known: [ContentKey: Int] = [:]
            let expected: [Int?] = keys.enumerated().map { index, key in
                if let first = known[key] { return first }
                known[key] = index
                return nil
            }
            #expect(ExactDuplicates.firstOccurrences(of: keys) == expected)
        }
    }

    @Test func theFirstOfTheGivenOrderIsKept() {
        let texts = ["b", "a", "b", "c", "a", "b"].map { ContentKey(Array($0.utf8)) }
        #expect(ExactDuplicates.firstOccurrences(of: texts) == [nil, nil, 0, nil, 1, 0])
    }
}

@Suite struct ContentKeyTests {
    private static func key(_ text: String) -> ContentKey { ContentKey(Array(text.utf8)) }

    @Test(arguments: ["one  two", " one two", "one\r\n\ttwo \n", "one\u{0B}\u{0C}two"])
    func whiteSpaceDoesNotCount(_ text: String) {
        #expect(ContentKeyTests.key(text) == ContentKeyTests.key("one two"))
    }

    @Test(arguments: ["onetwo", "one two.", "One two", "one\u{A0}two", "", "two one", "one two one two"])
    func otherTextsHaveOtherKeys(_ text: String) {
        #expect(ContentKeyTests.key(text) != ContentKeyTests.key("one two"))
    }

    @Test func digitsBringTheKeyBack() {
        let key = ContentKey(high: 0x0123_4567_89AB_CDEF, low: 7)
        #expect(key.hexadecimal == "0123456789abcdef0000000000000007")
        #expect(ContentKey(hexadecimal: key.hexadecimal) == key)
        for bad in ["", "0123", "+123456789abcdef0000000000000007", String(repeating: "g", count: 32)] {
            #expect(ContentKey(hexadecimal: bad) == nil)
        }
    }

    @Test func largeTextsAndEmptyOnes() {
        #expect(ContentKeyTests.key("") == ContentKeyTests.key(" \n "))
        let large = String(repeating: "word ", count: 500_000)
        #expect(ContentKeyTests.key(large) == ContentKeyTests.key(large + "\n"))
    }
}
