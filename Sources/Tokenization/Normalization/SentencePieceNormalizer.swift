import Files

/// What SentencePiece does to a text before it merges: its character map, spaces, the dummy prefix.
struct SentencePieceNormalizer: Normalizer {
    var map: CharacterMap?
    var addsDummyPrefix = true
    var removesExtraSpaces = true
    var escapesSpaces = true
    var putsSpaceBehind = false
    /// Kept from every change.
    var userSymbols = ByteTrie()
    /// The text is the rest of one whose beginning was normalised before.
    var continuesText = false

    private static let space: [UInt8] = [0xE2, 0x96, 0x81]
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    var summary: String {
        var digest = SHA256Digest()
        digest.update(map?.content ?? [])
        return
            "sentencepiece map \(map == nil ? "none" : String(digest.hexadecimal().prefix(16))) dummy-prefix \(addsDummyPrefix) "
            + "extra-spaces \(!removesExtraSpaces) escape \(escapesSpaces) suffix \(putsSpaceBehind)"
    }

    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        guard let base = text.baseAddress, !text.isEmpty else { return }
        let first = out.count
        let space = escapesSpaces ? SentencePieceNormalizer.space : [0x20]
        var index = 0
        if removesExtraSpaces, !continuesText {
            while index < text.count {
                let (piece, length) = next(base, index, text.count)
                if piece != [0x20] { break }
                index += length
            }
            if index == text.count { return }
        }
        if addsDummyPrefix, !putsSpaceBehind, !continuesText { out += space }
        var followsSpace = removesExtraSpaces && !continuesText
        while index < text.count {
            let (piece, length) = next(base, index, text.count)
            index += length
            let rest = followsSpace ? piece.drop { $0 == 0x20 } : piece[...]
            for byte in rest {
                if byte == 0x20 { out += space } else { out.append(byte) }
            }
            if let last = rest.last { followsSpace = last == 0x20 }
            if !removesExtraSpaces { followsSpace = false }
        }
        if removesExtraSpaces {
            while out.count - first >= space.count, out.suffix(space.count).elementsEqual(space) {
                out.removeLast(space.count)
            }
        }
        if addsDummyPrefix, putsSpaceBehind { out += space }
    }

    /// What becomes of the text at `index`, and how many bytes that takes.
    private func next(_ base: UnsafePointer<UInt8>, _ index: Int, _ end: Int) -> (piece: [UInt8], length: Int) {
        if let symbol = userSymbols.longest(base, index..<end) {
            return (Array(UnsafeBufferPointer(start: base + index, count: symbol.length)), symbol.length)
        }
        var longest = 0
        var value = 0
        map?.forEachPrefix(base, index..<end) { length, replacement in
            (longest, value) = (length, replacement)
            return true
        }
        if longest > 0, let map { return (Array(map.replacement(value)), longest) }
        let (codePoint, count) = UTF8Decoding.character(base, index, end)
        if codePoint == UTF8Decoding.broken { return (SentencePieceNormalizer.replacement, 1) }
        return (Array(UnsafeBufferPointer(start: base + index, count: count)), count)
    }
}
