extension Pretokenization {
    /// Calls `body` with every piece of `bytes`, in order. Cost: a call for each piece; encoding has its own loop.
    func forEachPiece(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        forEachRange(bytes) { body(UnsafeBufferPointer(rebasing: bytes[$0])) }
    }

    /// Calls `body` with where every piece of `bytes` is, in order.
    func forEachRange(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        switch pattern {
        case .gpt2 where isolatesDigits: scan(GPT2DigitsScanner.self, bytes, body)
        case .gpt2: scan(GPT2Scanner.self, bytes, body)
        case .qwen2: scan(LetterScanner<QwenRules>.self, bytes, body)
        case .llama3: scan(LetterScanner<LlamaRules>.self, bytes, body)
        case .cl100k: scan(LetterScanner<CL100kRules>.self, bytes, body)
        case .o200k: scan(CaseScanner.self, bytes, body)
        case .whole: if !bytes.isEmpty { body(0..<bytes.count) }
        }
    }

    /// The classes that the scanner of the pattern reads.
    var classes: CodePointTable {
        pattern == .o200k ? CaseScanner.classes : isolatesDigits ? CharacterClass.ofDigits : CharacterClass.ofPatterns
    }

    private func scan<Scanner: PretokenScanner>(
        _ scanner: Scanner.Type, _ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        let cursor = CharacterCursor(bytes: base, end: bytes.count, classes: classes)
        var start = 0
        while start < bytes.count {
            let end = Scanner.endOfPiece(cursor, from: start)
            body(start..<end)
            start = end
        }
    }
}
