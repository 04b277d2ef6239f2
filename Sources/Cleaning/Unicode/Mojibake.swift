import CKernels
import Documents

/// UTF-8 that was read as Windows-1252 or Latin-1, once or several times: `Ã©` becomes `é`, `â€™` becomes `’`.
///
/// Looked at are runs of characters that each stand for one byte above ASCII. A run is repaired where all of its bytes are UTF-8 and one of
/// its sequences could not be text: letters like Ã and Å do stand before quotes, spaces and raised figures, so those alone prove nothing.
/// Runs without a proof follow where the document has proven ones and no letter above ASCII that is no part of any.
enum Mojibake {
    static let rule = "mojibake"

    /// Repairs the text of `document` until nothing is left to repair: misreadings of misreadings take a round each.
    static func repair(_ document: inout Document) {
        for _ in 0..<mostRounds {
            var edits = TextEdits(rules: [rule])
            document.text.withUnsafeBufferPointer { buffer in
                var search = MojibakeSearch(buffer)
                search.run(&edits)
            }
            if edits.isEmpty { return }
            edits.apply(to: &document)
        }
    }

    /// Every round makes the text shorter.
    static let mostRounds = 8

    /// The byte that Windows-1252, and Latin-1 where it has none, reads as `scalar`; nil where there is none above ASCII.
    static func byte(_ scalar: UInt32) -> UInt8? {
        if scalar >= 0x80, scalar <= 0xFF { return UInt8(scalar) }
        return scalar > 0xFF && scalar <= 0x2122 ? beyondLatin1[scalar] : nil
    }

    private static let beyondLatin1: [UInt32: UInt8] = [
        0x20AC: 0x80, 0x201A: 0x82, 0x0192: 0x83, 0x201E: 0x84, 0x2026: 0x85, 0x2020: 0x86, 0x2021: 0x87, 0x02C6: 0x88,
        0x2030: 0x89, 0x0160: 0x8A, 0x2039: 0x8B, 0x0152: 0x8C, 0x017D: 0x8E, 0x2018: 0x91, 0x2019: 0x92, 0x201C: 0x93,
        0x201D: 0x94, 0x2022: 0x95, 0x2013: 0x96, 0x2014: 0x97, 0x02DC: 0x98, 0x2122: 0x99, 0x0161: 0x9A, 0x203A: 0x9B,
        0x0153: 0x9C, 0x017E: 0x9E, 0x0178: 0x9F,
    ]
}

/// One round over a text.
struct MojibakeSearch {
    private let text: UnsafeBufferPointer<UInt8>
    /// Runs that are UTF-8, in order: where they stand and what they become.
    private var runs: [(range: Range<Int>, bytes: [UInt8], isProven: Bool)] = []

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// Books every repair. Text in which nothing looks misread costs one pass.
    mutating func run(_ edits: inout TextEdits) {
        guard let base = text.baseAddress else { return }
        var position = 0
        while position < text.count {
            let found = position + shardmill_find_misread(base + position, text.count - position)
            if found >= text.count { break }
            position = consider(found)
        }
        let proven = runs.contains { $0.isProven }
        if !proven { return }
        let takesAll = runs.allSatisfy { $0.isProven } || !holdsTrueLetters()
        for run in runs where run.isProven || takesAll { edits.replace(run.range, with: run.bytes, rule: 0) }
    }

    /// Takes the run around the scalar at `place` and returns its end.
    private mutating func consider(_ place: Int) -> Int {
        var start = place
        while start > 0, let before = byte(endingAt: start) { start = before.start }
        var end = place
        var bytes: [UInt8] = []
        var scalars: [UInt32] = []
        var next = start
        while let (scalar, byte, behind) = byte(at: next) {
            bytes.append(byte)
            scalars.append(scalar)
            next = behind
        }
        end = max(next, place + 2)
        if let isProven = MojibakeSearch.judge(scalars) { runs.append((start..<next, bytes, isProven)) }
        return end
    }

    /// Whether a letter of Latin-1 stands anywhere that no run takes. Ã and Â alone may be what is left of a run.
    private func holdsTrueLetters() -> Bool {
        var taken = 0
        var index = 0
        while index + 1 < text.count {
            if taken < runs.count, index >= runs[taken].range.lowerBound {
                index = runs[taken].range.upperBound
                taken += 1
            } else {
                if text[index] == 0xC3, text[index + 1] != 0x82, text[index + 1] != 0x83 { return true }
                index += 1
            }
        }
        return false
    }

