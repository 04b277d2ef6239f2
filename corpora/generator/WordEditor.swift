import Parallel

/// Changes words on their way into a document, each with the same chance: what people do to a text between two versions.
struct WordEditor {
    /// Chance of a word to be changed, in ten-thousandths.
    let rate: Int
    private var random: SeededRandom
    private let words: SharedWords
    /// Words seen and words changed.
    private(set) var seen = 0
    private(set) var changed = 0

    init(rate: Int, seed: UInt64, words: SharedWords) {
        self.rate = rate
        random = SeededRandom(seed: seed)
        self.words = words
    }

    /// Replaces (half of the time), removes or doubles with another word (a quarter each).
    mutating func edit(_ piece: inout ByteBuffer) {
        if rate == 0 { return }
        var result = ByteBuffer(capacity: piece.count + 64)
        let bytes = piece.bytes
        var index = 0
        var start = 0
        while index < bytes.count {
            if !WordSequence.isWordByte(bytes[index]) {
                index += 1
                continue
            }
            let wordStart = index
            while index < bytes.count, WordSequence.isWordByte(bytes[index]) { index += 1 }
            seen += 1
            if random.nextInt(below: 10_000) >= rate { continue }
            changed += 1
            result.append(UnsafeBufferPointer(rebasing: bytes[start..<wordStart]))
            let kind = random.nextInt(below: 4)
            if kind == 3 {
                result.append(UnsafeBufferPointer(rebasing: bytes[wordStart..<index]))
                result.append(0x20)
            }
            if kind != 2 { result.append(words.nouns.pick(&random)) }
            start = index
        }
        if start == 0 { return }
        result.append(UnsafeBufferPointer(rebasing: bytes[start...]))
        piece.removeAll()
        piece.append(result.bytes)
    }
}
