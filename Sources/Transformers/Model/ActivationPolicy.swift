/// How much of the forward pass is kept for the backward pass. Norms and gated activations are always computed again: they cost little.
public enum ActivationPolicy: String, Sendable, CaseIterable {
    /// Everything else is kept: the fastest.
    case keep
    /// Gate and up projections are computed again: half the memory, about a sixth more work.
    case recomputeFeedForward = "recompute-feed-forward"
    /// Only what enters a layer is kept, its forward pass runs again: the least memory, about a third more work.
    case recomputeLayer = "recompute-layer"
}
