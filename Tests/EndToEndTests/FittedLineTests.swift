import Testing

@testable import Training
@testable import shardmill

/// What the tool shows on a terminal.
@Suite struct FittedLineTests {
    private static let step = TrainingStep(
        step: 12345, loss: 10.1234, learningRate: 3e-4, gradientNorm: 123.456, tokens: 2048, targetTokens: 2000,
        epoch: 1,
        position: 1, seconds: 0.1, time: 0)

    @Test(arguments: 1...120) func aLineNeverFillsItsTerminal(columns: Int) {
        let line = LiveTrainingLine.text(Self.step, of: 99999, secondsLeft: 5000, columns: columns)
        #expect(line.count < columns)
        if columns > 20 { #expect(line.hasPrefix("step 12345/99999")) }
        if columns > 60 { #expect(line.contains("loss 10.1234") && line.contains("ETA 1:23:20")) }
        if columns > 110 { #expect(line.contains("gradient 123.456")) }
    }

    @Test func fieldsGoInTheirOrder() {
        let fields = ["aa", "bb", "cc"]
        #expect(FittedLine.text(fields, separator: " ", dropping: [1, 2], columns: 9) == "aa bb cc")
        #expect(FittedLine.text(fields, separator: " ", dropping: [1, 2], columns: 8) == "aa cc")
        #expect(FittedLine.text(fields, separator: " ", dropping: [1, 2], columns: 5) == "aa")
        #expect(FittedLine.text(fields, separator: " ", dropping: [1, 2], columns: 2) == "a")
    }

    @Test func oneIsNoPlural() {
        #expect(Readable.counted(1, "step") == "1 step" && Readable.counted(2000, "shard") == "2,000 shards")
        #expect(Readable.counted(0, "step") == "0 steps")
    }
}
