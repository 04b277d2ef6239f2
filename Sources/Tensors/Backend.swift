/// The operations that a transformer is computed with, forward and backward. A GPU backend is a second conformance.
///
/// Buffers hold matrices row by row without gaps; `[a, b]` in a comment is a matrix of a rows of b floats, and a buffer may be
/// longer than the operation needs. Gradients of weights are always added to what their buffer holds. An operation returns when its
/// result may be used by the next operation of the same backend. Sizes that do not fit are programming errors and trap.
public protocol Backend: AnyObject, Sendable {
    // MARK: Memory

    /// A buffer of `count` zeros in the memory of this backend.
    func makeBuffer(_ count: Int) -> FloatBuffer
    /// A buffer of `count` floats, whatever they are, for results that live no longer than a step: what such buffers give back is
    /// kept for others. Those that outlive the pass that makes them say so, and are laid apart from the others.
    func makeTransientBuffer(_ count: Int, outlivesPass: Bool) -> FloatBuffer
    /// Copies floats of the host into `buffer` from `start` on.
    func write(_ values: [Float], to buffer: FloatBuffer, at start: Int)
    /// Copies `count` floats from `start` on to the host.
    func read(_ buffer: FloatBuffer, from start: Int, count: Int) -> [Float]
    /// Copies `count` floats between buffers.
    func copy(_ source: FloatBuffer, from sourceStart: Int, to target: FloatBuffer, at targetStart: Int, count: Int)
    /// Sets the first `count` floats to zero.
    func clear(_ buffer: FloatBuffer, count: Int)

    // MARK: Matrix products and elementwise operations

    /// `result (+)= scale * left * right`.
    func multiply(_ left: FloatBuffer, _ right: FloatBuffer, into result: FloatBuffer, _ product: MatrixProduct)
    /// `target += factor * source` over `count` floats.
    func add(_ source: FloatBuffer, to target: FloatBuffer, factor: Float, count: Int)
    /// `values *= factor` over `count` floats.
    func scale(_ values: FloatBuffer, by factor: Float, count: Int)
    /// Every row of `values` [rows, width] += bias [width].
    func addBias(_ bias: FloatBuffer, to values: FloatBuffer, rows: Int, width: Int)
    /// biasGradient [width] += the sum of the rows of `gradient` [rows, width].
    func addBiasGradient(of gradient: FloatBuffer, to biasGradient: FloatBuffer, rows: Int, width: Int)
    /// The sum of squares of `count` floats, in an order that no number of threads changes.
    func sumOfSquares(_ values: FloatBuffer, count: Int) -> Double

    // MARK: Layers

    /// Rows of `table` [vocabulary, width] for `tokens`, to `results` [tokens, width].
    func gatherRows(of table: FloatBuffer, _ tokens: [Int32], width: Int, into results: FloatBuffer)
    /// Adds the rows of `gradient` [tokens, width] to the rows of `tableGradient` that `tokens` name.
    func scatterAdd(_ gradient: FloatBuffer, _ tokens: [Int32], width: Int, into tableGradient: FloatBuffer)
    /// Root-mean-square normalisation (Zhang and Sennrich 2019) of `values` [rows, width] with `weight` [width] into `results`;
    /// `inverses` [rows] keeps 1 / root for the gradient.
    func normalize(
        _ values: FloatBuffer, weight: FloatBuffer, epsilon: Float, into results: FloatBuffer, inverses: FloatBuffer,
        rows: Int, width: Int)
    /// The gradient of `normalize`: to `valueGradient` (added to it with `accumulates`) and, where given, `weightGradient`.
    func normalizeBackward(
        _ values: FloatBuffer, weight: FloatBuffer, inverses: FloatBuffer, resultGradient: FloatBuffer,
        valueGradient: FloatBuffer, accumulates: Bool, weightGradient: FloatBuffer?, rows: Int, width: Int)
    /// Rotary position embedding in place on `values` [positions, heads * 2 * table.half]; pairs are (i, i + half), as Hugging
    /// Face stores them. `backwards` turns the other way, which is the gradient.
    func rotate(_ values: FloatBuffer, positions: [Int32], heads: Int, table: RotaryTable, backwards: Bool)
    /// Causal attention inside each segment; `logSums` [queries, heads] keeps the log of each softmax's denominator.
    /// Rows outside all segments are left as they are.
    func attend(
        queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer, segments: [AttentionSegment],
        shape: AttentionShape, into outputs: FloatBuffer, logSums: FloatBuffer)
    /// The gradient of `attend` for segments whose queries and keys are the same rows; the three gradients are overwritten.
    func attendBackward(
        queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer, segments: [AttentionSegment],
        shape: AttentionShape, outputs: FloatBuffer, logSums: FloatBuffer, outputGradient: FloatBuffer,
        queryGradient: FloatBuffer, keyGradient: FloatBuffer, valueGradient: FloatBuffer)
    /// `results = gate * sigmoid(gate) * up` over `count` floats (SwiGLU, Shazeer 2020). The three are different buffers.
    func activate(gate: FloatBuffer, up: FloatBuffer, into results: FloatBuffer, count: Int)
    /// The gradient of `activate`, written over `gate` and `up`.
    func activateBackward(gate: FloatBuffer, up: FloatBuffer, resultGradient: FloatBuffer, count: Int)

    // MARK: Loss and optimizer

    /// Cross-entropy of `inputs` [rows, width] times `weight` [vocabulary, width] transposed against `labels` (one a row,
    /// negative for none), in chunks of rows: no more than a few hundred rows of logits exist at once.
    ///
    /// With `gradientFactor`, d(factor * sum)/d inputs goes to `inputGradient` (every row overwritten) and the weight's
    /// gradient is added to `weightGradient`, each where given.
    func crossEntropy(
        inputs: FloatBuffer, weight: FloatBuffer, labels: [Int32], width: Int, vocabulary: Int, gradientFactor: Float?,
        inputGradient: FloatBuffer?, weightGradient: FloatBuffer?
    ) -> TokenLoss
    /// One step of AdamW over `count` weights with their moments.
    func step(
        _ weights: FloatBuffer, gradient: FloatBuffer, firstMoment: FloatBuffer, secondMoment: FloatBuffer, count: Int,
        _ step: AdamWStep)
}
