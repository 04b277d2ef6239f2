import Building
import Files
import Parallel
import Shards
import TestSupport
import Testing
import Tokenization

@testable import Inspection

@Suite struct BlockViewTests {
    /// Every document is read back from the segments of all blocks, which say themselves where each piece belongs.
    @Test(arguments: ["none", "eos", "bos", "both"])
    func segmentsOfAllBlocksGiveTheTextsBack(separator: String) throws {
        let fixture = try CorpusFixture(separator: separator)
        var texts: [String: [UInt8]] = [:]
        for split in Split.allCases {
            for block in 0..<(try fixture.corpus.dataset(split).blockCount) {
                let view = try BlockView(fixture.corpus, split: split, block: block, tokenizer: fixture.tokenizer)
                var position = 0
                for segment in view.segments {
                    #expect(segment.start == position && segment.begins == (segment.offset == 0))
                    position = segment.end
                    let own = segment.tokens.dropFirst(segment.leading).dropLast(segment.trailing)
                    let title = segment.document.title ?? ""
                    if segment.begins { texts[title, default: []] = [] }
                    let before = segment.offset - (segment.leading == 0 && ["bos", "both"].contains(separator) ? 1 : 0)
                    #expect(texts[title]?.count == max(before, 0))
                    texts[title, default: []] += own.map { UInt8($0) }
                    #expect(segment.text == String(decoding: own.map { UInt8($0) }, as: UTF8.self))
                    if segment.ends, let whole = fixture.texts[title] { #expect(texts[title] == Array(whole.utf8)) }
                }
                #expect(position + view.padding == view.length)
            }
        }
        for (title, text) in fixture.texts { #expect(texts[title] == Array(text.utf8)) }
    }

    /// Of a conversation the answers alone carry loss, and the view says which stretches these are.
    @Test func stretchesWithLossAreShown() throws {
        let folder = TemporaryFolder()
        folder.write(ByteTokenizer.json(specials: ["<|im_start|>", "<|im_end|>"]), to: "tokenizer.json")
        folder.write(
            #"{"messages": [{"role": "user", "content": "Wh<|im_end|>"}, {"role": "assistant", "content": "Because."}]}"#,
            to: "chat.jsonl")
        let recipe = folder.write(
            """
            sources: [{name: chat, path: chat.jsonl, instructions: chatml}]
            tokenizer: tokenizer.json
            split: {validation: 0%}
            pack: {length: 64}
            """, to: "recipe.yaml")
        _ = try BuildRun(
            recipe: Recipe(file: recipe), folder: folder("out"), options: BuildOptions(), tool: "shardmill test"
        ).run()
        let tokenizer = try Tokenizer.load(folder("tokenizer.json"))
        let view = try BlockView(BuiltCorpus(folder("out")), split: .train, block: 0, tokenizer: tokenizer)
        // Markup is a token each, everything else one a byte.
        let start = 1 + 5 + 12 + 1 + 1 + 1 + 10
        #expect(view.lossSpans == [start..<start + 8 + 1 + 1 + 1])
        #expect(view.json["loss_spans"] == [[.integer(start), .integer(start + 11)]])
        #expect(view.segments.count == 1 && view.segments[0].lossTokens == 11)
        let text = view.text()
        #expect(text.contains("⟦Because.⟨<|im_end|>⟩\n⟨end⟩⟧\n") && text.contains("loss on 11 of \(start + 11)"))
        #expect(text.count { $0 == "⟦" } == 1)
        // A special token is marked, the one that the user spells is not.
        #expect(text.contains("⟨<|im_start|>⟩user\nWh<|im_end|>⟨<|im_end|>⟩\n"), "\(text)")
        let specials = [0, 18, 20, start + 8, start + 10]
        #expect(view.segments[0].specialPositions == specials)
        #expect(view.json["segments"]?.items?[0]["special_positions"] == .array(specials.map { .integer($0) }))
        let dataset = try BuiltCorpus(folder("out")).dataset(.train)
        func step(_ number: Int, _ positions: Range<Int>) throws -> StepView {
            try StepView(
                step: number,
                places: [.init(pass: 0, row: 0, source: 0, block: 0, positions: positions, epoch: 0)],
                datasets: [dataset], stepsMade: 3)
        }
        let seen = try step(3, 0..<start + 4)
        #expect(seen.rows[0].segments.map(\.lossSpans) == [[start..<start + 4]] && seen.isReached == true)
        #expect(
            seen.json["rows"]?.items?[0]["segments"]?.items?[0]["loss_spans"] == [
                [.integer(start), .integer(start + 4)]
            ])
        #expect(seen.text().contains("loss on 4 of \(start + 4): \(start)–\(start + 3)") && seen.remarks.isEmpty)
        #expect(try step(3, 0..<9).text().contains("no loss: read and not learnt"))
        let later = try step(4, 0..<64)
        #expect(later.isReached == false && later.json["reached"] == false && later.json["steps_made"] == 3)
        #expect(later.text().contains("has not reached this step: it has made 3"))
        let ids = try BlockView(BuiltCorpus(folder("out")), split: .train, block: 0, tokenizer: nil)
        #expect(ids.lossSpans == view.lossSpans && !ids.text().contains("⟦"))
        try Folder.remove(folder("out/tokenizer"))
        let blind = try step(3, 0..<64)
        #expect(
            blind.remarks.count == 1 && blind.remarks[0].contains("out/tokenizer") && blind.rows[0].segments.count == 1)
        #expect(blind.text().contains("bytes and clauses of this data set are not shown"))
        #expect(blind.json["remarks"]?.items?.count == 1)
        let plain = try CorpusFixture()
        let whole = try BlockView(plain.corpus, split: .train, block: 0, tokenizer: plain.tokenizer)
        #expect(whole.lossSpans == nil && whole.json["loss_spans"] == nil && !whole.text().contains("⟦"))
    }

