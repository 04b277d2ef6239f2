import Glibc

/// The learning rate of each step: a linear rise to the peak, then a decay to a floor.
///
/// Step k (from 0) of W warm-up steps has peak · (k + 1) / W: the first step already learns, as in GPT-3's and llm.c's
/// schedules; transformers counts from k / W, so its first step does nothing. From step W on the two agree.
public struct LearningRateSchedule: Sendable, Equatable {
    /// How the rate falls after the warm-up.
    public enum Shape: String, Sendable, CaseIterable {
        /// Half a cosine from the peak to the floor.
        case cosine
        /// A straight line from the peak to the floor.
        case linear
        /// No fall.
        case constant
    }

    /// How the rate falls after the warm-up.
    public let shape: Shape
    /// The highest rate.
    public let peak: Double
    /// What the rate falls to, as a fraction of the peak.
    public let floor: Double
    /// Number of steps that rise.
    public let warmupSteps: Int
    /// Number of all steps.
    public let totalSteps: Int

    /// A schedule over `totalSteps` steps.
    public init(shape: Shape, peak: Double, floor: Double, warmupSteps: Int, totalSteps: Int) {
        self.shape = shape
        self.peak = peak
        self.floor = floor
        self.warmupSteps = warmupSteps
        self.totalSteps = totalSteps
    }

    /// The rate of step `step`, from 0. Beyond the last step it stays where it is.
    public func rate(at step: Int) -> Double {
        if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps) }
        let progress = min(1, Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps)))
        switch shape {
        case .constant: return peak
        case .linear: return peak * (floor + (1 - floor) * (1 - progress))
        case .cosine: return peak * (floor + (1 - floor) * 0.5 * (1 + cos(Double.pi * progress)))
        }
    }
}
