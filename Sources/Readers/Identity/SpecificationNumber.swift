/// Numbers of specifications: `23.501`, `38.521-3`, as 3GPP writes them.
enum SpecificationNumber {
    /// The canonical number of what a publisher calls it: `23.501`, `23501`, and of ETSI's `123 501`. Nil where it is no number of 3GPP's.
    static func canonical(digits text: String, isETSI: Bool) -> String? {
        var parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard var digits = parts.first?.filter({ $0 != "." && $0 != " " }), !digits.isEmpty else { return nil }
        parts.removeFirst()
        guard digits.utf8.allSatisfy(isDigit), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else {
            return nil
        }
        if isETSI {
            // ETSI TS 1xx yyy is 3GPP TS xx.yyy, for the series that 3GPP has.
            guard digits.utf8.count == 6, digits.hasPrefix("1"), let series = Int(digits.dropFirst().prefix(2)),
                series >= 21, series <= 55
            else { return nil }
            digits.removeFirst()
        }
        guard digits.utf8.count == 4 || digits.utf8.count == 5 else { return nil }
        let number = digits.prefix(2) + "." + digits.dropFirst(2)
        // ETSI writes part numbers with two digits.
        return ([String(number)] + parts.map { String(Int($0) ?? 0) }).joined(separator: "-")
    }

    /// The version that three characters of a file name stand for: `i50` is 18.5.0, digits in base 36.
    static func version(code: String) -> String? {
        let units = Array(code.utf8)
        if units.count == 3 {
            let values = units.map { Int(String(UnicodeScalar($0)), radix: 36) }
            guard !values.contains(nil) else { return nil }
            return values.map { String($0!) }.joined(separator: ".")
        }
        // Six digits, two a number; or a plain "v" before version digits, the last two of which are single.
        if units.count == 6, units.allSatisfy(isDigit) {
            return stride(from: 0, to: 6, by: 2).map {
                String(Int(String(decoding: units[$0..<$0 + 2], as: UTF8.self)) ?? 0)
            }.joined(separator: ".")
        }
        if units.first == UInt8(ascii: "v"), units.count == 4 || units.count == 5, units.dropFirst().allSatisfy(isDigit)
        {
            let major = String(decoding: units[1..<units.count - 2], as: UTF8.self)
            let minor = UnicodeScalar(units[units.count - 2])
            return "\(major).\(minor).\(UnicodeScalar(units[units.count - 1]))"
        }
        return nil
    }

    /// The release of a version: its first number, from Release 4 on; drafts (0 … 2) belong to none, 3 is Release 1999.
    static func release(ofVersion version: String) -> String? {
        guard let major = version.split(separator: ".").first.flatMap({ Int($0) }), major >= 3 else { return nil }
        return major == 3 ? "1999" : String(major)
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