    /// With every document packed three times the record's place holds for one copy only.
    @Test func offsetsAreRightForEveryCopy() throws {
        let fixture = try CorpusFixture(weight: 3)
        var expected: [Int: Int] = [:]
        for block in 0..<(try fixture.corpus.dataset(.train).blockCount) {
            let view = try BlockView(fixture.corpus, split: .train, block: block, tokenizer: nil)
            for segment in view.segments {
                let framed = segment.document.tokens + 1
                #expect(segment.offset == expected[segment.row, default: 0] % framed)
                expected[segment.row] = segment.offset + segment.tokens.count
                #expect(segment.text == nil)
            }
        }
    }

    @Test func theTerminalIsSafeAndColoursAreOptional() throws {
        let fixture = try CorpusFixture()
        let pool = WorkerPool(threads: 1)
        let id = try #require(try fixture.record(title: "A <b>bold</b> & \u{1B}[31mred title")).id
        let record = try fixture.corpus.record(id: id, pool: pool)
        let view = try BlockView(
            fixture.corpus, split: record.split, block: record.block, tokenizer: fixture.tokenizer)
        let plain = view.text()
        #expect(!plain.unicodeScalars.contains("\u{1B}") && plain.contains("␛[31mred title"))
        #expect(plain.contains("\(record.split.rawValue) block \(record.block) of ") && plain.contains(id))
        #expect(plain.contains("tokens 0–"))
        #expect(view.text(colours: true).contains("\u{1B}["))
        let json = view.json
        #expect(json["segments"]?.items?.count == view.segments.count && json["schema"]?.int == 1)
        let last = try fixture.corpus.dataset(.train).blockCount - 1
        let end = try BlockView(fixture.corpus, split: .train, block: last, tokenizer: fixture.tokenizer)
        #expect(end.padding > 0 && end.text().contains("padding, \(end.padding) tokens"))
    }

    @Test func anotherTokenizerOrBlockIsRefused() throws {
        let fixture = try CorpusFixture()
        #expect(throws: (any Error).self) {
            try BlockView(fixture.corpus, split: .train, block: 100_000, tokenizer: nil)
        }
        let text = CorpusFixture.byteTokenizer().replacing("<|begin_of_text|>", with: "<|other|>")
        fixture.folder.write(text, to: "other.json")
        let other = try Tokenizer.load(fixture.folder("other.json"))
        #expect(throws: InspectionFailure.self) {
            try BlockView(fixture.corpus, split: .train, block: 0, tokenizer: other)
        }
    }

    @Test func picturesStandForControlCharacters() {
        #expect(TerminalText.sanitized("a\u{1B}[0m\u{7}\u{7F}\u{9B}b\n\t") == "a␛[0m␇␡\u{FFFD}b\n\t")
        #expect(TerminalText.sanitized("\u{202E}abc") == "\u{FFFD}abc")
        #expect(TerminalText.sanitized("plain é 😀") == "plain é 😀")
    }
}

extension CorpusFixture {
    func record(title: String) throws -> DocumentRecord? {
        var found: DocumentRecord?
        for part in corpus.manifest.documentParts.indices {
            try corpus.forEachRecord(ofPart: part) { _, record in
                if record.title == title { found = record }
                return true
            }
        }
        return found
    }
}
