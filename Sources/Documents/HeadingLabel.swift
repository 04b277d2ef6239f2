/// What a heading says: its number or its annex letter, and its title.
///
/// Read from the line as readers write it: `## 5.3.2 General`, `# Annex A (informative): Change history`, `### 6.5B.1Void`. Marks of
/// Markdown around and behind the title are passed over.
public struct HeadingLabel: Sendable, Equatable {
    /// The parts of the number: `["5", "3", "2"]`, `["A", "1"]`, for an annex `["A"]`; empty where the heading has none.
    public let parts: [String]
    /// Whether this is the heading of an annex itself.
    public let isAnnex: Bool
    /// The text behind the number, without white space and marks around it.
    public let title: String

    /// The number as it is written: `5.3.2`, `A.1`; `A` for an annex; nil where there is none.
    public var number: String? { parts.isEmpty ? nil : parts.joined(separator: ".") }

    /// Whether a dash stands in the place of the number: `– SIB1`.
    var isDashed: Bool { parts.isEmpty && (title.hasPrefix("–") || title.hasPrefix("—")) }

    /// Reads a heading. `isGlued`: the document writes titles onto their numbers (`3.2UE procedures`), so that letters behind a number are
    /// the title's, but for one before another capital (`6.5BVoid`). `annexes`: letters of annexes that stand before, so that `A.100` is no name
    /// like `H.264`.
    public init(_ line: some Collection<UInt8>, isGlued: Bool = false, annexes: Set<String> = []) {
        var text = HeadingLabel.unmarked(line)
        if let annex = HeadingLabel.annex(&text) {
            parts = [annex]
            isAnnex = true
        } else {
            parts = HeadingLabel.number(&text, isGlued, annexes)
            isAnnex = false
        }
        title = HeadingLabel.tidied(text)
    }

    /// Whether a heading writes its title onto its number: digits, then a capital and a small letter.
    static func isGlued(_ line: some Collection<UInt8>) -> Bool? {
        let text = unmarked(line)
        guard let first = text.first, isDigit(first) else { return nil }
        var index = 0
        // A letter before a dot belongs to the number.
        while index < text.count,
            isDigit(text[index]) || text[index] == 0x2E
                || isLetter(text[index]) && index + 1 < text.count && text[index + 1] == 0x2E
        { index += 1 }
        return index + 1 < text.count && isCapital(text[index]) && isLetter(text[index + 1])
    }

    // MARK: Marks

    /// The line without `#` before it, emphasis around it, and what pandoc writes in braces behind it. No-break spaces become spaces.
    private static func unmarked(_ line: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(min(line.count, longest))
        for byte in line.prefix(longest) {
            if byte == 0xA0, text.last == 0xC2 {
                text[text.count - 1] = 0x20
            } else {
                text.append(byte == 0x09 || byte == 0x0A || byte == 0x0D ? 0x20 : byte)
            }
        }
        var start = 0
        while start < text.count, [UInt8(ascii: "#"), UInt8(ascii: "*"), 0x20].contains(text[start]) { start += 1 }
        var end = text.count
        while end > start, text[end - 1] == 0x20 { end -= 1 }
        if end > start, text[end - 1] == UInt8(ascii: "}"),
            let brace = text[start..<end].lastIndex(of: UInt8(ascii: "{")), brace + 1 < end,
            [UInt8(ascii: "#"), UInt8(ascii: "."), UInt8(ascii: "-")].contains(text[brace + 1])
        {
            end = brace
        }
        while end > start, [UInt8(ascii: "*"), UInt8(ascii: "#"), 0x20].contains(text[end - 1]) { end -= 1 }
        return Array(text[start..<end])
    }

    /// No heading is longer: what follows is a paragraph somebody gave the style of one.
    private static let longest = 1024

    private static func tidied(_ text: [UInt8]) -> String {
        var start = 0
        while start < text.count, [0x20, 0x3A, 0x2D].contains(text[start]) { start += 1 }
        var out: [UInt8] = []
        for byte in text[start...] where !(byte == 0x20 && out.last == 0x20) { out.append(byte) }
        if out.last == 0x20 { out.removeLast() }
        return String(decoding: out, as: UTF8.self)
    }

    // MARK: Numbers

    /// Takes `Annex A (informative):` from the front and gives its letter.
    private static func annex(_ text: inout [UInt8]) -> String? {
        let words = ["annex ", "appendix "]
        guard
            let word = words.first(where: { word in
                text.count > word.utf8.count && zip(text, word.utf8).allSatisfy { $0 | 0x20 == $1 }
            })
        else { return nil }
        var index = word.utf8.count
        while index < text.count, text[index] == 0x20 { index += 1 }
        let start = index
        while index < text.count, index - start < 4, isCapital(text[index]) || isDigit(text[index]) { index += 1 }
        if index == start || index < text.count && isLetter(text[index]) { return nil }
        let letter = String(decoding: text[start..<index], as: UTF8.self)
        while index < text.count, text[index] == 0x20 { index += 1 }
        if index < text.count, text[index] == UInt8(ascii: "("),
            let close = text[index...].firstIndex(of: UInt8(ascii: ")"))
        {
            let status = String(decoding: text[(index + 1)..<close], as: UTF8.self).lowercased()
            if ["informative", "normative"].contains(status.filter { $0 != " " }) { index = close + 1 }
        }
        text.removeSubrange(..<index)
        return letter
    }

