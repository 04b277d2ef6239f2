import CKernels
import Glibc
import Parallel
import TestSupport
import Testing

@testable import Cleaning

/// What reads many bytes at a time beside what reads one: the kernels and tables behind the quality signals.
@Suite struct SignalKernelTests {
    // Bytes of every class, scalars of several scripts and every kind of white space, whole and cut.
    private static let pieces: [[UInt8]] =
        [
            "a", "Z", "word", "x_y", "_", "0", "42", "2nd", " ", " ", " ", "\n", "\t", "\r\n", ".", "...", "{", "\u{1}",
            "\u{1C}",
            "\u{7F}", "é", "\u{3B1}", "\u{431}\u{43B}", "\u{4E2D}", "\u{3042}", "\u{E01}", "\u{301}", "\u{A0}",
            "\u{85}",
            "\u{1680}", "\u{2003}", "\u{2009}", "\u{200B}", "\u{2028}", "\u{2029}", "\u{202F}", "\u{205F}", "\u{2060}",
            "\u{3000}", "\u{3001}", "\u{1F600}", "\u{1D400}", "\u{201C}",
            "longer_than_any_block_of_sixty_four_bytes_and_so_read_in_more_than_one_go",
        ]
        .map { Array($0.utf8) } + [
            [0xE2], [0xE2, 0x80], [0xC2], [0xE3, 0x80], [0xF0, 0x9F], [0xFF], [0x80], [0xE1, 0x9A],
        ]

    private static func text(_ random: inout SeededRandom, plain: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<random.nextInt(below: 120) {
            // The first pieces are plain ASCII.
            let isPlain = random.nextInt(below: 10) < plain
            bytes += pieces[random.nextInt(below: isPlain ? 17 : pieces.count)]
        }
        return bytes
    }

    @Test func wordsAreCountedAsScalarByScalar() {
        var random = SeededRandom(seed: 41)
        let fast = TallyScanner()
        let slow = TallyScanner(usesKernel: false)
        for round in 0..<4000 {
            let text = SignalKernelTests.text(&random, plain: round % 11)
            GuardedBytes.with(text) { text in
                // What was counted before stays.
                var one = TextTally()
                one.words = round
                one.longestWord = round % 7
                var other = one
                fast.scan(text, into: &one)
                slow.scan(text, into: &other)
                #expect(one == other)
            }
        }
    }

    @Test(arguments: [63, 64, 65, 127, 128, 129, 200])
    func longWordsCrossBlocks(_ length: Int) {
        for offset in 0..<70 {
            for end in [" ", "é", "\u{431}", "\u{4E2D}", "\u{1}", ""] {
                for letter in ["a", "7"] {
                    let text = Array(
                        (String(repeating: " ", count: offset) + String(repeating: letter, count: length) + end + "b c")
                            .utf8)
                    text.withUnsafeBufferPointer { text in
                        var one = TextTally()
                        var other = TextTally()
                        TallyScanner().scan(text, into: &one)
                        TallyScanner(usesKernel: false).scan(text, into: &other)
                        #expect(one == other)
                    }
                }
            }
        }
    }

    @Test func chunksAreThoseOfEveryByte() {
        var random = SeededRandom(seed: 43)
        for round in 0..<4000 {
            let text = SignalKernelTests.text(&random, plain: round % 11)
            GuardedBytes.with(text) { text in
                var starts = [UInt32](repeating: 0, count: (text.count + 1) / 2 + 8)
                var ends = starts
                guard let base = text.baseAddress, text.count > 0 else { return }
                let count = shardmill_find_chunks(base, text.count, &starts, &ends)
                let found = (0..<count).map { Int(starts[$0])..<Int(ends[$0]) }
                #expect(found == SignalKernelTests.slowChunks(base, text.count))
            }
        }
    }

    private static func slowChunks(_ base: UnsafePointer<UInt8>, _ count: Int) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var index = 0
        var start = -1
        while index < count {
            if WhiteSpace.isChunk(base, index, count) {
                if start < 0 { start = index }
                index += 1
                continue
            }
            if start >= 0 { chunks.append(start..<index) }
            start = -1
            index += base[index] < 0x80 ? 1 : base[index] == 0xC2 ? 2 : 3
        }
        if start >= 0 { chunks.append(start..<count) }
        return chunks
    }

    /// A key does not depend on what stands behind the string.
    @Test func keysAreOfTheStringAlone() {
        var random = SeededRandom(seed: 47)
        var known: [[UInt8]: [UInt64]] = [:]
        for _ in 0..<3000 {
            let length = random.nextInt(below: 24)
            let string = (0..<length).map { _ in UInt8(random.nextInt(below: 3)) }
            let behind = string + (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let roomy = behind.withUnsafeBufferPointer { TextKey($0.baseAddress!, length, room: $0.count) }
            GuardedBytes.with(string) { bytes in
                guard let base = bytes.baseAddress else { return }
                let tight = TextKey(base, length, room: length)
                #expect(tight == roomy)
            }
            #expect(known[string] ?? [roomy.low, roomy.high] == [roomy.low, roomy.high])
            known[string] = [roomy.low, roomy.high]
        }
        #expect(Set(known.values).count == known.count)
    }

    /// More strings than one segment, or the first table, has room for.
    @Test func tablesKeepEveryString() {
        var table = TextTable<UInt64>()
        func key(_ number: Int) -> TextKey {
            let bytes = Array("\(number)".utf8) + [UInt8](repeating: 0, count: 16)
            return bytes.withUnsafeBufferPointer { TextKey($0.baseAddress!, bytes.count - 16, room: bytes.count) }
        }
        for pass in 0..<2 {
            let count = 200_000 >> pass
            for number in 0..<count {
                let isKnown = table.find(key(number)) != nil
                #expect(!isKnown)
                table.insert(key(number), UInt64(number + pass))
            }
            for number in 0..<count {
                let value = table.find(key(number))?.pointee
                #expect(value == UInt64(number + pass))
            }
            let isKnown = table.find(key(count)) != nil
            #expect(!isKnown)
            #expect(table.count == count)
            table.removeAll()
            #expect(table.count == 0)
        }
    }
}
