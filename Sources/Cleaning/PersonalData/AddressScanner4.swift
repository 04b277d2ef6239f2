/// Finds addresses of version 4: four numbers up to 255 between dots.
///
/// A clause, a version and an object identifier look the same. So numbers as small as those of clauses count only where a prefix length, a port
/// or words such as `IP address` say what they are, and behind a word such as `clause` or `version` no number counts.
struct AddressScanner4 {
    private let bytes: TextBytes
    private let includesExamples: Bool

    init(_ bytes: TextBytes, includesExamples: Bool) {
        self.bytes = bytes
        self.includesExamples = includesExamples
    }

    func scan(_ matches: inout [PersonalDataMatch]) {
        var position = 0
        while let dot = bytes.next(UInt8(ascii: "."), from: position) {
            position = dot + 1
            if !TextBytes.isDigit(bytes[dot - 1]) || !TextBytes.isDigit(bytes[dot + 1]) { continue }
            var start = dot - 1
            while dot - start < 4, TextBytes.isDigit(bytes[start - 1]) { start -= 1 }
            guard let found = address(from: start) else {
                // The rest of a run of numbers and dots is no address either.
                position = runEnd(from: dot)
                continue
            }
            position = found.end
            if includesExamples || AddressRanges.isPublic4(found.value), isAddress(start, found.end, found.value) {
                matches.append(PersonalDataMatch(kind: .ip, range: start..<found.end))
            }
        }
    }

    /// The first place from a dot on that is neither digit nor dot.
    private func runEnd(from dot: Int) -> Int {
        var index = dot
        while TextBytes.isDigit(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
        return index
    }

    /// The address that begins at `start`, if all around it lets it be one.
    private func address(from start: Int) -> (value: UInt32, end: Int)? {
        let before = bytes[start - 1]
        if bytes.isWord(before: start) || before == UInt8(ascii: ".") || before == UInt8(ascii: "-") { return nil }
        guard let found = AddressScanner4.parse(bytes, from: start) else { return nil }
        let next = bytes[found.end]
        if bytes.isWord(at: found.end) || next == UInt8(ascii: "-") && TextBytes.isAlphanumeric(bytes[found.end + 1]) {
            return nil
        }
        if next == UInt8(ascii: "."), TextBytes.isAlphanumeric(bytes[found.end + 1]) { return nil }
        return found
    }

    /// Four numbers up to 255, without zeros before them, between dots, from `start` on.
    static func parse(_ bytes: TextBytes, from start: Int) -> (value: UInt32, end: Int)? {
        var value: UInt32 = 0
        var index = start
        for part in 0..<4 {
            if part > 0 {
                if bytes[index] != UInt8(ascii: ".") { return nil }
                index += 1
            }
            var number: UInt32 = 0
            let first = index
            while index - first < 4, TextBytes.isDigit(bytes[index]) {
                number = number * 10 + UInt32(bytes[index] - 0x30)
                index += 1
            }
            if index == first || number > 255 || index - first > 3 || index - first > 1 && bytes[first] == 0x30 {
                return nil
            }
            value = value << 8 | number
        }
        return (value, index)
    }

    private func isAddress(_ start: Int, _ end: Int, _ value: UInt32) -> Bool {
        var markEnd = start
        var hasMark = false
        while start - markEnd < 6, AddressScanner4.marksBetween.contains(bytes[markEnd - 1]) {
            if bytes[markEnd - 1] == UInt8(ascii: ":") || bytes[markEnd - 1] == UInt8(ascii: "=") { hasMark = true }
            markEnd -= 1
        }
        // `IP4` of a session description and `IPv4`.
        var word = bytes.word(before: bytes[markEnd - 1] == UInt8(ascii: "4") ? markEnd - 1 : markEnd)
        var text = bytes.lowercased(word)
        if AddressScanner4.otherWords.contains(text) { return false }
        if isInURL(start) || hasSuffix(end) { return true }
        if text == "is" {
            hasMark = true
            word = bytes.word(before: word.lowerBound - 1)
            text = bytes.lowercased(word)
        }
        if AddressScanner4.protocolWords.contains(text) { return true }
        if AddressScanner4.addressWords.contains(text),
            hasMark || AddressScanner4.protocolWords.contains(bytes.lowercased(bytes.word(before: word.lowerBound - 1)))
        {
            return true
        }
        // Of the numbers of a clause at most the last is large, and the first where something stuck to it.
        let numbers = [24, 16, 8, 0].map { (value >> ($0 as UInt32)) & 0xFF }
        return numbers.count { $0 >= 32 } >= 2 && numbers.contains { $0 >= 64 } && max(numbers[1], numbers[2]) >= 10
    }

    private func isInURL(_ start: Int) -> Bool {
        bytes[start - 1] == UInt8(ascii: "/") && bytes[start - 2] == UInt8(ascii: "/")
            || bytes[start - 1] == UInt8(ascii: "@")
    }

    /// A prefix length or a port.
    private func hasSuffix(_ end: Int) -> Bool {
        let mark = bytes[end]
        if mark != UInt8(ascii: "/"), mark != UInt8(ascii: ":") { return false }
        var index = end + 1
        var number = 0
        while index - end < 7, TextBytes.isDigit(bytes[index]) {
            number = number * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        let digits = index - end - 1
        if bytes.isWord(at: index) || bytes[index] == UInt8(ascii: ".") && TextBytes.isDigit(bytes[index + 1]) {
            return false
        }
        return mark == UInt8(ascii: "/")
            ? (1...2).contains(digits) && (8...32).contains(number) : (2...5).contains(digits)
    }

    private static let marksBetween: [UInt8] = Array(" \t([{\"'`:=<".utf8)
    private static let otherWords: Set<String> = [
        "clause", "clauses", "subclause", "subclauses", "section", "sections", "subsection", "sec", "table", "tables",
        "figure", "figures", "fig", "annex", "appendix", "chapter", "version", "versions", "ver", "v", "rev", "release",
        "rel", "oid", "item", "step", "requirement", "test", "case", "paragraph", "part",
    ]
    private static let protocolWords: Set<String> = ["ip", "ipv", "ping", "inet", "nameserver"]
    private static let addressWords: Set<String> = [
        "address", "addresses", "addr", "host", "hosts", "gateway", "router", "dns", "netmask", "subnet", "peer",
        "server",
    ]
}
