internal import Files
internal import Glibc
public import Parallel

/// Random starting weights. The numbers depend on the seed and the name of the tensor alone: not on threads, nor on what
/// other tensors the model has.
public enum WeightInitialization {
    /// Numbers per piece of work, each with its own generator.
    private static let chunk = 1 << 14

    /// Fills a parameter: matrices and embeddings from a normal distribution of mean 0 and the given standard deviation,
    /// norms with 1, biases with 0. About 20 ns a number and thread.
    public static func fill(
        _ destination: UnsafeMutableBufferPointer<Float>, for parameter: ModelParameter, deviation: Double,
        seed: UInt64,
        pool: WorkerPool
    ) throws {
        switch parameter.role {
        case .norm: destination.update(repeating: 1)
        case .bias: destination.update(repeating: 0)
        case .embedding, .linear, .output:
            try fillChunks(destination, name: parameter.name, seed: seed, pool: pool) { random, piece in
                fillNormal(piece, deviation: deviation, &random)
            }
        }
    }

    /// Fills a matrix [outputs, inputs] from the uniform distribution between ±1/√inputs: how PEFT starts the first matrix
    /// of an adapter (Kaiming's rule with a = √5). The second matrix starts at zero.
    public static func fillAdapter(
        _ destination: UnsafeMutableBufferPointer<Float>, name: String, inputSize: Int, seed: UInt64, pool: WorkerPool
    ) throws {
        let bound = 1 / Double(inputSize).squareRoot()
        try fillChunks(destination, name: name, seed: seed, pool: pool) { random, piece in
            for index in piece.indices { piece[index] = Float((random.nextUniform() * 2 - 1) * bound) }
        }
    }

    private static func fillChunks(
        _ destination: UnsafeMutableBufferPointer<Float>, name: String, seed: UInt64, pool: WorkerPool,
        _ fill: @Sendable (inout SeededRandom, UnsafeMutableBufferPointer<Float>) -> Void
    ) throws {
        let key = XXHash3.hash64(name, seed: seed)
        // Each index owns its own range of the buffer, so no two workers touch the same number.
        nonisolated(unsafe) let target = destination
        try pool.forEach((target.count + chunk - 1) / chunk) { index, _ in
            let start = index * chunk
            let piece = UnsafeMutableBufferPointer(rebasing: target[start..<min(start + chunk, target.count)])
            var random = SeededRandom(seed: KeyedHash.mix(UInt64(index), seed: key))
            fill(&random, piece)
        }
    }

    /// Box and Muller's method, both numbers of each pair used.
    private static func fillNormal(
        _ piece: UnsafeMutableBufferPointer<Float>, deviation: Double, _ random: inout SeededRandom
    ) {
        var index = 0
        while index < piece.count {
            let radius = (-2 * log(1 - random.nextUniform())).squareRoot() * deviation
            let angle = 2 * Double.pi * random.nextUniform()
            piece[index] = Float(radius * cos(angle))
            if index + 1 < piece.count { piece[index + 1] = Float(radius * sin(angle)) }
            index += 2
        }
    }
}
