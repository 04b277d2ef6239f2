import Documents
import Files
import Packing
import Parallel
import Shards
import TestSupport
import Testing
import Tokenization

@testable import Building

/// Instruction data from records to shards: what carries loss is what the assistant says, to the token.
@Suite struct InstructionBuildTests {
    private let folder = TemporaryFolder()
    private static let specials = ["<|im_start|>", "<|im_end|>"]

    init() { folder.write(ByteTokenizer.json(specials: Self.specials), to: "tokenizer.json") }

    private func build(
        _ sources: String, _ more: String = "pack: {length: 128, strategy: best-fit}", to name: String = "out",
        threads: Int = 1
    ) throws -> Manifest {
        let yaml = "sources: [\(sources)]\ntokenizer: tokenizer.json\nread: {max_unreadable: 90%}\n\(more)\n"
        var options = BuildOptions()
        options.threads = threads
        return try BuildRun(
            recipe: Recipe(yaml: yaml, file: folder("recipe.yaml")), folder: folder(name), options: options,
            tool: "test"
        ).run().manifest
    }

    /// A segment, and what of it carries loss.
    private struct Piece: Hashable {
        var text: String
        var learnt: [String]
        var row: Int
    }

    private func pieces(_ name: String = "out") throws -> [Piece] {
        let tokenizer = try Tokenizer.load(folder("tokenizer.json"))
        var pieces: [Piece] = []
        for split in Split.allCases {
            let dataset = try ShardDataset(folder("\(name)/\(split.rawValue)"))
            for number in 0..<dataset.blockCount {
                let block = try dataset.block(number)
                let ids = block.tokens
                let spans = try #require(block.lossSpans)
                for (segment, row) in block.segmentDocuments.enumerated() {
                    let range = block.range(ofSegment: segment)
                    let learnt = spans.map { $0.clamped(to: range) }.filter { !$0.isEmpty }
                    pieces.append(
                        Piece(
                            text: tokenizer.decodeText(Array(ids[range])),
                            learnt: learnt.map { tokenizer.decodeText(Array(ids[$0])) }, row: Int(row)))
                }
            }
        }
        return pieces
    }

    private static func line(_ turns: [(String, String)], id: String) -> String {
        JSONValue.object([
            "id": .string(id),
            "messages": .array(turns.map { .object(["role": .string($0.0), "content": .string($0.1)]) }),
        ]).text()
    }

    /// Questions that try to end themselves, answers with an address, several turns.
    private static let conversations: [[(String, String)]] = (0..<12).map { number in
        var turns = [("user", "Timer \(number)? <|im_end|>"), ("assistant", "See a\(number)@b.example")]
        if number % 3 == 0 { turns.insert(("system", "Brief."), at: 0) }
        if number % 4 == 0 { turns += [("user", "And?"), ("assistant", "No <|im_start|>")] }
        return turns
    }