    /// Takes the number from the front and gives its parts.
    private static func number(_ text: inout [UInt8], _ isGlued: Bool, _ annexes: Set<String>) -> [String] {
        var parts: [String] = []
        var index = 0
        var end = 0
        // An annex's letters stand before a dot and a digit, or before a number and a dot: A.1, AB.2, B1.0.
        if let first = text.first, isCapital(first) {
            var letters = 1
            while letters < 3, letters < text.count, isCapital(text[letters]) || isDigit(text[letters]) { letters += 1 }
            guard letters + 1 < text.count, text[letters] == 0x2E, isDigit(text[letters + 1]) else { return [] }
            parts.append(String(decoding: text[..<letters], as: UTF8.self))
            index = letters + 1
        }
        while index < text.count {
            let start = index
            while index < text.count, isDigit(text[index]) { index += 1 }
            let digits = index - start
            // H.264, 802.11 and years are names.
            let isKnown = parts.count == 1 && annexes.contains(parts[0])
            if digits > 3 || parts.count < 2 && digits == 3 && !isKnown && (!parts.isEmpty || text[start] > 0x31) {
                return parts.count < 2 ? [] : finish(parts, end, &text)
            }
            var suffix = 0
            while index + suffix < text.count, suffix < 8, isLetter(text[index + suffix]) { suffix += 1 }
            let isDotted =
                index + suffix + 1 < text.count && text[index + suffix] == 0x2E
                && (isDigit(text[index + suffix + 1]) || isCapital(text[index + suffix + 1]))
            let taken = suffixLength(text, index, suffix, isDotted, isGlued, isPart: !parts.isEmpty)
            if digits == 0 && taken == 0 { break }
            if digits == 0 && taken > 2 { break }
            // 3G and 5G are names as well.
            if parts.isEmpty, taken > 1, !isDotted { return [] }
            if parts.isEmpty, digits == 1, taken == 1, !isDotted, [0x44, 0x47].contains(text[index]), suffix == 1 {
                return []
            }
            index += taken
            parts.append(String(decoding: text[start..<index], as: UTF8.self))
            end = index
            guard taken == suffix || taken == 0 && suffix == 0, index + 1 < text.count, text[index] == 0x2E,
                isDigit(text[index + 1]) || isDottedLetter(text, index + 1)
            else { break }
            index += 1
        }
        return finish(parts, end, &text)
    }

    /// Whether a part that is one letter stands there: 6.2.A.1.
    private static func isDottedLetter(_ text: [UInt8], _ index: Int) -> Bool {
        isCapital(text[index]) && (index + 1 == text.count || [0x20, 0x2E].contains(text[index + 1]))
    }

    /// How many of `count` letters behind the digits belong to the number.
    private static func suffixLength(
        _ text: [UInt8], _ index: Int, _ count: Int, _ isDotted: Bool, _ isGlued: Bool, isPart: Bool
    ) -> Int {
        if count == 0 { return 0 }
        if isDotted { return count <= 3 ? count : 0 }
        let isEnd = index + count == text.count || [0x20, 0x3A, 0x28, 0x2E].contains(text[index + count])
        if isEnd, count <= (isGlued ? 1 : 3) { return count }
        // 6.5BVoid: the letter is the number's, where a word begins behind it.
        if isGlued, count > 2, [0x65, 0x67].contains(text[index]), isCapital(text[index + 1]),
            isCapital(text[index + 2])
        {
            // gNB and eNB begin small.
            return 0
        }
        let isBeforeWord =
            count > 2 && isCapital(text[index]) && isCapital(text[index + 1]) && !isCapital(text[index + 2])
        return isBeforeWord ? 1 : count > 1 && !isCapital(text[index]) && isCapital(text[index + 1]) ? 1 : 0
    }

    /// No number has more parts; paths and outlines are kept for every part.
    private static let mostParts = 16

    private static func finish(_ parts: [String], _ end: Int, _ text: inout [UInt8]) -> [String] {
        if parts.count > mostParts { return [] }
        if parts.isEmpty || parts.count == 1 && !parts[0].utf8.contains(where: isDigit) { return [] }
        var rest = end
        if rest < text.count, text[rest] == 0x2E { rest += 1 }
        // A number that runs on in other characters is none: 3/4, 5%, 2,4-D.
        if rest < text.count, ![0x20, 0x3A, 0x28, 0x5B].contains(text[rest]), !isLetter(text[rest]), text[rest] < 0x80 {
            return []
        }
        // A small letter right behind is a word that goes on, as in 3rd.
        if rest < text.count, rest == end, isLetter(text[rest]), !isCapital(text[rest]),
            rest + 1 == text.count || !isCapital(text[rest + 1])
        {
            return []
        }
        text.removeSubrange(..<rest)
        return parts
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
