import TestSupport
import Testing
import Transformers

@testable import Training

@Suite struct LearningRateScheduleTests {
    @Test(
        .enabled(if: TestData.isPresent),
        arguments: [
            ("hf.cosine", LearningRateSchedule.Shape.cosine, 0.0),
            ("hf.cosine_with_min_lr", .cosine, 0.1), ("hf.linear", .linear, 0.0),
            ("hf.constant_with_warmup", .constant, 0.0),
        ])
    func ratesAreThoseOfTransformers(_ name: String, _ shape: LearningRateSchedule.Shape, _ floor: Double) throws {
        let table = try SafetensorsFile(TestData.path("train-reference/schedule.safetensors")).doubles(name)
        let schedule = LearningRateSchedule(shape: shape, peak: 1e-3, floor: floor, warmupSteps: 7, totalSteps: 100)
        #expect(table.count == 100)
        // The warm-up of transformers is one step behind: its first step has rate 0.
        for step in 0..<7 { #expect(abs(schedule.rate(at: step) - table[step + 1]) < 1e-12) }
        for step in 7..<100 { #expect(abs(schedule.rate(at: step) - table[step]) < 1e-12) }
    }

    @Test(.enabled(if: TestData.isPresent), arguments: ["llama", "smollm2", "llama3", "qwen2"])
    func ratesAreThoseOfTheReferenceRuns(_ family: String) throws {
        let rates = try SafetensorsFile(TestData.path("train-reference/\(family)/full.safetensors")).doubles("lr")
        let schedule = LearningRateSchedule(shape: .cosine, peak: 3e-3, floor: 0.1, warmupSteps: 2, totalSteps: 10)
        for (step, rate) in rates.enumerated() { #expect(abs(schedule.rate(at: step) - rate) < 1e-15) }
    }

    @Test func edgesHold() {
        let cosine = LearningRateSchedule(shape: .cosine, peak: 1, floor: 0.1, warmupSteps: 0, totalSteps: 4)
        #expect(cosine.rate(at: 0) == 1)
        #expect(abs(cosine.rate(at: 4) - 0.1) < 1e-12 && cosine.rate(at: 400) == cosine.rate(at: 4))
        let short = LearningRateSchedule(shape: .linear, peak: 1, floor: 0, warmupSteps: 5, totalSteps: 5)
        #expect(short.rate(at: 4) == 1 && short.rate(at: 5) == 1)
    }
}
