import Deduplication
import Parallel
import Testing

@Suite struct ShinglerTests {
    private static func set(_ text: String, _ unit: ShingleUnit) -> [UInt64] {
        Shingler(unit).set(of: Array(text.utf8))
    }

    @Test(arguments: [1, 2, 5, 13])
    func similaritiesAreThoseOfSetsOfTexts(_ size: Int) {
        let texts =
            ["", "a", "a b", "b a", "a b c d", "a b c d e f g", "a a a a a a a a"]
            + PlantedTexts.make(40, length: 60, seed: 3)
        let expected = SlowDuplicates.similarities(texts, size: size)
        let sets = texts.map { ShinglerTests.set($0, .words(size)) }
        for one in texts.indices {
            #expect(sets[one] == sets[one].sorted())
            for other in texts.indices { #expect(HashSet.jaccard(sets[one], sets[other]) == expected[one][other]) }
        }
    }

    @Test func caseAndSignsDoNotCount() {
        #expect(
            ShinglerTests.set("The UE shall, if asked: answer now.", .words(5))
                == ShinglerTests.set("the ue SHALL if\nasked answer now", .words(5)))
        #expect(ShinglerTests.set("a b c d e", .words(5)) != ShinglerTests.set("a b c e d", .words(5)))
        #expect(ShinglerTests.set("One,  Two", .characters(4)) == ShinglerTests.set("one two", .characters(4)))
        #expect(ShinglerTests.set("onetwo", .characters(4)) != ShinglerTests.set("one two", .characters(4)))
        #expect(ShinglerTests.set("İs ΣΑΣ", .characters(2)) == ShinglerTests.set("i s σας", .characters(2)))
    }

    @Test func charactersAreCountedAsScalars() {
        // "über uns": 8 scalars, so 5 shingles of 4.
        #expect(ShinglerTests.set("Über, uns!", .characters(4)).count == 5)
        #expect(ShinglerTests.set("", .characters(4)).count == 1)
    }

    @Test func integersAreItems() {
        let shingler = Shingler(.tokens(3))
        let first = HashSet.sorted(shingler.hashes(ofTokens: [1, 2, 3, 4]))
        let second = HashSet.sorted(shingler.hashes(ofTokens: [1, 2, 3, 5]))
        #expect(HashSet.jaccard(first, second) == 1.0 / 3)
        // Neighbouring numbers whose sums are equal are different shingles.
        #expect(HashSet.jaccard(first, HashSet.sorted(shingler.hashes(ofTokens: [2, 1, 3, 4]))) == 0)
    }

    @Test(arguments: [("word:5", ShingleUnit.words(5)), ("char:24", .characters(24)), ("token:13", .tokens(13))])
    func unitsAreReadAndWritten(_ text: String, _ unit: ShingleUnit) {
        #expect(ShingleUnit(text) == unit)
        #expect(unit.description == text)
    }

    @Test(arguments: ["", "word", "word:0", "word:-1", "words:5", "word:5:6", "word:1001", "char:x"])
    func otherUnitsAreRefused(_ text: String) { #expect(ShingleUnit(text) == nil) }

    @Test func setsAgreeWithTheLibrary() {
        var random = SeededRandom(seed: 5)
        for count in [0, 1, 2, 3, 10, 100, 1000, 20_000] {
            for kind in 0..<3 {
                let hashes = (0..<count).map { _ -> UInt64 in
                    switch kind {
                    case 0: random.next()
                    case 1: UInt64(random.nextInt(below: 50))
                    default: (random.next() >> 40) << 30
                    }
                }
                #expect(hashes.withUnsafeBufferPointer { HashSet.sorted($0) } == Set(hashes).sorted())
            }
        }
    }
}
