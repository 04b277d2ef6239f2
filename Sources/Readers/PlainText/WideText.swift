/// Finds UTF-16 and UTF-32 without a byte order mark: the only text that holds zero bytes.
enum WideText {
    /// The encoding of `sample`, the beginning of a text, or nil where it is none of them.
    ///
    /// Each of the four decodes the sample. What holds a bad unit or a control character is out; of the rest the one whose characters
    /// stay within ASCII or in the block of the character before is taken, if it leads.
    static func detect(_ sample: UnsafeRawBufferPointer) -> TextEncoding? {
        let looked = UnsafeRawBufferPointer(rebasing: sample.prefix(1 << 14))
        if looked.count < 4 || !looked.contains(0) { return nil }
        var best: (encoding: TextEncoding, score: Double)?
        var second = -Double.infinity
        for encoding in [
            TextEncoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian,
        ] {
            let whole = looked.count - looked.count % encoding.unit
            let conversion = encoding.converted(UnsafeRawBufferPointer(rebasing: looked[..<whole]))
            // A character may be cut off at the end of the sample.
            if let bad = conversion.badOffset, bad < whole - 4 || whole == looked.count && bad < whole - 2 { continue }
            guard let score = score(conversion.utf8, bytes: whole) else { continue }
            if score > best?.score ?? -Double.infinity {
                second = best?.score ?? second
                best = (encoding, score)
            } else {
                second = max(second, score)
            }
        }
        guard let best, best.score > -4.5, best.score - second > 0.2 else { return nil }
        return best.encoding
    }

    /// The mean logarithm for each byte; nil for what is no text.
    private static func score(_ text: [UInt8], bytes: Int) -> Double? {
        var total = 0.0
        var block: UInt32 = .max
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0C, 0x0D, 0x20..<0x7F: total -= 3
            case 0..<0xA0: return nil
            case 0xE000..<0xF900, 0xFFF0..<0x10000, 0x20_0000...: return nil
            default:
                let own = LetterBlock.of(scalar.value)
                total += own == block ? -5 : -10
                block = own
            }
        }
        return text.isEmpty ? nil : total / Double(bytes)
    }

    private enum LetterBlock {
        /// Chinese characters, kana and Hangul are one block each; else 256 characters are.
        static func of(_ scalar: UInt32) -> UInt32 {
            switch scalar {
            case 0x3000..<0x3100, 0x4E00..<0xA000, 0xFF00..<0xFFF0: 0x4E
            case 0xAC00..<0xD7A4: 0xAC
            default: scalar >> 8
            }
        }
    }
}
