/// Changes one after the other.
struct NormalizerChain: Sendable {
    var steps: [any Normalizer] = []

    var isEmpty: Bool { steps.isEmpty }

    /// Calls `body` with the changed text. Cost: nothing where no step may change it.
    func withNormalized<Result>(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        var current: [UInt8]?
        for step in steps {
            var changed: [UInt8] = []
            if let before = current {
                let mayChange = before.withUnsafeBufferPointer { step.mayChange($0) }
                if !mayChange { continue }
                changed.reserveCapacity(before.count)
                before.withUnsafeBufferPointer { step.append($0, to: &changed) }
            } else {
                if !step.mayChange(text) { continue }
                changed.reserveCapacity(text.count)
                step.append(text, to: &changed)
            }
            current = changed
        }
        guard let current else { return try body(text) }
        return try current.withUnsafeBufferPointer(body)
    }

    /// The changed text.
    func normalized(_ text: [UInt8]) -> [UInt8] {
        text.withUnsafeBufferPointer { withNormalized($0) { Array($0) } }
    }
}
