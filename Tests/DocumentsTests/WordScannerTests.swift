import Parallel
import TestSupport
import Testing

@testable import Documents

@Suite struct WordScannerTests {
    /// Hash, start and end of every word.
    struct Word: Equatable {
        var hash: UInt64
        var start: Int
        var end: Int
    }

    static func words(_ text: [UInt8], _ scanner: WordScanner) -> [Word] {
        GuardedBytes.with(text) { guarded in
            let words = scanner.scan(UnsafeRawBufferPointer(guarded))
            return (0..<words.count).map {
                Word(hash: words.hashes[$0], start: Int(words.starts[$0]), end: Int(words.ends[$0]))
            }
        }
    }

    /// The hash of one lower-cased word.
    static func hash(_ word: String) -> UInt64 {
        let bytes = WordBytes()
        for scalar in word.unicodeScalars { bytes.append(scalar.value) }
        return bytes.hash()
    }

    @Test(
        arguments: [
            ("", []), (" ", []), ("a", ["a"]), ("A_b-c9 ", ["a_b", "c9"]), ("_", ["_"]),
            ("don't", ["don", "t"]), ("Ünïcode straße", ["ünïcode", "straße"]), ("x²½ ⅷⅧ", ["x²½", "ⅷⅷ"]),
            ("İstanbul", ["i", "stanbul"]), ("ΟΔΥΣΣΕΥΣ, ΣΑΣ.Σ Σ", ["οδυσσευς", "σασ", "ς", "σ"]),
            ("\u{212A}elvin", ["kelvin"]),
            ("日本語のテキスト", ["日本語のテキスト"]), ("e\u{301}a", ["e", "a"]), ("a\u{7F}b a_b", ["a", "b", "a_b"]),
        ] as [(String, [String])])
    func wordsAreThoseOfPython(_ text: String, _ expected: [String]) {
        for scanner in [WordScanner(), WordScanner(usesKernel: false)] {
            #expect(
                WordScannerTests.words(Array(text.utf8), scanner).map(\.hash) == expected.map(WordScannerTests.hash))
        }
    }

    @Test(arguments: [
        [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE2, 0x82],
    ])
    func brokenBytesSeparateWords(_ broken: [UInt8]) {
        for scanner in [WordScanner(), WordScanner(usesKernel: false)] {
            let words = WordScannerTests.words(Array("one".utf8) + broken + Array("two".utf8) + broken, scanner)
            #expect(words.map(\.hash) == ["one", "two"].map(WordScannerTests.hash))
            #expect(words.map(\.start) == [0, 3 + broken.count])
        }
    }

    @Test func theKernelAgreesWithTheLookAtEveryScalar() {
        var random = SeededRandom(seed: 4)
        let fast = WordScanner()
        let slow = WordScanner(usesKernel: false)
        let pieces: [[UInt8]] =
            ["a", "Z", "_", "7", " ", " ", "-", "word", "LONGERWORD", "é", "Σ", "中", "\u{1F600}", "İ"].map {
                Array($0.utf8)
            }
            + [[0xFF], [0xC3], [0x80]]
        for round in 0..<4000 {
            // Mostly ASCII in most rounds, so that words of all lengths meet the ends of blocks.
            let kinds = round % 4 == 0 ? pieces.count : round % 4 == 1 ? 5 : 9
            var text: [UInt8] = []
            let length = random.nextInt(below: round % 16 == 0 ? 9000 : 200)
            while text.count < length {
                text += pieces[random.nextInt(below: kinds)]
                if random.nextInt(below: 150) == 0 { text += pieces[random.nextInt(below: pieces.count)] }
            }
            let found = WordScannerTests.words(text, fast)
            let expected = WordScannerTests.words(text, slow)
            #expect(found == expected)
            if found != expected { return }
        }
    }

    /// Python's own answer for every scalar between two letters, and for texts of many scripts.
    @Test(.enabled(if: ExternalProgram.run(["python3", "--version"]).status == 0))
    func pythonFindsTheSameWords() throws {
        let folder = TemporaryFolder()
        var lines: [String] = []
        for value in UInt32(0)...0x10FFFF {
            // Of the long rows of ideographs and syllables some will do.
            let isOneOfMany = [
                0x3400..<0x9FFF, 0xAC00..<0xD7A4, 0xE000..<0xF8FF, 0x17000..<0x18CFF, 0x1F000..<0x10FFFF,
            ].contains {
                $0.contains(value)
            }
            if isOneOfMany, value % 89 != 0 { continue }
            if let scalar = Unicode.Scalar(value), value > 0x20, value != 0x7F, value != 0x85 {
                lines.append("a\(scalar)b \(scalar)")
            }
        }
        lines += ["ΑΣ ΑΣ. Σ ΑΣΑ Α.Σ Α\u{301}Σ\u{301} ΑΣ\u{301}Α ʰΣ ΑΣʰ", "ПРИВЕТ мир ǅ ŉ ẞ ﬁ ÅNGSTRÖM"]
        folder.write(lines.joined(separator: "\n"), to: "texts")
        let script = """
            import re, sys, unicodedata
            known = lambda t: all(unicodedata.category(c) != "Cn" for c in t)
            for t in open(sys.argv[1], encoding="utf-8", newline="\\n").read().split("\\n"):
                print("\\t".join(re.findall(r"\\w+", t.lower())) if known(t) else "?")
            """
        let outcome = ExternalProgram.run(["python3", "-c", script, folder("texts")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answers = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        try #require(answers.count == lines.count + 1)
        let scanner = WordScanner()
        var compared = 0
        for (line, answer) in zip(lines, answers) where answer != "?" {
            let expected = answer.split(separator: "\t").map { WordScannerTests.hash(String($0)) }
            let found = WordScannerTests.words(Array(line.utf8), scanner).map(\.hash)
            #expect(found == expected, "\(line.unicodeScalars.map(\.value))")
            compared += 1
        }
        #expect(compared > 20_000)
    }
}
