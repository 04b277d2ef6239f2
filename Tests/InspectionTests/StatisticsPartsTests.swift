import Building
import Files
import Packing
import Parallel
import Shards
import TestSupport
import Testing
import Tokenization

@testable import Inspection

/// Each fast count beside a slow one.
@Suite struct StatisticsPartsTests {
    @Test func wordsOfAllRangesAreThoseOfTheText() {
        var random = SeededRandom(seed: 5)
        for length in [0, 1, 2, 254, 255, 256, 257, 511, 2000] {
            let text = (0..<length).map { _ in [0x20, 0x61, 0x0A, 0xC3, 0x21, 0x00][random.nextInt(below: 6)] as UInt8 }
            let expected = text.split(whereSeparator: { $0 <= 0x20 }).count
            text.withUnsafeBytes { bytes in
                #expect(WordCount.count(bytes, 0..<length) == expected)
                let cut = random.nextInt(below: length + 1)
                #expect(WordCount.count(bytes, 0..<cut) + WordCount.count(bytes, cut..<length) == expected)
            }
        }
    }

    @Test func idsAreCountedLikeOneByOne() {
        var random = SeededRandom(seed: 6)
        let ids = (0..<5000).map { _ in UInt16(random.nextInt(below: 400)) }
        var bytes: [UInt8] = [0]
        for id in ids { bytes += [UInt8(id & 255), UInt8(id >> 8)] }
        var narrow = TokenHistogram(size: 300)
        // At an odd address.
        bytes.withUnsafeBytes { narrow.add16(UnsafeRawBufferPointer(rebasing: $0[1...])) }
        var wide = TokenHistogram(size: 300)
        ids.map { UInt32($0) }.withUnsafeBufferPointer { wide.add($0) }
        narrow.flush()
        wide.flush()
        #expect(narrow == wide)
        for id in 0..<300 { #expect(narrow.counts[id] == ids.count { $0 == id }) }
        #expect(narrow.outside == ids.count { $0 >= 300 } && narrow.total == ids.count)
        var far = TokenHistogram(size: 3)
        [2, 70_000, UInt32.max].withUnsafeBufferPointer { far.add($0) }
        var both = TokenHistogram(size: 3)
        both.merge(far)
        both.merge(far)
        #expect(both.counts == [0, 0, 2] && both.outside == 4)
    }

    private func texts(_ count: Int) -> [String] {
        var random = SeededRandom(seed: 7)
        return (0..<count).map { _ in
            (0..<1 + random.nextInt(below: 8)).map { _ in
                let number = random.nextInt(below: 60)
                return number == 0
                    ? "short" : "Paragraph \(number) says\nwhat it has to say about the matter \(number)."
            }.joined(separator: ["\n\n", "\n\n\n"][random.nextInt(below: 2)])
        }
    }

    private func tally(_ texts: [String], most: Int, rows: [Int]) -> ParagraphTally {
        var tally = ParagraphTally(most: most)
        for row in rows { Array(texts[row].utf8).withUnsafeBytes { tally.add($0, row: row) } }
        return tally
    }

    @Test func paragraphsAreCountedLikeInADictionary() {
        let texts = texts(50)
        var expected: [String: Int] = [:]
        for text in texts {
            for paragraph in text.replacing("\n\n\n", with: "\n\n").split(separator: "\n\n")
            where paragraph.utf8.count >= 40 {
                expected[String(paragraph), default: 0] += 1
            }
        }
        let tally = tally(texts, most: 1000, rows: Array(texts.indices))
        #expect(tally.level == 0 && tally.distinct == expected.count)
        #expect(tally.paragraphs == expected.values.reduce(0, +))
        #expect(tally.bytes == expected.reduce(0) { $0 + $1.key.utf8.count * $1.value })
        #expect(tally.entries.map { Int($0.count) }.sorted() == expected.values.sorted())
        let again = expected.reduce(0) { $0 + $1.key.utf8.count * ($1.value - 1) }
        #expect(RepeatedParagraphs(tally, top: []).repeatedShare == Double(again) / Double(tally.bytes))
    }

    /// The sample is a matter of the texts: neither their order nor who counted what changes it, and its counts are the exact ones.
    @Test(arguments: [1, 3, 16])
    func aSampleOfParagraphsIsTheSameHoweverItIsDrawn(most: Int) {
        let texts = texts(60)
        func described(_ tally: ParagraphTally) -> [String] {
            tally.entries.map { "\($0.hash) \($0.count) \($0.bytes) \($0.place)" }.sorted()
        }
        let exact = described(tally(texts, most: 1000, rows: Array(texts.indices)))
        let forward = tally(texts, most: most, rows: Array(texts.indices))
        let backward = tally(texts, most: most, rows: texts.indices.reversed())
        var merged = tally(texts, most: most, rows: texts.indices.filter { $0 % 3 == 0 })
        merged.merge(tally(texts, most: most, rows: texts.indices.filter { $0 % 3 != 0 }))
        #expect(forward.level > 0 && forward.distinct <= most)
        #expect(described(backward) == described(forward) && described(merged) == described(forward))
        #expect(merged.paragraphs == forward.paragraphs && merged.level == forward.level)
        #expect(Set(described(forward)).isSubset(of: exact))
    }

    /// What stands often in parts is found without being in the sample, with a count that is not too large.
    @Test func whatStandsOftenInPartsIsFoundOutsideOfTheSample() throws {
        let texts = texts(90)
        let parts = [0..<30, 30..<60, 60..<90]
        func frequent(_ parts: [Range<Int>]) -> FrequentParagraphs {
            var frequent = FrequentParagraphs()
            var tally = ParagraphTally(most: 1)
            for part in parts {
                for row in part {
                    Array(texts[row].utf8).withUnsafeBytes { tally.add($0, row: row) { frequent.add($0) } }
                }
                frequent.endPart()
            }
            return frequent
        }
        let exact = tally(texts, most: 1000, rows: Array(texts.indices))
        let counts = Dictionary(uniqueKeysWithValues: exact.entries.map { ($0.hash, $0) })
        var merged = frequent([parts[2], parts[0]])
        merged.merge(frequent([parts[1]]))
        #expect(Set(merged.entries.map { "\($0)" }) == Set(frequent(parts).entries.map { "\($0)" }))
        for entry in merged.entries {
            let known = try #require(counts[entry.hash])
            #expect(entry.count <= known.count && entry.bytes == known.bytes && known.place <= entry.place)
        }
        let sample = tally(texts, most: 2, rows: Array(texts.indices))
        let top = RepeatedParagraphs.heaviest(sample, merged)
        #expect(top.count == RepeatedParagraphs.topCount && Set(top.map(\.hash)).count == top.count)
        // Sixty paragraphs, each about seven times: what a part holds once is not added.
        for entry in top { #expect(entry.count * 2 >= (counts[entry.hash]?.count ?? 0)) }
        #expect(RepeatedParagraphs.heaviest(exact, merged).map(\.hash) == exact.heaviest(12).map(\.hash))
    }

    @Test func ngramsAreCountedLikeInADictionary() throws {
        let fixture = try CorpusFixture()
        let statistics = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1))
        #expect(statistics.sampledBlocks == statistics.blocks.values.reduce(0) { $0 + $1.blocks })
        for ngrams in statistics.ngrams {
            var expected: [[UInt32]: Int] = [:]
            for split in Split.allCases {
                let dataset = try fixture.corpus.dataset(split)
                for number in 0..<dataset.blockCount {
                    let block = try dataset.block(number)
                    let ids = block.tokens
                    for segment in block.segmentEnds.indices {
                        let range = block.range(ofSegment: segment)
                        for start in range where start + ngrams.length <= range.upperBound {
                            expected[Array(ids[start..<start + ngrams.length]), default: 0] += 1
                        }
                    }
                }
            }
            #expect(ngrams.total == expected.values.reduce(0, +) && ngrams.distinct == expected.count)
            #expect(ngrams.top.map(\.count) == Array(expected.values.sorted(by: >).prefix(10)))
            for ngram in ngrams.top {
                #expect(expected[ngram.ids] == ngram.count)
                #expect(ngram.text == fixture.tokenizer.decodeText(ngram.ids))
            }
        }
    }

