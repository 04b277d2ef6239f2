/// How much memory expressions may take for one text, and the failure of one that needed more. Of one thread.
///
/// `@unchecked Sendable`: the steps that hold it must be `Sendable`; those of an encoder are its own, and so is this.
final class ExpressionMemory: @unchecked Sendable {
    /// Bytes of scratch.
    let limit: Int
    private var failure: TokenizerFailure?

    /// What an encoder grants: 64 bytes for each byte of a text of 16 MB.
    static let usualLimit = 1 << 30

    init(limit: Int = ExpressionMemory.usualLimit) { self.limit = limit }

    /// Notes that an expression had not enough of it; the first counts.
    func exceeded(_ expression: RegularExpression, bytes: Int) {
        failure = failure ?? .expressionTooLarge(pattern: expression.source, textBytes: bytes, limit: limit)
    }

    /// Throws the failure since the last call.
    func check() throws {
        guard let failure else { return }
        self.failure = nil
        throw failure
    }
}

extension NormalizerChain {
    /// The same steps, with expressions that keep to `memory`.
    func within(_ memory: ExpressionMemory) -> NormalizerChain {
        NormalizerChain(
            steps: steps.map { step in
                guard var replace = step as? ReplaceNormalizer else { return step }
                replace.memory = memory
                return replace
            })
    }
}

extension Splitting {
    /// The same steps, with expressions that keep to `memory`.
    func within(_ memory: ExpressionMemory) -> Splitting {
        guard case .stepwise(let steps) = self else { return self }
        return .stepwise(
            steps.map { step in
                guard var split = step as? SplitPreTokenizer else { return step }
                split.memory = memory
                return split
            })
    }
}
