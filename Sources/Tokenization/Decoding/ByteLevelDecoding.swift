/// Joins the bytes that tokens are written for; bytes that are not UTF-8 become U+FFFD.
struct ByteLevelDecoding: DecodingStep {
    private var token = WholeToken()
    private var pending: [UInt8] = []

    var summary: String { "byte-level" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        guard let written = token.take(text) else { return }
        let isWritten = written.withUnsafeBytes { ByteAlphabet.appendBytes(of: $0, to: &pending) }
        if !isWritten { pending += written }
        let whole = pending.count - PartialCharacter.length(atEndOf: pending)
        if whole > 0 {
            let decoded = Array(String(decoding: pending[..<whole], as: UTF8.self).utf8)
            pending.removeFirst(whole)
            out.append(DecodedText(bytes: decoded, endsToken: false))
        }
    }

    mutating func finish(into out: inout [DecodedText]) {
        out.append(DecodedText(bytes: Array(String(decoding: pending, as: UTF8.self).utf8)))
        pending = []
    }
}

/// The start of a character whose end is not there yet.
enum PartialCharacter {
    /// How many bytes at the end of `bytes` may be the start of a character, 0 to 3.
    static func length(atEndOf bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let first = bytes[bytes.count - length]
            if first & 0xC0 == 0x80 { continue }
            let wanted = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
            guard first < 0xF5, wanted > length else { return 0 }
            if length == 1 { return 1 }
            // The second byte decides whether anything can come of it.
            let second = bytes[bytes.count - length + 1]
            switch first {
            case 0xE0: return second >= 0xA0 ? length : 0
            case 0xED: return second < 0xA0 ? length : 0
            case 0xF0: return second >= 0x90 ? length : 0
            case 0xF4: return second < 0x90 ? length : 0
            default: return length
            }
        }
        return 0
    }
}