    /// The scalar at `index`, the byte that it was read from, and where it ends.
    private func byte(at index: Int) -> (scalar: UInt32, byte: UInt8, end: Int)? {
        guard index < text.count, text[index] >= 0xC2 else { return nil }
        let length = text[index] < 0xE0 ? 2 : text[index] < 0xF0 ? 3 : 4
        guard length < 4, index + length <= text.count else { return nil }
        var scalar = UInt32(text[index]) & (length == 2 ? 0x1F : 0x0F)
        for offset in 1..<length {
            if text[index + offset] & 0xC0 != 0x80 { return nil }
            scalar = scalar << 6 | UInt32(text[index + offset] & 0x3F)
        }
        return Mojibake.byte(scalar).map { (scalar, $0, index + length) }
    }

    private func byte(endingAt end: Int) -> (byte: UInt8, start: Int)? {
        var start = end - 1
        while start > 0, end - start < 3, text[start] & 0xC0 == 0x80 { start -= 1 }
        guard let (_, byte, next) = byte(at: start), next == end else { return nil }
        return (byte, start)
    }

    /// Whether the scalars that bytes were read as prove that the bytes are UTF-8; nil where they are none, or would be something that no text
    /// holds. Controls are what no text holds, unless the result was read wrongly in turn.
    static func judge(_ scalars: [UInt32]) -> Bool? {
        var index = 0
        var isProven = false
        var isAllText = true
        var sequences = 0
        var inner: [UInt32] = []
        while index < scalars.count {
            guard let lead = Mojibake.byte(scalars[index]) else { return nil }
            let length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
            guard length > 0, index + length <= scalars.count else { return nil }
            var scalar = UInt32(lead) & (0xFF >> UInt32(length + 1))
            var isStrange = false
            var isControl = false
            for offset in 1..<length {
                guard let byte = Mojibake.byte(scalars[index + offset]), byte & 0xC0 == 0x80 else { return nil }
                scalar = scalar << 6 | UInt32(byte & 0x3F)
                if isStrangeBehindLetter(byte, lead) { isStrange = true }
                // But for the line end among them, no text holds controls of Latin-1.
                if scalars[index + offset] < 0xA0, scalars[index + offset] != 0x85 { isControl = true }
            }
            if !isText(scalar, length) {
                // Controls of Latin-1 are bytes of the next misreading.
                if length > 2 || scalar >= 0xA0 { return nil }
                isAllText = false
            }
            inner.append(scalar)
            sequences += 1
            // A sign of multiplication stands before figures, and one letter of Hebrew, Arabic or Syriac alone is no word.
            if isControl || isStrange && (lead < 0xD4 || length > 2 || sequences > 1) { isProven = true }
            index += length
        }
        // Each level is at most half as long as the one above.
        if isAllText { return isProven }
        return judge(inner).flatMap { $0 || isProven ? isProven : nil }
    }

    /// Whether what Windows-1252 shows for `byte` stands behind a letter in no text.
    private static func isStrangeBehindLetter(_ byte: UInt8, _ lead: UInt8) -> Bool {
        switch byte {
        case 0x85, 0x91...0x94, 0x96, 0x97, 0xA0, 0xAA, 0xAB, 0xAD, 0xB0, 0xB2, 0xB3, 0xB7, 0xB9, 0xBA, 0xBB: false
        // Marks of trade stand behind names; those do not end in Â and Ã.
        case 0x99, 0xA9, 0xAE: lead == 0xC2 || lead == 0xC3 || lead == 0xE2
        default: true
        }
    }

    private static func isText(_ scalar: UInt32, _ length: Int) -> Bool {
        switch scalar {
        // What a shorter sequence holds, halves of pairs, controls, private use, and scripts of none but specialists.
        case 0..<0xA0, 0x7C0..<0x900, 0xD800..<0xF900, 0xFFF0...0xFFFF: false
        default: length == 2 || length == 3 && scalar >= 0x900 || length == 4 && (0x10000..<0x40000).contains(scalar)
        }
    }
}