    @Test func spansAreExactlyTheAnswers() throws {
        let lines = Self.conversations.enumerated().map { Self.line($1, id: "c\($0)") }
        folder.write(lines.joined(separator: "\n"), to: "chat.jsonl")
        let recipe = """
            clean: {pii: replace}
            dedupe: {minhash: off, paragraphs: on, spans: {length: 5}, repeated_in: 2}
            split: {validation: 25%}
            pack: {length: 192, strategy: best-fit}
            shards: {blocks: 2}
            """
        let manifest = try build("{name: chat, path: chat.jsonl, instructions: chatml}", recipe)
        #expect(manifest.rejected.isEmpty && manifest.sources[0].documents == 12)
        let pieces = try pieces()
        // No question loses its answer: a conversation is one segment.
        #expect(pieces.count == 12 && Set(pieces.map(\.row)).count == 12)
        let expected = Self.conversations.map { turns in
            var answers = turns.filter { $0.0 == "assistant" }.map { $0.1 + "<|im_end|>\n" }
            answers[answers.count - 1] += "<|endoftext|>"
            let text = turns.map { "<|im_start|>\($0.0)\n\($0.1)<|im_end|>\n" }.joined() + "<|endoftext|>"
            return (text, answers)
        }
        #expect(
            Set(pieces.map { [$0.text] + $0.learnt }) == Set(expected.map { [$0.0] + $0.1 }))
        // What a user spells out is no special token.
        var markup = 0
        for split in Split.allCases {
            let dataset = try ShardDataset(folder("out/\(split.rawValue)"))
            for number in 0..<dataset.blockCount {
                markup += try dataset.block(number).tokens.count { $0 == 257 || $0 == 258 }
            }
        }
        #expect(markup == 2 * Self.conversations.joined().count)
        #expect(manifest.specialsInText == 12 + 3)
        let bytes = expected.flatMap(\.1).reduce(0) {
            $0 + $1.utf8.count - ($1.contains("<|endoftext|>") ? 12 : 0) - 9
        }
        #expect(manifest.splits.values.reduce(0) { $0 + ($1.lossTokens ?? 0) } == bytes)
        #expect(try Manifest(folder: folder("out")).splits == manifest.splits)
        for threads in [1, 3] {
            let again = try build(
                "{name: chat, path: chat.jsonl, instructions: chatml}", recipe + "\nbuild: {partition_bytes: 300B}",
                to: "again\(threads)", threads: threads)
            #expect(again.rootDigest == manifest.rootDigest)
        }
    }

    /// The quiz of the corpora folder, as prompts and completions without markup, beside texts that carry loss everywhere.
    @Test func promptsOfTheQuizCarryNoLoss() throws {
        var lines = LineReader(try ByteStream.open(TestData.repository + "/corpora/quiz.jsonl"))
        var records: [(prompt: String, completion: String)] = []
        while let value = try lines.next({ try JSONParser().parse($0, name: "") { $0.value } }) {
            if let question = (value["question"] ?? value["Statement"])?.string,
                let answer = (value["answer"] ?? value["Answer"])?.string
            {
                records.append((question + " ", answer))
            }
        }
        try #require(records.count >= 3)
        folder.write(
            records.map {
                JSONValue.object(["prompt": .string($0.prompt), "completion": .string($0.completion)]).text()
            }.joined(separator: "\n"), to: "quiz.jsonl")
        let prose = (0..<40).map { "The relay starts timer \($0) and waits." }.joined(separator: " ")
        // What other sources say of themselves is not believed.
        folder.write(
            JSONValue.object(["text": .string(prose), "learnt": [[0, 4]], "contents": [[0, 9]]]).text(),
            to: "text.jsonl")
        let manifest = try build(
            "{name: quiz, path: quiz.jsonl, instructions: plain}, {name: text, path: text.jsonl}",
            "pack: {length: 256, strategy: best-fit}\nsplit: {validation: 0%, max_family: 1}")
        let pieces = try pieces()
        for record in records {
            let found = pieces.filter { $0.text == record.prompt + record.completion + "<|endoftext|>" }
            #expect(found.count == 1 && found[0].learnt == [record.completion + "<|endoftext|>"])
        }
        let others = pieces.filter { $0.text.contains("relay starts") }
        #expect(others.count > 1 && others.allSatisfy { $0.learnt == [$0.text] })
        #expect(manifest.extraction.isClosed)
    }

    @Test func tablesOfNumbersAreReadAndNotLearnt() throws {
        let table = "| A | B |\n| --- | --- |\n" + (0..<6).map { "| \($0)21 | \($0)9 |" }.joined(separator: "\n")
        let words = "| Word | Other |\n| --- | --- |\n| alpha | beta |"
        let prose = (0..<9).map { "The relay starts timer \($0) and waits for an answer of the other side." }
            .joined(separator: " ")
        folder.write("# 1 Tables\n\n\(prose)\n\n\(table)\n\n\(prose)\n\n\(words)\n", to: "in/a.md")
        folder.write(prose + " And no table.\n", to: "in/b.md")
        let options = "clean: {profile: none}\ndedupe: {minhash: off}\nsplit: {validation: 0%}"
        let manifest = try build(
            "{name: a, path: in}", options + "\npack: {length: 4096, no_loss: number_table}")
        let pieces = try pieces()
        let first = try #require(pieces.first { $0.text.contains("21 |") })
        let silent = first.text.replacing(first.learnt[0], with: "").replacing(first.learnt[1], with: "")
        #expect(first.learnt.count == 2 && silent.trimmingPrefix("\n").hasPrefix("| A | B |"))
        #expect(silent.contains("| 521 | 59 |") && first.learnt[1].contains("alpha"))
        #expect(pieces.first { $0.text.contains("no table") }?.learnt.count == 1)
        let all = try build("{name: a, path: in}", options + "\npack: {length: 4096}", to: "all")
        let dataset = try ShardDataset(folder("all/train"))
        #expect(!dataset.hasLossSpans && all.splits["train"]?.lossTokens == nil)
        #expect(all.rootDigest != manifest.rootDigest)
        #expect(all.splits["train"]?.ledger == manifest.splits["train"]?.ledger)
    }

    private static let normalizers = [
        "null", #"{"type": "NFKC"}"#, #"{"type": "NFD"}"#,
        #"{"type": "Strip", "strip_left": true, "strip_right": true}"#,
        #"{"type": "Replace", "pattern": {"String": "relay"}, "content": "r"}"#,
        #"{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}"#,
    ]

    private func write(normalizer: String) {
        let json = ByteTokenizer.json(specials: Self.specials)
        folder.write(
            json.replacing("\"normalizer\": null", with: "\"normalizer\": \(normalizer)")
                .replacing("\"normalizer\":null", with: "\"normalizer\":\(normalizer)"), to: "tokenizer.json")
    }

    /// Tokenizers that make a text longer, shorter, or put something before it.
    @Test(arguments: normalizers) func theSilentTokensAreThoseOfTheTable(normalizer: String) throws {
        write(normalizer: normalizer)
        let table = "| A | B |\n| --- | --- |\n" + (0..<6).map { "| \($0)21 | \($0)9 |" }.joined(separator: "\n")
        let prose = (0..<9).map { "The relay of the café waits ½ of timer \($0)." }.joined(separator: " ")
        folder.write("# 1 Tables\n\n\(prose)\n\n\(table)\n\n\(prose)\n", to: "in/a.md")
        let manifest = try build(
            "{name: a, path: in}",
            "clean: {profile: none}\nsplit: {validation: 0%}\npack: {length: 4096, no_loss: number_table}")
        let piece = try #require(try pieces().first)
        #expect(piece.learnt.count == 2)
        let silent = piece.text.dropFirst(piece.learnt[0].count).dropLast(piece.learnt[1].count)
            .replacing("▁", with: " ").trimmingPrefix("\n")
        #expect(silent.hasPrefix("| A | B |") && silent.hasSuffix("| 521 | 59 |"), "\(silent)")
        #expect(!piece.learnt[0].contains("|") && !piece.learnt[1].dropLast(13).contains("|"))
        let packed = try CorpusRepacking(
            folder: folder("out"), output: folder("packed"), options: RepackOptions(), tool: "test"
        ).run(WorkerPool(threads: 1))
        #expect(packed.splits["train"]?.lossTokens == manifest.splits["train"]?.lossTokens)
    }

    @Test func aTokenizerThatHidesTheTextIsNamed() throws {
        write(normalizer: #"{"type": "Replace", "pattern": {"Regex": "[a-z]+"}, "content": "x"}"#)
        let prose = (0..<9).map { "The relay waits for timer \($0)." }.joined(separator: " ")
        folder.write("\(prose)\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n", to: "in/a.md")
        let failure = #expect(throws: BuildFailure.self) {
            try build("{name: a, path: in}", "split: {validation: 0%}\npack: {length: 64, no_loss: table}")
        }
        let message = failure?.description ?? ""
        #expect(message.contains("source a: pack.no_loss") && message.contains("tokenizer.json"), "\(message)")
        let summary = try BuildRun(
            recipe: Recipe(
                yaml:
                    "sources: [{name: a, path: in}]\ntokenizer: tokenizer.json\nsplit: {validation: 0%}\npack: {length: 64, strategy: structure}",
                file: folder("recipe.yaml")), folder: folder("cut"), options: BuildOptions(), tool: "test"
        ).run()
        #expect(summary.cutAnywhere == 1)
    }

    /// Pieces of a long document end at the ends of its lines.
    @Test(arguments: normalizers) func structureCutsAtTheEndsOfLines(normalizer: String) throws {
        write(normalizer: normalizer)
        let lines = (0..<60).map { "The relay of the café waits ½ of timer \($0).\n" }
        folder.write(lines.joined(separator: "\n"), to: "in/a.txt")
        _ = try build(
            "{name: a, path: in}",
            "clean: {profile: none}\nsplit: {validation: 0%}\npack: {length: 256, strategy: structure, tolerance: 40%}")
        let dataset = try ShardDataset(folder("out/train"))
        let tokenizer = try Tokenizer.load(folder("tokenizer.json"))
        let texts = try (0..<dataset.blockCount).flatMap { number in
            let block = try dataset.block(number)
            return block.segmentEnds.indices.map {
                tokenizer.decodeText(Array(block.tokens[block.range(ofSegment: $0)]))
            }
        }
        #expect(texts.count > 8)
        #expect(
            texts.allSatisfy { $0.hasSuffix("\n") || $0.hasSuffix("<|endoftext|>") }, "\(texts.map { $0.suffix(12) })")
    }

    /// What is made again from the sealed folder carries the same loss: shards, whole data sets, other blocks.
    @Test func repairAndRepackingKnowTheAnswers() throws {
        let lines = Self.conversations.enumerated().map { Self.line($1, id: "c\($0)") }
        folder.write(lines.joined(separator: "\n"), to: "chat.jsonl")
        let manifest = try build(
            "{name: chat, path: chat.jsonl, instructions: chatml}",
            "dedupe: {minhash: off}\nsplit: {validation: 25%}\npack: {length: 96, separator: both}\nshards: {blocks: 4}"
        )
        let sound = try pieces()
        let pool = WorkerPool(threads: 2)
        try Folder.remove(folder("out/work"))
        try Folder.remove(folder("out/train/shard.00000.mds.zstd"))
        #expect(try CorpusRepair(folder: folder("out")).run(pool).shards.map(\.outcome) == [.restored])
        #expect(try pieces() == sound)
        var options = RepackOptions()
        options.length = 192
        options.strategy = .bestFit
        let packed = try CorpusRepacking(
            folder: folder("out"), output: folder("packed"), options: options, tool: "test"
        ).run(pool)
        for split in Split.allCases {
            #expect(packed.splits[split.rawValue]?.lossTokens == manifest.splits[split.rawValue]?.lossTokens)
        }
        #expect(packed.splits["train"]?.lossTokens ?? 0 > 100)
        #expect(try pieces("packed").allSatisfy { $0.learnt.last?.hasSuffix("<|im_end|>\n<|endoftext|>") == true })
        #expect(try pieces("packed").count == 12)
    }

    /// A question that fills a block leaves it without loss.
    @Test func aBlockOfAQuestionHasNone() throws {
        folder.write(
            #"{"prompt": "\#(String(repeating: "why ", count: 40))", "completion": "So."}"#, to: "qa.jsonl")
        let manifest = try build(
            "{name: qa, path: qa.jsonl, instructions: plain}", "split: {validation: 0%}\npack: {length: 64}")
        let dataset = try ShardDataset(folder("out/train"))
        let spans = try (0..<3).map { try dataset.block($0).lossSpans }
        #expect(spans == [[], [], [32..<36]])
        #expect(dataset.blockCount == 3 && manifest.splits["train"]?.lossTokens == 4)
    }

    @Test func badRecordsAreNamedWithTheirLine() throws {
        folder.write(
            [
                #"{"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A 1"}]}"#,
                #"{"messages": [{"role": "tool", "content": "Q"}]}"#,
                #"{"text": "none"}"#, "{broken",
                #"{"prompt": "Q", "completion": "A 2"}"#, #"{"prompt": "Q"}"#,
                #"{"messages": [{"role": "user", "content": "Q"}, {"role": "system", "content": "S"}, {"role": "assistant", "content": "A"}]}"#,
                #"{"instruction": "I", "input": "", "output": "A 3"}"#,
                #"{"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A 4"}]}"#,
            ].joined(separator: "\n"), to: "chat.jsonl")
        folder.write("No records at all.", to: "note.txt")
        let manifest = try build(
            "{name: chat, path: [chat.jsonl, note.txt], instructions: chatml}",
            "split: {validation: 0%}\npack: {length: 64}\ndedupe: {minhash: off}")
        #expect(manifest.sources[0].documents == 4)
        var rejections: [String] = []
        var lines = LineReader(try ByteStream.open(folder("out/rejected/\(manifest.rejectedPart.name)")))
        while let value = try lines.next({ try JSONParser().parse($0, name: "") { $0.value } }) {
            rejections.append("\(value["path"]?.string ?? "") \(value["value"]?.string ?? "")")
        }
        for line in [2, 3, 4, 6, 7] {
            #expect(rejections.contains { $0.hasPrefix("chat.jsonl line \(line):") }, "\(line): \(rejections)")
        }
        #expect(rejections.contains { $0.hasPrefix("note.txt ") } && rejections.count == 6)
        // Without a template a conversation has no text.
        let plain = try build(
            "{name: chat, path: chat.jsonl, instructions: plain}",
            "split: {validation: 0%}\npack: {length: 64}\ndedupe: {minhash: off}", to: "plain")
        #expect(plain.sources[0].documents == 2)
        #expect(throws: BuildFailure.self) {
            try build("{name: chat, path: chat.jsonl, instructions: none.json}", to: "missing")
        }
    }

    /// A question of an evaluation set drops the conversation, whatever the action; nothing is cut out of one.
    @Test func evaluationItemsDropConversations() throws {
        let item = "which timer does the relay start when the lamp of the second series shows a steady amber light"
        folder.write(#"{"question": "\#(item)", "answer": "T9"}"# + "\n", to: "eval.jsonl")
        let lines = [
            Self.line([("user", "Tell me \(item)?"), ("assistant", "T9 of course.")], id: "bad"),
            Self.line([("user", "Tell me why."), ("assistant", "Because.")], id: "good"),
        ]
        folder.write(lines.joined(separator: "\n"), to: "chat.jsonl")
        for action in ["mask", "drop"] {
            let manifest = try build(
                "{name: chat, path: chat.jsonl, instructions: chatml}",
                "decontaminate: {against: eval.jsonl, action: \(action)}\nsplit: {validation: 0%}\npack: {length: 64}",
                to: action)
            #expect(manifest.sources[0].documents == 1 && manifest.rejected == ["decontamination": 1], "\(action)")
        }
    }

    /// Real records: every answer, and nothing else, carries loss.
    @Test(.enabled(if: TestData.isPresent)) func realInstructionsAreBuilt() throws {
        let path = TestData.path("instruct/alpaca_data_first2000.jsonl")
        let manifest = try build(
            "{name: alpaca, path: \(path), instructions: chatml}",
            "dedupe: {minhash: off}\npack: {length: 4096, strategy: best-fit}\nsplit: {validation: 5%}", threads: 2)
        let pieces = try pieces()
        #expect(manifest.sources[0].documents > 1900 && pieces.count >= manifest.sources[0].documents)
        let whole = pieces.filter { $0.text.hasPrefix("<|im_start|>user\n") && $0.text.hasSuffix("<|endoftext|>") }
        #expect(whole.count > 1900)
        for piece in whole {
            let answer = try #require(piece.learnt.last)
            #expect(piece.learnt.count == 1 && piece.text.hasSuffix("<|im_start|>assistant\n" + answer))
        }
    }
}
