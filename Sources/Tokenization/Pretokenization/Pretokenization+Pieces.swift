extension Pretokenization {
    /// Calls `body` with every piece of `bytes`, in order. Cost: a call for each piece; encoding has its own loop.
    func forEachPiece(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        switch pattern {
        case .gpt2 where isolatesDigits: scan(GPT2DigitsScanner.self, bytes, body)
        case .gpt2: scan(GPT2Scanner.self, bytes, body)
        case .qwen2: scan(LetterScanner<OneDigit>.self, bytes, body)
        case .llama3: scan(LetterScanner<ThreeDigits>.self, bytes, body)
        case .whole: if !bytes.isEmpty { body(bytes) }
        }
    }

    private func scan<Scanner: PretokenScanner>(
        _ scanner: Scanner.Type, _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        let classes = isolatesDigits ? CharacterClass.ofDigits : CharacterClass.ofPatterns
        let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: classes)
        var start = 0
        while start < bytes.count {
            let end = Scanner.endOfPiece(cursor, from: start)
            body(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            start = end
        }
    }
}
