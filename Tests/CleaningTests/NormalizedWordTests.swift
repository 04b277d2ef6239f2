import Cleaning
import Parallel
import Testing

@Suite struct NormalizedWordTests {
    private static func words(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        let scanner = NormalizedWordScanner()
        bytes.withUnsafeBytes { scanner.scan($0) }
        return scanner.starts.indices.map {
            String(decoding: bytes[Int(scanner.starts[$0])..<Int(scanner.ends[$0])], as: UTF8.self)
        }
    }

    private static func hashes(_ text: String) -> [UInt64] {
        let scanner = NormalizedWordScanner()
        Array(text.utf8).withUnsafeBytes { scanner.scan($0) }
        return scanner.hashes
    }

    @Test(arguments: [
        "The AMF selects a non-orthogonal scheme & the UE's first _transmission_ begins",
        "the amf selects a\nnon\n   orthogonal scheme &amp; the ue’s **first** transmis-\r\n  sion begins",
        "| The AMF | selects a <b>non\u{2010}orthogonal</b> scheme |\n| --- |\n| the UE's | first trans\u{AD}mission begins |",
        "- The [AMF](http://example.org/amf_page) selects a `non_orthogonal` *scheme*:\n  the UE's __first__ _trans-\nmission_<br/>begins.",
    ])
    func layoutDoesNotCount(_ text: String) {
        #expect(
            NormalizedWordTests.hashes(text)
                == NormalizedWordTests.hashes(
                    "the amf selects a non orthogonal scheme the ue s first transmission begins"))
    }

    @Test func aHyphenAtTheEndOfALineIsEither() {
        let bytes = Array("non-\northogonal, trans-\nmission, up\u{AD}\nlink, a-\nb-\nc".utf8)
        let scanner = NormalizedWordScanner()
        let known = Set(NormalizedWordTests.hashes("transmission bc"))
        bytes.withUnsafeBytes { scanner.scan($0) { known.contains($0) } }
        #expect(scanner.hashes == NormalizedWordTests.hashes("non orthogonal transmission uplink a b c"))
    }

    @Test func wordsStandWhereTheyAre() {
        #expect(
            NormalizedWordTests.words("A-b_c, d-\n e <i>f</i> 中文-x __g-\nh__ i_j-\nk")
                == ["A", "b", "c", "d-\n e", "f", "中文", "x", "g-\nh", "i", "j", "k"])
        #expect(
            NormalizedWordTests.words("a--b a - b a-\n\nb a- b a-<b>") == ["a", "b", "a", "b", "a", "b", "a", "b", "a"])
        #expect(NormalizedWordTests.words("x < y && z & more; p]( q") == ["x", "y", "z", "more", "p", "q"])
        #expect(NormalizedWordTests.words("___ _") == [])
        #expect(NormalizedWordTests.words("") == [])
        #expect(NormalizedWordTests.words("a&#160;b &nbsp;<") == ["a", "b"])
    }

    @Test func otherWordsDiffer() {
        #expect(NormalizedWordTests.hashes("one two") != NormalizedWordTests.hashes("two one"))
        #expect(NormalizedWordTests.hashes("ab c") != NormalizedWordTests.hashes("a bc"))
    }

    @Test func anyBytesAreRead() {
        var random = SeededRandom(seed: 4)
        let pieces: [[UInt8]] = [
            [0xC2], [0xAD], [0xE2, 0x80, 0x90], [0xE2], [0x2D], [0x5F], [0x3C], [0x3E], [0x26], [0x3B], [0x5D, 0x28],
            [0x29],
            [0x0A], [0x61], [0xC3, 0xA4], [0xFF], [0x20], [0xC4, 0xB0], [0xCE, 0xA3],
        ]
        for _ in 0..<3000 {
            let text = (0..<random.nextInt(below: 30)).flatMap { _ in pieces[random.nextInt(below: pieces.count)] }
            let scanner = NormalizedWordScanner()
            text.withUnsafeBytes { scanner.scan($0) }
            var before = 0
            for index in scanner.hashes.indices {
                #expect(Int(scanner.starts[index]) >= before || scanner.starts[index] == scanner.starts[index - 1])
                #expect(scanner.starts[index] < scanner.ends[index])
                #expect(Int(scanner.ends[index]) <= text.count)
                before = Int(scanner.starts[index])
            }
        }
    }
}
