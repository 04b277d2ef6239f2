/// Finds addresses of version 6: eight groups of hexadecimal digits, or fewer around one `::`.
///
/// Times and hardware addresses have too few groups, `::=` and `std::` no digits on both sides.
struct AddressScanner6 {
    private let bytes: TextBytes
    private let includesExamples: Bool

    init(_ bytes: TextBytes, includesExamples: Bool) {
        self.bytes = bytes
        self.includesExamples = includesExamples
    }

    func scan(_ matches: inout [PersonalDataMatch]) {
        var position = 0
        while let colon = bytes.next(UInt8(ascii: ":"), from: position) {
            position = colon + 1
            if !AddressScanner6.isPart(bytes[colon - 1]) && !AddressScanner6.isPart(bytes[colon + 1]) { continue }
            var start = colon
            while colon - start < 5, TextBytes.isHexadecimal(bytes[start - 1]) { start -= 1 }
            var end = colon
            // The longest address is 45 bytes; a longer run is none.
            while end - start < 48, AddressScanner6.isPart(bytes[end]) || bytes[end] == UInt8(ascii: ".") { end += 1 }
            if end - start >= 48 {
                while AddressScanner6.isPart(bytes[end]) || bytes[end] == UInt8(ascii: ".") { end += 1 }
                position = end
                continue
            }
            position = max(position, end)
            while end > start, bytes[end - 1] == UInt8(ascii: ".") || isSingleColon(before: end) { end -= 1 }
            if isAddress(start..<end) { matches.append(PersonalDataMatch(kind: .ip, range: start..<end)) }
        }
    }

    private static func isPart(_ byte: UInt8) -> Bool { TextBytes.isHexadecimal(byte) || byte == UInt8(ascii: ":") }

    /// A colon behind an address that is none of it.
    private func isSingleColon(before end: Int) -> Bool {
        bytes[end - 1] == UInt8(ascii: ":") && bytes[end - 2] != UInt8(ascii: ":")
    }

    private func isAddress(_ range: Range<Int>) -> Bool {
        let before = bytes[range.lowerBound - 1]
        if bytes.isWord(before: range.lowerBound) || before == UInt8(ascii: ".") || bytes.isWord(at: range.upperBound) {
            return false
        }
        guard let groups = AddressScanner6.parse(bytes, range) else { return false }
        return includesExamples ? groups.contains { $0 != 0 } && range.count > 5 : AddressRanges.isPublic6(groups)
    }

    /// The eight groups of an address that fills `range`; nil where it is none.
    static func parse(_ bytes: TextBytes, _ range: Range<Int>) -> [UInt16]? {
        var groups: [UInt16] = []
        var gap: Int?
        var index = range.lowerBound
        if bytes[index] == UInt8(ascii: ":") {
            if bytes[index + 1] != UInt8(ascii: ":") { return nil }
            gap = 0
            index += 2
        }
        while index < range.upperBound {
            if groups.count >= 8 { return nil }
            var number: UInt32 = 0
            let first = index
            while index < range.upperBound, index - first < 5, TextBytes.isHexadecimal(bytes[index]) {
                let byte = bytes[index]
                number = number << 4 | UInt32(TextBytes.isDigit(byte) ? byte - 0x30 : (byte | 0x20) - 0x57)
                index += 1
            }
            if bytes[index] == UInt8(ascii: "."), index < range.upperBound {
                guard let (value, end) = AddressScanner4.parse(bytes, from: first), end == range.upperBound,
                    groups.count <= 6
                else { return nil }
                groups += [UInt16(value >> 16), UInt16(value & 0xFFFF)]
                index = end
                break
            }
            if index == first || index - first > 4 { return nil }
            groups.append(UInt16(number))
            if index == range.upperBound { break }
            if bytes[index] != UInt8(ascii: ":") { return nil }
            index += 1
            if index == range.upperBound { return nil }
            if bytes[index] == UInt8(ascii: ":") {
                if gap != nil { return nil }
                gap = groups.count
                index += 1
            }
        }
        guard let gap else { return groups.count == 8 ? groups : nil }
        if groups.count > 7 { return nil }
        groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: gap)
        return groups
    }
}
