/// Whether a text without white space is an address of the web: a scheme, a user, a host or an IP address of the public
/// range, a port, a path.
enum WebAddress {
    /// Cost: linear, and once more for every `@`.
    static func matches(
        _ scalars: UnsafePointer<UInt32>, _ bits: UnsafePointer<UInt16>, _ low: Int, _ high: Int
    ) -> Bool {
        var tail = [Int]()
        if rest(scalars, bits, low, low, high) { return true }
        if let host = afterScheme(scalars, low, high), rest(scalars, bits, low, host, high) { return true }
        for index in low..<high where scalars[index] == 0x40 && index > low { tail.append(index + 1) }
        // A host holds no `@`: the last one decides unless what stands before it is a whole address up to a path.
        return tail.contains { rest(scalars, bits, low, $0, high) }
    }

    private static func afterScheme(_ scalars: UnsafePointer<UInt32>, _ low: Int, _ high: Int) -> Int? {
        var index = low
        while index < high, isWordScalar(scalars[index]) || [0x2B, 0x2D, 0x2E].contains(scalars[index]) { index += 1 }
        if index - low < 2 || index + 3 > high { return nil }
        return scalars[index] == 0x3A && scalars[index + 1] == 0x2F && scalars[index + 2] == 0x2F ? index + 3 : nil
    }

    private static func isWordScalar(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 {
            return (0x30...0x39).contains(scalar) || (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
                || scalar == 0x5F
        }
        guard let value = Unicode.Scalar(scalar) else { return false }
        switch value.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// Host, port and path from `start` to the end.
    private static func rest(
        _ scalars: UnsafePointer<UInt32>, _ bits: UnsafePointer<UInt16>, _ low: Int, _ start: Int, _ high: Int
    ) -> Bool {
        var end = start
        while end < high, isHostScalar(scalars[end]) || bits[end] & EnglishScalars.lower != 0 { end += 1 }
        if end == start || !isTail(scalars, end, high) { return false }
        return isName(scalars, bits, start, end) || isAddress(scalars, start, end)
    }

    private static func isLabelEnd(_ scalar: UInt32) -> Bool {
        (0x30...0x39).contains(scalar) || (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
            || (0xA1...0xFFFF).contains(scalar)
    }

    private static func isHostScalar(_ scalar: UInt32) -> Bool {
        isLabelEnd(scalar) || scalar == 0x2D || scalar == 0x2E || scalar == 0x5F
    }

    private static func isDigit(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return (0x30...0x39).contains(scalar) }
        return Unicode.Scalar(scalar)?.properties.generalCategory == .decimalNumber
    }

    /// A port of two to five digits, then a path, then nothing; each may be absent.
    private static func isTail(_ scalars: UnsafePointer<UInt32>, _ start: Int, _ high: Int) -> Bool {
        var index = start
        if index < high, scalars[index] == 0x3A {
            index += 1
            let first = index
            while index < high, index - first < 5, isDigit(scalars[index]) { index += 1 }
            if index - first < 2 { return false }
        }
        return index == high || scalars[index] == 0x2F || scalars[index] == 0x3F || scalars[index] == 0x23
    }

    /// Labels of 1 to 64 scalars, each with a full stop, and a last one of 2 to 63 lower-case letters.
    private static func isName(
        _ scalars: UnsafePointer<UInt32>, _ bits: UnsafePointer<UInt16>, _ start: Int, _ end: Int
    ) -> Bool {
        var last = end
        while last > start, scalars[last - 1] != 0x2E {
            if bits[last - 1] & EnglishScalars.lower == 0 { return false }
            last -= 1
        }
        if last == start || !(2...63).contains(end - last) { return false }
        var label = start
        for index in start..<last {
            if scalars[index] != 0x2E {
                if !isHostScalar(scalars[index]) { return false }
                continue
            }
            if index == label || index - label > 64 { return false }
            if !isLabelEnd(scalars[label]) || !isLabelEnd(scalars[index - 1]) { return false }
            label = index + 1
        }
        return true
    }

    /// Four numbers that name a host of the public Internet.
    private static func isAddress(_ scalars: UnsafePointer<UInt32>, _ start: Int, _ end: Int) -> Bool {
        var parts: [[UInt32]] = [[]]
        for index in start..<end {
            if scalars[index] == 0x2E { parts.append([]) } else { parts[parts.count - 1].append(scalars[index]) }
            if parts.count > 4 || parts[parts.count - 1].count > 3 { return false }
        }
        if parts.count != 4 || parts.contains(where: { $0.isEmpty || !$0.allSatisfy(isDigit) }) { return false }
        func text(_ part: [UInt32]) -> String { String(String.UnicodeScalarView(part.compactMap(Unicode.Scalar.init))) }
        let first = text(parts[0])
        let second = text(parts[1])
        if first == "10" || first == "127" { return false }
        if first + "." + second == "169.254" || first + "." + second == "192.168" { return false }
        if first == "172", isPrivate172(parts[1]) { return false }
        return isFirst(parts[0]) && isMiddle(parts[1]) && isMiddle(parts[2]) && isLast(parts[3])
    }

    private static func isPrivate172(_ part: [UInt32]) -> Bool {
        if part.count != 2 { return false }
        switch part[0] {
        case 0x31: return (0x36...0x39).contains(part[1])
        case 0x32: return true
        case 0x33: return part[1] == 0x30 || part[1] == 0x31
        default: return false
        }
    }

    private static func isFirst(_ part: [UInt32]) -> Bool {
        if part.count < 3 { return (0x31...0x39).contains(part[0]) }
        if part[0] == 0x31 { return true }
        if part[0] != 0x32 { return false }
        return part[1] == 0x30 || part[1] == 0x31 || (part[1] == 0x32 && (0x30...0x33).contains(part[2]))
    }

    private static func isMiddle(_ part: [UInt32]) -> Bool {
        if part.count < 3 || part[0] == 0x31 { return true }
        if part[0] != 0x32 { return false }
        return (0x30...0x34).contains(part[1]) || (part[1] == 0x35 && (0x30...0x35).contains(part[2]))
    }

    private static func isLast(_ part: [UInt32]) -> Bool {
        if part.count < 3 { return (0x31...0x39).contains(part[0]) }
        if part[0] == 0x31 { return true }
        if part[0] != 0x32 { return false }
        return (0x30...0x34).contains(part[1]) || (part[1] == 0x35 && (0x30...0x34).contains(part[2]))
    }
}
