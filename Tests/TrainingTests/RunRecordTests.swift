import Files
import TestSupport
import Testing
import Tokenization
import Transformers

@testable import Training

@Suite struct RunRecordTests {
    private let tiny: TinyRun
    init() throws { tiny = try TinyRun() }

    @Test func aRunGoesOnFromWhatItsFolderSays() throws {
        #expect(try RunRecord(folder: tiny.folder("nothing")) == nil)
        try tiny.makeDataset("more", blocks: 4, seed: 3)
        let data = try TrainingData([(tiny.folder("data"), nil), (tiny.folder("more"), 0.5)])
        _ = try tiny.make("run", TinyRun.adapterOptions, data: data).totalSteps
        let record = try #require(try RunRecord(folder: tiny.folder("run")))
        #expect(record.options == TinyRun.adapterOptions && record.modelPath == tiny.folder("base"))
        #expect(record.data.map(\.path) == [tiny.folder("data"), tiny.folder("more")])
        #expect(record.data.map(\.weight) == [nil, 0.5] && record.tokenizerPath == nil)
        tiny.folder.write(#"{"version": 2, "options": {}, "model": 3}"#, to: "run/run.json")
        #expect(message { _ = try RunRecord(folder: tiny.folder("run")) }.contains("run.json: model, data"))
        tiny.folder.write("{}", to: "run/run.json")
        #expect(message { _ = try RunRecord(folder: tiny.folder("run")) }.contains("run.json: version: expected 2"))
    }

    @Test func relativePathsAreKeptFromTheRoot() {
        #expect(PathText.absolute("/a/b") == "/a/b")
        #expect(PathText.absolute("a/b").hasPrefix("/") && PathText.absolute("a/b").hasSuffix("/a/b"))
    }

    private static let contradictions: [(String, String)] = [
        (#"{"learning_rate": 1}"#, "<learning_rate> was 0.01 when the run began and is 1"),
        (#"{"lora": {"rank": 4}}"#, "<lora.rank> was 3 when the run began and is 4 now"),
        (#"{"lora": {"targets": ["q_proj"]}}"#, "<lora.targets> was"),
        (#"{"epochs": 2}"#, "<epochs> was null"), (#"{"steps": 11}"#, "<steps> was 10"),
        (#"{"checkpoint_interval": -1}"#, "checkpoint_interval: expected"), (#"{"stps": 1}"#, "training option stps"),
    ]

    @Test(arguments: contradictions) func whatContradictsARunIsNamed(_ text: String, _ expected: String) throws {
        _ = try tiny.make("run", TinyRun.adapterOptions).totalSteps
        let record = try #require(try RunRecord(folder: tiny.folder("run")))
        let given = try JSONValue(parsing: Array(text.utf8), name: "given")
        let found = message { _ = try record.options(with: given) { "<\($0)>" } }
        #expect(found.contains(expected) && !found.contains("\n"), "\(found)")
    }

    @Test func whatDecidesNoNumberMayChange() throws {
        _ = try tiny.make("run", TinyRun.adapterOptions).totalSteps
        let record = try #require(try RunRecord(folder: tiny.folder("run")))
        let same: JSONValue = [
            "steps": 10, "lora": ["alpha": 6], "checkpoint_interval": 7, "activations": "recompute-layer",
        ]
        var expected = TinyRun.adapterOptions
        expected.checkpointInterval = 7
        expected.activations = .recomputeLayer
        #expect(try record.options(with: same) { $0 } == expected)
        #expect(try record.options(with: .object([:])) { $0 } == TinyRun.adapterOptions)
    }

    /// A tokenizer of five letters that are bytes.
    private func writeTokenizer(_ letters: String, to path: String) throws -> String {
        let vocabulary = letters.enumerated().map { "\"\($0.element)\": \($0.offset)" }.joined(separator: ", ")
        tiny.folder.write(
            """
            {"version": "1.0", "added_tokens": [], "normalizer": null, "post_processor": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "vocab": {\(vocabulary)}, "merges": []}}
            """, to: path)
        return try Tokenizer.load(tiny.folder(path)).digest
    }

    @Test func dataOfAnotherTokenizerIsRefused() throws {
        let digest = try writeTokenizer("abcde", to: "base/tokenizer.json")
        let found = message { _ = try tiny.make("run", TinyRun.options) }
        #expect(
            found.contains("data/train: expected blocks of the tokenizer of ")
                && found.contains("digest \(digest.prefix(12))"))
        #expect(found.contains("found those of another one (t)") && !found.contains("\n"))
        #expect(!Folder.exists(tiny.folder("run/run.json")))
        try tiny.makeDataset("fitting", blocks: 4, seed: 3, digest: digest)
        let fitting = try TrainingData([(tiny.folder("fitting"), nil)])
        #expect(try tiny.make("run", TinyRun.options, data: fitting).warnings.isEmpty)
        // Another one may be named, and then goes with the result.
        _ = try writeTokenizer("abcdf", to: "other/tokenizer.json")
        func named(_ tokenizer: String, _ output: String) throws -> TrainingRun {
            try TrainingRun(
                modelPath: tiny.folder("base"), data: fitting, output: tiny.folder(output), options: TinyRun.options,
                tokenizer: tiny.folder(tokenizer), backend: tiny.backend)
        }
        #expect(message { _ = try named("other", "run2") }.contains("found those of another one"))
        tiny.folder.write(try tiny.bytes("base/tokenizer.json"), to: "same/tokenizer.json")
        _ = try writeTokenizer("vwxyz", to: "base/tokenizer.json")
        #expect(try named("same", "run3").run().isFinished)
        #expect(try Tokenizer.load(tiny.folder("run3/model")).digest == digest)
        #expect(try RunRecord(folder: tiny.folder("run3"))?.tokenizerPath == tiny.folder("same"))
        let letters = String((0..<41).map { Character(Unicode.Scalar(0x21 + $0)!) }.filter { !"\"\\".contains($0) })
        _ = try writeTokenizer(letters + "pqr", to: "large/tokenizer.json")
        #expect(message { _ = try named("large", "run4") }.contains("expected a tokenizer of at most 40 ids"))
    }

    @Test func anUnreadableTokenizerIsAWarning() throws {
        let warnings = try tiny.make("run", TinyRun.options).warnings
        #expect(warnings.count == 1 && warnings[0].contains("no tokenizer that can be read"))
    }
}
