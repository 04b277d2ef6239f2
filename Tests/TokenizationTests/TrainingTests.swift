import Files
import TestSupport
import Testing

@testable import Tokenization

@Suite struct TrainingTests {
    struct Reference: Sendable, CustomTestStringConvertible {
        var name: String
        var size: Int
        var pattern = BPETrainer.Pattern.gpt2
        var lines = false
        var minimumFrequency = 0
        var length: Int?
        var testDescription: String { name }
    }

    static let references = [
        Reference(name: "gpt2-regex-2048-lines", size: 2048, lines: true),
        Reference(name: "gpt2-regex-8192-lines", size: 8192, lines: true),
        Reference(name: "gpt2-regex-8192-minfreq5-len12-whole", size: 8192, minimumFrequency: 5, length: 12),
        Reference(name: "gpt2-regex-8192-whole", size: 8192),
        Reference(name: "qwen-regex-8192-whole", size: 8192, pattern: .qwen2),
    ]

    /// The merges of Hugging Face's trainer on the same text, all of them.
    @Test(.enabled(if: TestData.isPresent), arguments: references)
    func mergesAreThoseOfTheReference(reference: Reference) throws {
        var options = BPETrainer.Options(vocabularySize: reference.size)
        options.pattern = reference.pattern
        options.splitsLines = reference.lines
        options.minimumFrequency = reference.minimumFrequency
        options.maximumTokenLength = reference.length
        let folder = TestData.path("tokenizers/train-reference/")
        var trainer = try BPETrainer(options)
        let text = try FileByteStream(folder + "train.txt").readAll(limit: 1 << 24)
        text.withUnsafeBytes { trainer.add($0) }
        let trained = trainer.train()
        #expect(trained.tokens.count == reference.size)
        let wanted = try FileByteStream(folder + reference.name + "/merges.txt").readAll(limit: 1 << 24)
        #expect(lines(trained.mergesText()) == lines(wanted))
        // The folder that is written is the same tokenizer as the reference.
        let written = TemporaryFolder()
        try trained.write(to: written.path)
        let ours = try Tokenizer.load(written.path)
        #expect(try ours.digest == Tokenizer.load(folder + reference.name).digest)
        #expect(ours.endOfText == 0 && ours.beginningOfText == nil)
        #expect(ours.bytes(of: 300) == trained.tokens[300])
    }

    private func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: 0x0A).filter { !$0.starts(with: "#version".utf8) }
    }

    @Test func partsCountedApartGiveTheSameMerges() throws {
        var options = BPETrainer.Options(vocabularySize: 300)
        options.splitsLines = true
        let texts = (0..<40).map { "line \($0 % 7) of the text, the text of line \($0)\n" }
        var whole = try BPETrainer(options)
        var first = try BPETrainer(options)
        var second = try BPETrainer(options)
        for (index, text) in texts.enumerated() {
            whole.add(text)
            if index % 3 == 0 { first.add(text) } else { second.add(text) }
        }
        second.absorb(first)
        #expect(second.bytesSeen == whole.bytesSeen && second.pieceCount == whole.pieceCount)
        #expect(second.train().mergesText() == whole.train().mergesText())
    }

    @Test func linesKeepPiecesApart() throws {
        var options = BPETrainer.Options(vocabularySize: 258)
        var whole = try BPETrainer(options)
        whole.add("\n\n\n\n\n\n")
        #expect(whole.train().tokens.last == Array("\n\n".utf8))
        options.splitsLines = true
        var lines = try BPETrainer(options)
        lines.add("\n\n\n\n\n\n")
        #expect(lines.train().merges.isEmpty)
    }

    @Test func everyPatternWritesAFolderThatLoadsAndGivesTheTextBack() throws {
        let text = "Ünïcode e\u{301} 2024-11: don't (stop)  x\n\nthe the theme 中文中文 42"
        for pattern in BPETrainer.Pattern.allCases {
            for normalizes in [false, true] {
                var options = BPETrainer.Options(vocabularySize: 280)
                options.pattern = pattern
                options.normalizes = normalizes
                options.specialTokens = ["<s>", "</s>"]
                options.beginningOfText = "<s>"
                options.endOfText = "</s>"
                var trainer = try BPETrainer(options)
                for _ in 0..<3 { trainer.add(text) }
                let folder = TemporaryFolder()
                try trainer.train().write(to: folder.path)
                let tokenizer = try Tokenizer.load(folder.path)
                #expect(tokenizer.vocabularySize == 280)
                #expect(tokenizer.beginningOfText == 0 && tokenizer.endOfText == 1)
                let ids = try tokenizer.makeEncoder().encode(text)
                #expect(tokenizer.decode(ids) == tokenizer.normalized(Array(text.utf8)))
                #expect(ids.count < text.utf8.count)
            }
        }
    }

    @Test func aSpecialTokenThatIsAlsoLearntIsOneToken() throws {
        var options = BPETrainer.Options(vocabularySize: 262)
        options.specialTokens = ["the", "<|endoftext|>"]
        var trainer = try BPETrainer(options)
        trainer.add("the,the,the,the,there")
        let trained = trainer.train()
        let folder = TemporaryFolder()
        try trained.write(to: folder.path)
        let tokenizer = try Tokenizer.load(folder.path)
        #expect(try tokenizer.makeEncoder().encode("the") == [0])
    }

    @Test func impossibleOptionsAreNamed() {
        func message(_ change: (inout BPETrainer.Options) -> Void) -> String {
            var options = BPETrainer.Options(vocabularySize: 300)
            change(&options)
            do {
                _ = try BPETrainer(options)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message { $0.vocabularySize = 256 } == "vocabulary size: expected 257 to 16777216, found 256")
        #expect(message { $0.minimumFrequency = -1 } == "minimum frequency: expected 0 or more, found -1")
        #expect(message { $0.maximumTokenLength = 1 } == "maximum token length: expected 2 or more, found 1")
        #expect(message { $0.specialTokens = ["é"] }.hasPrefix("special tokens: expected two characters"))
        #expect(message { $0.endOfText = "</s>" }.hasPrefix("special tokens: expected </s> among them"))
        #expect(message { _ in } == "")
    }

    @Test func nothingToLearnFromLeavesTheBytes() throws {
        var trainer = try BPETrainer(BPETrainer.Options(vocabularySize: 1000))
        trainer.add("")
        let trained = trainer.train()
        #expect(trained.tokens.count == 257 && trained.merges.isEmpty)
    }
}
