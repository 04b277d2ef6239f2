import Deduplication
import Files
import Parallel
import TestSupport
import Testing

@Suite struct RepeatedSpansTests {
    /// What the definition says, window by window.
    private static func oracle<Unit: Hashable>(_ documents: [[Unit]], length: Int) -> [[Range<Int>]] {
        var seen: Set<[Unit]> = []
        return documents.map { document in
            var spans: [Range<Int>] = []
            for start in stride(from: 0, through: document.count - length, by: 1) {
                if seen.insert(Array(document[start..<start + length])).inserted { continue }
                if let last = spans.last, last.upperBound >= start {
                    spans[spans.count - 1] = last.lowerBound..<start + length
                } else {
                    spans.append(start..<start + length)
                }
            }
            return spans
        }
    }

    private static func found<Unit: FixedWidthInteger & UnsignedInteger>(
        _ documents: [[Unit]], length: Int
    ) throws -> [[Range<Int>]] {
        let finder = RepeatedSpans(length: length, unitBytes: MemoryLayout<Unit>.size)
        return try documents.map { try finder.append($0) }
    }

    /// Documents of random units into which earlier stretches are copied, some with a changed unit.
    private static func documents<Unit: FixedWidthInteger & UnsignedInteger>(
        _ random: inout SeededRandom, alphabet: Int, count: Int, size: Int, of: Unit.Type
    ) -> [[Unit]] {
        var made: [[Unit]] = []
        for _ in 0..<count {
            var document: [Unit] = []
            let wanted = random.nextInt(below: size + 1)
            while document.count < wanted {
                let source =
                    made.isEmpty || random.nextInt(below: 4) == 0 ? document : made[random.nextInt(below: made.count)]
                if source.isEmpty || random.nextInt(below: 3) == 0 {
                    for _ in 0..<random.nextInt(below: 12) { document.append(Unit(random.nextInt(below: alphabet))) }
                } else {
                    let start = random.nextInt(below: source.count)
                    var copy = Array(source[start..<min(source.count, start + 1 + random.nextInt(below: 60))])
                    if random.nextInt(below: 3) == 0 { copy[random.nextInt(below: copy.count)] ^= 1 }
                    document += copy
                }
            }
            made.append(document)
        }
        return made
    }

    @Test(arguments: [1, 2, 3, 5, 8, 16, 17, 40])
    func agreesWithTheDefinition(_ length: Int) throws {
        var random = SeededRandom(seed: UInt64(length))
        for round in 0..<60 {
            let alphabet = [1, 2, 3, 20, 250][round % 5]
            let bytes = RepeatedSpansTests.documents(&random, alphabet: alphabet, count: 6, size: 300, of: UInt8.self)
            #expect(
                try RepeatedSpansTests.found(bytes, length: length) == RepeatedSpansTests.oracle(bytes, length: length))
            let words = RepeatedSpansTests.documents(&random, alphabet: alphabet, count: 4, size: 200, of: UInt16.self)
            #expect(
                try RepeatedSpansTests.found(words, length: length) == RepeatedSpansTests.oracle(words, length: length))
            let hashes = RepeatedSpansTests.documents(&random, alphabet: alphabet, count: 4, size: 200, of: UInt32.self)
                .map { $0.map { $0 &* 0x9E37_79B1 } }
            #expect(
                try RepeatedSpansTests.found(hashes, length: length)
                    == RepeatedSpansTests.oracle(hashes, length: length))
        }
    }

    @Test func periodicTextsAgreeWithTheDefinition() throws {
        var random = SeededRandom(seed: 5)
        for period in [1, 2, 3, 7, 19, 20, 21, 39, 40, 41, 100] {
            let unit = (0..<period).map { _ in UInt8(random.nextInt(below: 256)) }
            let run = (0..<500).map { unit[$0 % period] }
            var broken = run
            broken[230] ^= 1
            let documents = [Array(run[0..<300]), broken, run, Array(run[3..<200]), [9] + run]
            #expect(
                try RepeatedSpansTests.found(documents, length: 40)
                    == RepeatedSpansTests.oracle(documents, length: 40))
        }
    }

    @Test func aDocumentsEndIsNoPartOfAWindow() throws {
        let text = (0..<40).map { UInt8($0) }
        let halves = [Array(text[0..<20]), Array(text[20..<40]), text]
        #expect(try RepeatedSpansTests.found(halves, length: 20) == [[], [], [0..<40]])
        #expect(try RepeatedSpansTests.found(halves, length: 21) == [[], [], []])
        #expect(try RepeatedSpansTests.found([text, Array(text[0..<20]), []], length: 21) == [[], [], []])
    }

    @Test func borrowedTextGivesTheSame() throws {
        var random = SeededRandom(seed: 11)
        let documents = RepeatedSpansTests.documents(&random, alphabet: 4, count: 30, size: 400, of: UInt8.self)
        let joined = documents.flatMap { $0 }
        let spans = try joined.withUnsafeBytes { bytes in
            let finder = RepeatedSpans(borrowing: bytes, length: 30)
            return try documents.map { try finder.advance(by: $0.count) }
        }
        #expect(spans == RepeatedSpansTests.oracle(documents, length: 30))
    }

    @Test func placesStrikeEveryOccurrence() throws {
        var random = SeededRandom(seed: 12)
        for _ in 0..<50 {
            let documents = RepeatedSpansTests.documents(&random, alphabet: 3, count: 8, size: 200, of: UInt8.self)
            let length = 12
            let finder = RepeatedSpans(length: length, recordsPlaces: true)
            var struck = [Bool](repeating: false, count: documents.reduce(0) { $0 + $1.count })
            var starts: [Int] = []
            for document in documents {
                starts.append(finder.unitCount)
                let origin = finder.unitCount
                for span in try finder.append(document) { for unit in span { struck[origin + unit] = true } }
            }
            for place in finder.places { for unit in place { struck[unit] = true } }
            var counts: [[UInt8]: Int] = [:]
            func windows(_ body: (Int, [UInt8]) -> Void) {
                for (document, origin) in zip(documents, starts) {
                    for start in stride(from: 0, through: document.count - length, by: 1) {
                        body(origin + start, Array(document[start..<start + length]))
                    }
                }
            }
            windows { counts[$1, default: 0] += 1 }
            var expected = [Bool](repeating: false, count: struck.count)
            windows { start, window in
                if counts[window]! > 1 { for unit in start..<start + length { expected[unit] = true } }
            }
            #expect(struck == expected)
        }
    }

    @Test func hostileTextsEndSoon() throws {
        // One byte over and over; two bytes in the order of Thue and Morse, whose hashes of polynomials collide.
        let same = [UInt8](repeating: 0x20, count: 4_000_000)
        #expect(try RepeatedSpansTests.found([same, same], length: 100) == [[1..<same.count], [0..<same.count]])
        let morse = (0..<1 << 20).map { UInt8($0.nonzeroBitCount & 1) }
        let spans = try RepeatedSpansTests.found([morse], length: 5000)
        #expect(spans[0].reduce(0) { $0 + $1.count } > 1 << 19)
    }

    @Test func memoryStaysWithinFourTimesTheText() throws {
        var random = SeededRandom(seed: 2)
        let finder = RepeatedSpans(length: 100)
        for _ in 0..<100 {
            #expect(try finder.append((0..<20000).map { _ in UInt8(truncatingIfNeeded: random.next()) }) == [])
        }
        #expect(finder.memoryBytes < 4 * finder.unitCount)
        #expect(finder.documentCount == 100)
    }
}
