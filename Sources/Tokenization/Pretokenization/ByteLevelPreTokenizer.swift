/// Splits as GPT-2 does and writes every byte in the byte alphabet.
struct ByteLevelPreTokenizer: PreTokenizer {
    let addsPrefixSpace: Bool
    let usesPattern: Bool
    /// False where it is the last step of a model that reads bytes: then they stay as they are.
    var writesAlphabet = true

    var summary: String { "byte-level prefix-space \(addsPrefixSpace) pattern \(usesPattern)" }

    func apply(to text: inout TextPieces) {
        if addsPrefixSpace {
            text.rewrite { piece, _, out in
                if piece.first != 0x20 { out.append(0x20) }
                out.append(contentsOf: piece)
            }
        }
        if usesPattern { text.split(.isolated) { Pretokenization(pattern: .gpt2).forEachRange($0, $1) } }
        if writesAlphabet {
            text.rewrite { piece, _, out in ByteAlphabet.appendWritten(UnsafeRawBufferPointer(piece), to: &out) }
        }
    }
}
