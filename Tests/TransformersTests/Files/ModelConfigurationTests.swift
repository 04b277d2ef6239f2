import Files
import TestSupport
import Testing

@testable import Transformers

@Suite struct ModelConfigurationTests {
    private static let llama: [String: JSONValue] = [
        "model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 272, "rms_norm_eps": 1e-5,
    ]

    private func read(_ changes: [String: JSONValue]) throws -> ModelConfiguration {
        let members = Self.llama.merging(changes) { _, new in new }
        return try ModelConfiguration(json: .object(members), path: "config.json")
    }

    private func message(_ changes: [String: JSONValue]) -> String {
        do {
            _ = try read(changes)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func defaultsAreThoseOfTransformers() throws {
        let shape = try read(["num_key_value_heads": .null])
        #expect(shape.keyValueHeadCount == 4 && shape.headSize == 16)
        #expect(shape.rotaryBase == 10_000 && shape.rotaryScaling == .none && shape.maximumPositions == 2048)
        #expect(!shape.tiesEmbeddings && !shape.hasQueryKeyValueBias && shape.endTokenIDs == [])
    }

    @Test func bothSpellingsOfRotaryEmbeddingsAreRead() throws {
        let scaling: [String: JSONValue] = [
            "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        ]
        let expected = RotaryScaling.llama3(
            factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 64)
        let four = try read(["rope_theta": 500_000.0, "rope_scaling": .object(scaling)])
        #expect(four.rotaryBase == 500_000 && four.rotaryScaling == expected)
        let five = try read([
            "rope_parameters": .object(scaling.merging(["rope_theta": 500_000.0]) { _, new in new })
        ])
        #expect(five.rotaryBase == 500_000 && five.rotaryScaling == expected)
        #expect(try read(["rope_theta": 12345, "rope_scaling": .null]).rotaryBase == 12345)
    }

    /// Sizes that are small enough each and too large together: an error, no trap.
    @Test func sizesThatCannotBeCountedAreRefused() throws {
        #expect(
            message([
                "vocab_size": 2_147_483_648, "hidden_size": 2_147_483_648, "num_attention_heads": 1024,
                "head_dim": 2_097_152, "num_key_value_heads": 1024, "tie_word_embeddings": false,
            ]).contains("parameters in all"))
        #expect(try read(["vocab_size": 152_064, "hidden_size": 8192, "num_hidden_layers": 80]).parameterCount > 0)
    }

    /// Changed members as JSON text, and a part of the message.
    private static let refused: [(String, String)] = [
        (#"{"model_type": "gpt2"}"#, "model_type is gpt2"),
        (#"{"hidden_act": "gelu"}"#, "hidden_act is gelu"),
        (#"{"rope_scaling": {"type": "yarn", "factor": 4.0}}"#, "rope_scaling.type is yarn"),
        (
            #"{"rope_scaling": {"rope_type": "llama3"}}"#,
            "rope_scaling.factor: expected a number, found no such member"
        ),
        (
            #"{"rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5}}"#,
            "partial_rotary_factor is 0.5"
        ),
        (#"{"use_sliding_window": true}"#, "use_sliding_window is true"),
        (#"{"layer_types": ["full_attention", "sliding_attention"]}"#, "layer_types is \"sliding_attention\""),
        (#"{"quantization_config": {"quant_method": "bitsandbytes"}}"#, "quantization_config is \"bitsandbytes\""),
        (#"{"vocab_size": null}"#, "vocab_size: expected an integer from 1, found no such member"),
        (#"{"vocab_size": "many"}"#, "vocab_size: expected an integer from 1, found \"many\""),
        (#"{"num_hidden_layers": -1}"#, "num_hidden_layers: expected an integer from 1, found -1"),
        (#"{"num_key_value_heads": 3}"#, "num_key_value_heads: expected a divisor"),
        (#"{"hidden_size": 66}"#, "hidden_size: expected a multiple"),
        (#"{"head_dim": 15}"#, "head_dim: expected an even number"),
        (#"{"vocab_size": 9223372036854775807}"#, "vocab_size: expected at most"),
        (#"{"head_dim": 9223372036854775806}"#, "head_dim: expected at most"),
        (#"{"eos_token_id": "end"}"#, "eos_token_id"),
    ]

    @Test(arguments: refused)
    func whatCannotBeComputedIsNamed(_ changes: String, _ expected: String) throws {
        let found = message(try JSONValue(parsing: Array(changes.utf8), name: "changes").members ?? [:])
        #expect(found.contains(expected), "\(found)")
        #expect(found.hasPrefix("config.json: ") && !found.contains("\n"))
    }

    @Test func unknownMembersAreWrittenBack() throws {
        let shape = try read([
            "pretraining_tp": 1, "my_note": ["a": [1, 2]], "eos_token_id": [2, 7], "bos_token_id": 1,
        ])
        let written = shape.json()
        #expect(written["my_note"] == ["a": [1, 2]] && written["pretraining_tp"] == 1)
        #expect(written["eos_token_id"] == [2, 7] && written["bos_token_id"] == 1)
        #expect(try ModelConfiguration(json: written, path: "again") == shape)
    }

    @Test(
        .enabled(if: TestData.isPresent), arguments: ["llama", "smollm2", "llama3", "qwen2"])
    func referenceFoldersSurviveARoundTrip(_ family: String) throws {
        let shape = try ModelConfiguration(file: TestData.path("train-reference/\(family)/hf/config.json"))
        #expect(shape.hiddenSize == 64 && shape.intermediateSize == 96 && shape.layerCount == 2)
        #expect(shape.headCount == 4 && shape.keyValueHeadCount == 2 && shape.headSize == 16)
        #expect(shape.beginTokenID == 1 && shape.endTokenIDs == [2])
        #expect(shape.tiesEmbeddings == (family == "smollm2" || family == "qwen2"))
        #expect(shape.hasQueryKeyValueBias == (family == "qwen2") && !shape.hasAttentionOutputBias)
        #expect(try ModelConfiguration(json: shape.json(), path: "again") == shape)
    }

    @Test(.enabled(if: TestData.isPresent)) func gemmaIsRefused() {
        #expect(throws: ModelFailure.self) {
            try ModelConfiguration(file: TestData.path("train-reference/gemma/hf/config.json"))
        }
    }

    @Test(
        .enabled(if: TestData.isPresent), arguments: ["llama", "smollm2", "llama3", "qwen2"])
    func parametersAreThoseOfTheReferenceFiles(_ family: String) throws {
        let shape = try ModelConfiguration(file: TestData.path("train-reference/\(family)/hf/config.json"))
        let file = try SafetensorsFile(TestData.path("train-reference/\(family)/hf/model.safetensors"))
        let expected = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) })
        let found = Dictionary(uniqueKeysWithValues: shape.parameters.map { ($0.name, $0.shape) })
        #expect(found == expected)
    }

    @Test func namedShapesHaveTheirSizes() throws {
        #expect(try ModelConfiguration.named("smollm2-135m").parameterCount == 134_515_008)
        #expect(try ModelConfiguration.named("qwen2.5-0.5b").parameterCount == 494_032_768)
        #expect(try ModelConfiguration.named("tiny").parameterCount < 200_000)
        #expect(try ModelConfiguration.named("tiny", vocabularySize: 1000).vocabularySize == 1000)
        #expect(throws: ModelFailure.self) { try ModelConfiguration.named("huge") }
        #expect(throws: ModelFailure.self) { try ModelConfiguration.named("tiny", vocabularySize: 0) }
    }
}
