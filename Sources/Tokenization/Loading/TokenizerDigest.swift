import Synchronization

/// The digest of a tokenizer, made when it is first asked for: that is a tenth of the time of loading.
final class TokenizerDigest: Sendable {
    private enum State {
        case pending(TokenizerDefinition)
        case made(String)
    }

    private let state: Mutex<State>

    init(_ definition: TokenizerDefinition) { state = Mutex(.pending(definition)) }

    var text: String {
        state.withLock { state in
            switch state {
            case .made(let text): return text
            case .pending(let definition):
                let text = definition.digest()
                state = .made(text)
                return text
            }
        }
    }
}
