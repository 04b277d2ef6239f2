import Glibc

extension ModelConfiguration {
    /// Radians a position for each pair of a head, [headSize / 2], rounded where transformers rounds.
    var rotaryFrequencies: [Float] {
        (0..<headSize / 2).map { pair in
            let exponent = Float(2 * pair) / Float(headSize)
            let frequency = 1 / Float(pow(rotaryBase, Double(exponent)))
            return scaled(frequency)
        }
    }

    private func scaled(_ frequency: Float) -> Float {
        guard case .llama3(let factor, let low, let high, let original) = rotaryScaling else { return frequency }
        let wavelength = 2 * Double.pi / Double(frequency)
        if wavelength > Double(original) / low { return Float(Double(frequency) / factor) }
        if wavelength < Double(original) / high { return frequency }
        let smooth = (Double(original) / wavelength - low) / (high - low)
        return Float((1 - smooth) * Double(frequency) / factor + smooth * Double(frequency))
    }
}
