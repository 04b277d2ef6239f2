import CCLD2

/// CLD2: the owner of its one call. Deterministic and without state, so any thread may ask.
enum LanguageDetector {
    /// Longer texts are asked in pieces: CLD2 counts in 32 bits, and looks at less and less of a text above a few megabytes.
    static let pieceLength = 1 << 20

    /// Adds the languages of `text` to `tally`. Text that is not valid UTF-8 tells nothing: CLD2 crashes on it.
    static func detect(_ text: [UInt8], into tally: inout LanguageTally) {
        if (try? UTF8Span(validating: text.span)) == nil { return }
        text.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let end = pieceEnd(bytes, start)
                detectPiece(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), &tally)
                start = end
            }
        }
    }

    /// Whether the large tables are in use.
    static var hasLargeTables: Bool { shardmill_cld2_has_large_tables() }

    /// The end of the piece from `start` on: after the last space in it, or between two scalars.
    private static func pieceEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        let limit = start + pieceLength
        if limit >= bytes.count { return bytes.count }
        for end in stride(from: limit, to: limit - 4096, by: -1) where bytes[end - 1] <= 0x20 { return end }
        var end = limit
        while bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }

    private static func detectPiece(_ piece: UnsafeRawBufferPointer, _ tally: inout LanguageTally) {
        guard let base = piece.baseAddress else { return }
        var result = shardmill_cld2_result()
        shardmill_cld2_detect(base.assumingMemoryBound(to: CChar.self), Int32(piece.count), &result)
        let bytes = Int(result.letter_bytes)
        tally.bytes += bytes
        if result.reliable { tally.reliableBytes += bytes }
        for language in [result.languages.0, result.languages.1, result.languages.2] where language.percent > 0 {
            tally.add(String(cString: language.code), bytes: bytes * Int(language.percent) / 100)
        }
    }
}

/// Sums over the pieces of a text, languages in the order in which they came.
struct LanguageTally {
    var bytes = 0
    var reliableBytes = 0
    private var codes: [String] = []
    private var counts: [Int] = []

    mutating func add(_ code: String, bytes: Int) {
        if let index = codes.firstIndex(of: code) {
            counts[index] += bytes
        } else {
            codes.append(code)
            counts.append(bytes)
        }
    }

    /// The languages with most bytes first; equals in the order of their tags.
    var languages: [DetectedLanguage] {
        zip(codes, counts).compactMap { code, bytes in
            LanguageTag.tag(ofCLD2: code).map { DetectedLanguage(tag: $0, bytes: bytes) }
        }.sorted { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.tag.utf8.lexicographicallyPrecedes($1.tag.utf8) }
    }
}
