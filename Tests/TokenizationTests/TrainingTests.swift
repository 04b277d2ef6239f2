import Files
import Parallel
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
        try text.withUnsafeBytes { try trainer.add($0) }
        let trained = try trainer.train()
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
            try whole.add(text)
            if index % 3 == 0 { try first.add(text) } else { try second.add(text) }
        }
        try second.absorb(first)
        let (seen, counted) = (second.bytesSeen, second.pieceCount)
        let (allSeen, allCounted) = (whole.bytesSeen, whole.pieceCount)
        #expect(seen == allSeen && counted == allCounted)
        let parts = try second.train()
        let all = try whole.train()
        #expect(parts.mergesText() == all.mergesText() && parts.pieces == all.pieces)
    }

    @Test func linesKeepPiecesApart() throws {
        var options = BPETrainer.Options(vocabularySize: 258)
        var whole = try BPETrainer(options)
        try whole.add("\n\n\n\n\n\n")
        let learnt = try whole.train()
        #expect(learnt.tokens.last == Array("\n\n".utf8))
        options.splitsLines = true
        var lines = try BPETrainer(options)
        try lines.add("\n\n\n\n\n\n")
        let nothing = try lines.train()
        #expect(nothing.merges.isEmpty)
    }

    @Test func everyPatternWritesAFolderThatLoadsAndGivesTheTextBack() throws {
        let text = "Ünïcode e\u{301} 2024-11: don't (stop)  x\n\nthe the theme 中文中文 42"
        for pattern in BPETrainer.Pattern.allCases {
            for normalization in BPETrainer.Normalization.allCases {
                // So small a text has merges for no more.
                let size = pattern == .metaspace ? 310 : 285
                var options = BPETrainer.Options.sentencePiece(vocabularySize: size)
                options.pattern = pattern
                options.normalization = normalization
                var trainer = try BPETrainer(options)
                for _ in 0..<3 { try trainer.add(text) }
                let folder = TemporaryFolder()
                let trained = try trainer.train()
                try trained.write(to: folder.path)
                let tokenizer = try Tokenizer.load(folder.path)
                #expect(tokenizer.vocabularySize == size)
                #expect(tokenizer.beginningOfText == 1 && tokenizer.endOfText == 2)
                let ids = try tokenizer.makeEncoder().encode(text)
                #expect(tokenizer.decode(ids) == tokenizer.normalized(Array(text.utf8)))
                #expect(ids.count < text.utf8.count)
                // What was never seen still has tokens.
                let unseen = try tokenizer.makeEncoder().encode("ÄÖ東")
                #expect(tokenizer.decodeText(unseen) == "ÄÖ東")
            }
        }
    }

    /// Counts that go through files give the same merges, however often and from however many threads they were written.
    @Test func countsBeyondMemoryGiveTheSameMerges() throws {
        var random = SeededRandom(seed: 7)
        var texts: [String] = []
        for index in 0..<400 {
            var words: [String] = []
            for _ in 0..<300 {
                let length = 1 + Int(random.next() % 24)
                words.append(String((0..<length).map { _ in "abcdeé中 ".randomElement(using: &random)! }))
            }
            texts.append(words.joined(separator: index % 2 == 0 ? " " : "\n"))
        }
        for pattern in [BPETrainer.Pattern.gpt2, .metaspace] {
            var options = BPETrainer.Options.sentencePiece(vocabularySize: 700)
            options.pattern = pattern
            var whole = try BPETrainer(options)
            var small = try BPETrainer(options, memory: 1 << 20)
            var second = small.sibling()
            for (index, text) in texts.enumerated() {
                try whole.add(text)
                if index % 3 == 0 { try small.add(text) } else { try second.add(text) }
            }
            let stayed = whole.isInMemory
            let spilled = !small.isInMemory
            #expect(stayed && spilled)
            try small.absorb(second)
            let all = try whole.train()
            let parts = try small.train()
            #expect(all.mergesText() == parts.mergesText() && all.pieces == parts.pieces)
            #expect(all.gains == parts.gains)
        }
    }

    /// A text that counts three times is a text that is there three times.
    @Test func weightsAreRepetitions() throws {
        var weighted = try BPETrainer(BPETrainer.Options(vocabularySize: 300))
        var repeated = try BPETrainer(BPETrainer.Options(vocabularySize: 300))
        try weighted.add("the theme of them", times: 3)
        try weighted.add("a banana and a bandana", times: 1)
        try weighted.add("never", times: 0)
        for text in ["the theme of them", "the theme of them", "the theme of them", "a banana and a bandana"] {
            try repeated.add(text)
        }
        let first = try weighted.train()
        let second = try repeated.train()
        #expect(first.mergesText() == second.mergesText() && !first.merges.isEmpty)
    }

    /// Counts beyond 32 bits: the pair of the heavier text comes first.
    @Test func countsHave64Bits() throws {
        var trainer = try BPETrainer(BPETrainer.Options(vocabularySize: 259))
        try trainer.add("ab", times: 1 << 33)
        try trainer.add("cd", times: 1 << 33 + 1)
        try trainer.add("ef", times: 0xFFFF_FFFF)
        let trained = try trainer.train()
        #expect(trained.tokens.suffix(2) == [Array("cd".utf8), Array("ab".utf8)])
        #expect(trained.gains == [1 << 33 + 1, 1 << 33])
    }

    @Test func theAlphabetIsLimited() throws {
        var options = BPETrainer.Options.sentencePiece(vocabularySize: 300)
        options.limitAlphabet = 3
        options.initialAlphabet = "z"
        var trainer = try BPETrainer(options)
        try trainer.add("ab ab ab ac ac x")
        let trained = try trainer.train()
        // z is wanted, ▁ and a are the most frequent: b and c are bytes, and merges pass over them.
        let alphabet = trained.tokens[259...].prefix(3).map { String(decoding: $0, as: UTF8.self) }
        #expect(alphabet == ["a", "z", "▁"])
        let folder = TemporaryFolder()
        try trained.write(to: folder.path)
        let tokenizer = try Tokenizer.load(folder.path)
        #expect(try tokenizer.decodeText(tokenizer.makeEncoder().encode("ab ac")) == "ab ac")

        options.limitAlphabet = nil
        options.initialAlphabet = ""
        options.characterCoverage = 0.7
        var covered = try BPETrainer(options)
        try covered.add("ab ab ab ac ac x")
        let few = try covered.train()
        #expect(!few.tokens.contains(Array("x".utf8)) && few.tokens.contains(Array("a".utf8)))
    }

    @Test func aSpecialTokenThatIsAlsoLearntIsOneToken() throws {
        var options = BPETrainer.Options(vocabularySize: 262)
        options.specialTokens = ["the", "<|endoftext|>"]
        var trainer = try BPETrainer(options)
        try trainer.add("the,the,the,the,there")
        let trained = try trainer.train()
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
        #expect(
            message { $0.vocabularySize = 256 }
                == "vocabulary size: expected 257 (256 bytes and 1 special tokens) to 16777216, found 256")
        #expect(message { $0.minimumFrequency = -1 } == "minimum frequency: expected 0 or more, found -1")
        #expect(message { $0.maximumTokenLength = 1 } == "maximum token length: expected 2 or more, found 1")
        #expect(message { $0.specialTokens = ["é"] }.hasPrefix("special tokens: expected two characters"))
        #expect(message { $0.limitAlphabet = 12 }.hasPrefix("limit of the alphabet: expected 256 or more"))
        #expect(message { $0.initialAlphabet = "a" }.contains("the pattern metaspace"))
        #expect(message { $0.characterCoverage = 0 }.hasPrefix("character coverage: expected more than 0"))
        #expect(message { $0.endOfText = "</s>" }.hasPrefix("special tokens: expected </s> among them"))
        #expect(message { _ in } == "")
    }

    @Test func nothingToLearnFromLeavesTheBytes() throws {
        var trainer = try BPETrainer(BPETrainer.Options(vocabularySize: 1000))
        try trainer.add("")
        let trained = try trainer.train()
        #expect(trained.tokens.count == 257 && trained.merges.isEmpty)
    }

    /// Spaces and ▁ are one thing, and words of one text are those of another way to write it.
    @Test func markersAreSpaces() throws {
        var options = BPETrainer.Options.sentencePiece(vocabularySize: 300)
        options.fallsBackToBytes = false
        func merges(_ text: String) throws -> [UInt8] {
            var trainer = try BPETrainer(options)
            try trainer.add(text)
            return try trainer.train().mergesText()
        }
        let texts = [
            "the then there", " the  then   there ", "a", " ", "  ", "naïve “the” — 中文 中文",
            "the\nthen the\tthen thermometers there",
        ]
        for text in texts {
            let marked = text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "\u{2581}")
            #expect(try merges(text) == merges(marked), "\(text.debugDescription)")
            #expect(try merges(text + " the") == merges(text + "\u{2581}the"), "\(text.debugDescription)")
        }
    }

    /// Everything that merging begins with is there, even beyond the size that was asked for, as in `BpeTrainer`.
    @Test func aLargeAlphabetIsKept() throws {
        var options = BPETrainer.Options.sentencePiece(vocabularySize: 300)
        var trainer = try BPETrainer(options)
        let letters = String(String.UnicodeScalarView((0x4E00..<0x4E80).compactMap(Unicode.Scalar.init)))
        try trainer.add(letters + letters)
        let trained = try trainer.train()
        // The letters and ▁.
        #expect(trained.alphabetSize == 129 && trained.tokens.count == 3 + 256 + 129 && trained.merges.isEmpty)
        options.limitAlphabet = 20
        var limited = try BPETrainer(options)
        try limited.add(letters + letters)
        #expect(try limited.train().alphabetSize == 20)
    }
}