    @Test(arguments: [1.0, 3.0])
    func blocksAreCountedLikeOneByOne(weight: Double) throws {
        let fixture = try CorpusFixture(weight: weight)
        let statistics = try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 2))
        for split in Split.allCases {
            let dataset = try fixture.corpus.dataset(split)
            let found = try #require(statistics.blocks[split])
            var counts: [Int] = []
            var padding = 0
            for number in 0..<dataset.blockCount {
                let block = try dataset.block(number)
                counts.append(block.segmentEnds.count)
                padding += block.count - block.paddingStart
            }
            #expect(found.blocks == counts.count && found.segments == counts.reduce(0, +) && found.padding == padding)
            #expect(found.padding == fixture.corpus.manifest.splits[split.rawValue]?.ledger.padding)
            #expect(found.mostDocuments == counts.max() ?? 0)
            for bucket in found.documentsPerBlock {
                #expect(bucket.blocks == counts.count { $0 >= bucket.from && $0 <= bucket.to })
            }
            let files = try Folder.names(in: fixture.corpus.folder.split(split)).filter { $0.hasSuffix(".zstd") }
            let bytes = try files.map { try Folder.fileSize(PathText.join(fixture.corpus.folder.split(split), $0)) }
            #expect(found.storedBytes == bytes.reduce(0, +))
        }
        let pieces = statistics.blocks.values.reduce(0) { $0 + $1.segments }
        let copies = try (0..<35).reduce(0) { $0 + (try fixture.corpus.records(ofRows: [$1])[$1]?.copies ?? 0) }
        #expect(statistics.blocks.values.contains { $0.documentsCut > 0 } == (pieces > copies))
    }

    /// One token a byte: tokens by kind are the bytes of the spans, in a sample as well as in all.
    @Test func tokensGoToTheKindTheyStandIn() throws {
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 2)
        let all = try CorpusStatistics(fixture.corpus, pool: pool).total
        #expect(all.sampleDocuments == 35 && !all.kinds.isEmpty)
        #expect(all.kinds.reduce(0) { $0 + $1.bytes } == all.textBytes)
        #expect(all.kinds.reduce(0) { $0 + $1.words } == all.words)
        for kind in all.kinds { #expect(kind.sampleTokens == kind.bytes && kind.sampleWords == kind.words) }
        var options = StatisticsOptions()
        options.encodedBytes = all.textBytes / 4
        options.ngramTokens = all.tokens / 4
        let sampled = try CorpusStatistics(fixture.corpus, pool: pool, options: options)
        #expect((1..<35).contains(sampled.total.sampleDocuments))
        #expect(sampled.total.kinds.map(\.bytes) == all.kinds.map(\.bytes))
        for kind in sampled.total.kinds { #expect(kind.sampleTokens == kind.sampleBytes) }
        #expect(sampled.sampledBlocks < sampled.blocks.values.reduce(0) { $0 + $1.blocks })
        #expect(sampled.text.contains("in a sample") && sampled.json["sampling"]?["kinds"]?["exact"] == .bool(false))
        #expect(
            try CorpusStatistics(fixture.corpus, pool: WorkerPool(threads: 1), options: options).json == sampled.json)
        options.seed = 2
        #expect(try CorpusStatistics(fixture.corpus, pool: pool, options: options).json != sampled.json)
    }

    @Test func quantilesAreNearestRanks() {
        let lengths = (1...200).map { UInt32($0) }
        let quantiles = LengthQuantiles(lengths.reversed())
        #expect(quantiles.values == [1, 2, 10, 20, 50, 100, 150, 180, 190, 198, 200] && quantiles.median == 100)
        #expect(quantiles.mean == 100.5)
        #expect(LengthQuantiles([7]).values.allSatisfy { $0 == 7 } && LengthQuantiles([]).mean == nil)
    }

    @Test func textsAreCutBetweenCharacters() {
        let text = Array("añ€𝄞".utf8)
        let expected = ["", "a", "a", "añ", "añ", "añ", "añ€", "añ€", "añ€", "añ€", "añ€𝄞"]
        for count in 0...text.count {
            #expect(text.withUnsafeBytes { TextCut.whole($0[..<count]) } == expected[count])
        }
    }

    @Test func tokensAreShownWithoutTrouble() {
        #expect(StatisticsTables.token("        ") == "\" \" × 8" && StatisticsTables.token("\n\n") == "\"\\n\\n\"")
        #expect(
            !StatisticsTables.token("\u{1B}[31m\u{202E}").unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" }
        )
        #expect(
            StatisticsTables.wrapped(String(repeating: "word ", count: 40)).split(separator: "\n").allSatisfy {
                $0.count <= 80
            })
    }
}
