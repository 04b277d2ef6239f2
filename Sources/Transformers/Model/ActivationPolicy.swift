/// How much of the forward pass is kept for the backward pass. Norms and gated activations are always computed again: they cost little.
public enum ActivationPolicy: String, Sendable, CaseIterable {
    /// Everything else is kept: the fastest.
    case keep
    /// Gate and up projections of every second layer are computed again: a quarter less memory, about a twentieth more work.
    case recomputeAlternateFeedForward = "recompute-alternate-feed-forward"
    /// Gate and up projections are computed again: less than half the memory, about a tenth more work.
    case recomputeFeedForward = "recompute-feed-forward"
    /// Only what enters a layer is kept, its forward pass runs again: the least memory, about a third more work.
    case recomputeLayer = "recompute-layer"

    /// Whether gate and up projections of a layer are computed again.
    func recomputesFeedForward(ofLayer index: Int) -> Bool {
        switch self {
        case .keep: false
        case .recomputeAlternateFeedForward: index % 2 == 1
        case .recomputeFeedForward, .recomputeLayer: true
        }
    }
}
