import Files
import Testing
import Transformers

@testable import Training

@Suite struct TrainingOptionsTests {
    @Test func optionsSurviveARoundTrip() throws {
        #expect(try TrainingOptions(json: TrainingOptions().json) == TrainingOptions())
        var options = TrainingOptions()
        options.method = .lora
        options.steps = 7
        options.sequenceLength = 512
        options.seed = .max
        options.schedule = .linear
        options.activations = .recomputeLayer
        options.lora.targets = ["q_proj"]
        options.lora.usesRankStabilizedScale = true
        #expect(try TrainingOptions(json: options.json) == options)
        #expect(options.json.text() == (try TrainingOptions(json: options.json)).json.text())
        #expect(try TrainingOptions(json: ["seed": 3, "epochs": 2]).epochs == 2)
    }

    private static let refused: [(String, String)] = [
        (#"{"learning_rat": 1}"#, "training option learning_rat: expected a known option, such as learning_rate"),
        (#"{"lora": {"ranks": 1}}"#, "training option ranks: expected a known option, such as rank"),
        (#"{"steps": "many"}"#, "training option steps: expected an integer, found \"many\""),
        (#"{"steps": 0}"#, "training option steps: expected an integer from 1, at most 1000000000, found 0"),
        (#"{"steps": 3, "epochs": 1}"#, "steps or epochs, not both"),
        (#"{"epochs": -1}"#, "training option epochs"), (#"{"method": "dora"}"#, "expected one of full, lora"),
        (#"{"schedule": "step"}"#, "expected one of cosine, linear, constant"),
        (#"{"sequence_length": 1}"#, "sequence_length: expected an integer from 2"),
        (#"{"batch_rows": 9000000000000000000}"#, "batch_rows: expected an integer from 1, at most"),
        (#"{"beta1": 1}"#, "beta1"), (#"{"epsilon": 0}"#, "epsilon"), (#"{"gradient_clip": -1}"#, "gradient_clip"),
        (#"{"learning_rate_floor": 1.5}"#, "learning_rate_floor"), (#"{"seed": -1}"#, "seed"),
        (#"{"isolate_segments": 1}"#, "isolate_segments: expected true or false"),
        (#"{"lora": {"targets": "q_proj"}}"#, "lora.targets: expected a list of names"),
        (#"{"lora": 3}"#, "lora: expected names and values"), (#"{"lora": {"rank": 0}}"#, "lora.rank"),
        (#"{"keep_checkpoints": 0}"#, "keep_checkpoints"), (#"[1]"#, "expected names and values"),
        (#"{"nothing": null}"#, "training option nothing"),
    ]

    @Test(arguments: refused) func senselessOptionsAreNamed(_ text: String, _ expected: String) throws {
        let json = try JSONValue(parsing: Array(text.utf8), name: "options")
        let found = message { _ = try TrainingOptions(json: json) }
        #expect(found.contains(expected) && !found.contains("\n"), "\(found)")
    }
}
