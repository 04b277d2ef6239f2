import Deduplication
import Documents
import TestSupport
import Testing

@Suite struct TextUnitsTests {
    private static func words(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        let units = TextUnits(bytes)
        return units.hashes.indices.map { String(decoding: bytes[units.bytes(of: $0..<$0 + 1)], as: UTF8.self) }
    }

    @Test func wordsAndSymbolsWithoutWhiteSpace() {
        #expect(
            TextUnitsTests.words("The UE, 3GPP\u{A0}TS\n\u{FEFF}23.501: naïve“中 文”\u{3000}") == [
                "The", "UE", ",", "3GPP", "TS", "23", ".", "501", ":", "naïve“中", "文”",
            ])
        #expect(TextUnitsTests.words(" \t\r\n") == [])
        #expect(TextUnits([0xFF, 0xC2, 0xE2, 0x80]).hashes.count == 1)
    }

    @Test func wrappingDoesNotCount() throws {
        let sentence = "The network function shall answer the request, or reject it with a cause. "
        let text = String(repeating: sentence, count: 1) + "It may wait at most 30 s; then it gives up."
        let wrapped = text.split(separator: " ").enumerated().map { ($0 % 5 == 4 ? "\n    " : " ") + $1 }.joined()
        let first = Array(("Before this. " + text).utf8)
        let second = Array(("Other beginning:" + wrapped + " And an end.").utf8)
        let finder = RepeatedSpans(length: 20, unitBytes: 4)
        #expect(try finder.append(TextUnits(first).hashes) == [])
        let units = TextUnits(second)
        let spans = try finder.append(units.hashes)
        #expect(spans.count == 1)
        let found = String(decoding: second[units.bytes(of: try #require(spans.first))], as: UTF8.self)
        #expect(found.hasPrefix("The network") && found.hasSuffix("gives up."))
    }
}

@Suite struct RepeatedTextTests {
    @Test func wholeSentencesGo() throws {
        let shared = "The relay states its window. A window of one is allowed, and slow. The lamp obeys"
        let first = Array("Scope of this: \(shared) at once.".utf8)
        let second = Array("Another scope. \(shared.replacing(" ", with: "\n"))\nlater.".utf8)
        func found(_ boundary: TextBoundary, words: Int) throws -> [String] {
            let finder = RepeatedText(words: words, boundary: boundary)
            #expect(try finder.append(first) == [])
            return try finder.append(second).map { String(decoding: second[$0], as: UTF8.self) }
        }
        let whole = shared.replacing(" ", with: "\n")
        #expect(try found(.character, words: 10) == [whole])
        #expect(try found(.sentence, words: 10) == [whole.replacing("\nThe\nlamp\nobeys", with: "")])
        #expect(try found(.line, words: 10) == [whole.replacing("The\nrelay", with: "relay")])
        #expect(try found(.sentence, words: 30) == [])
    }
}

@Suite struct RepeatedBlocksTests {
    private static func texts(_ blocks: [Range<Int>], _ text: [UInt8]) -> [String] {
        blocks.map { String(decoding: text[$0], as: UTF8.self) }
    }

    @Test func linesAndParagraphs() {
        let text = Array("\n  one\ntwo  \n \t\r\n\nthree\r\n\n".utf8)
        text.withUnsafeBufferPointer { bytes in
            #expect(RepeatedBlocksTests.texts(TextBlocks.lines(bytes), text) == ["one", "two", "three"])
            #expect(RepeatedBlocksTests.texts(TextBlocks.paragraphs(bytes), text) == ["one\ntwo", "three"])
        }
        [UInt8]().withUnsafeBufferPointer { #expect(TextBlocks.lines($0) == [] && TextBlocks.paragraphs($0) == []) }
    }

    @Test func theFirstStaysAndDocumentsAreCounted() {
        var blocks = RepeatedBlocks(minimumBytes: 4)
        var found: [[String]] = []
        let documents = [
            "alpha beta\n\nab\n\nalpha  beta", "ab\n\nalpha\nbeta\n\ngamma", "gamma\n\nalpha beta\n\ngamma",
        ]
        for document in documents {
            let text = Array(document.utf8)
            text.withUnsafeBufferPointer { bytes in
                found.append(
                    RepeatedBlocksTests.texts(blocks.append(bytes, blocks: TextBlocks.paragraphs(bytes)), text))
            }
        }
        #expect(found == [["alpha  beta"], ["alpha\nbeta"], ["gamma", "alpha beta", "gamma"]])
        #expect(blocks.count == 2 && blocks.documentCount == 3)
        let text = Array(documents[1].utf8)
        text.withUnsafeBufferPointer { bytes in
            let all = TextBlocks.paragraphs(bytes)
            #expect(
                RepeatedBlocksTests.texts(blocks.blocks(inAtLeast: 3, of: bytes, blocks: all), text) == ["alpha\nbeta"])
            #expect(blocks.blocks(inAtLeast: 2, of: bytes, blocks: all).count == 2)
            #expect(blocks.documents(with: 0..<2, of: bytes) == 0)
        }
    }

    @Test func manyBlocksKeepTheirCounts() {
        var blocks = RepeatedBlocks()
        for round in 0..<3 {
            let text = (0..<1000).map { "paragraph number \($0)\n" }.joined()
            let repeated = Array(text.utf8).withUnsafeBufferPointer { blocks.append($0, blocks: TextBlocks.lines($0)) }
            #expect(repeated.count == (round == 0 ? 0 : 1000))
        }
        #expect(blocks.count == 1000)
    }
}
