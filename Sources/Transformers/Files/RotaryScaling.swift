/// How rotary frequencies are stretched beyond the lengths a model was first trained on.
public enum RotaryScaling: Sendable, Equatable {
    /// Frequencies as they are.
    case none
    /// The rule of Llama 3.1: frequencies whose wavelength is longer than `originalPositions / lowFrequencyFactor` are divided
    /// by `factor`, those shorter than `originalPositions / highFrequencyFactor` are kept, those between are interpolated.
    case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int)
}
