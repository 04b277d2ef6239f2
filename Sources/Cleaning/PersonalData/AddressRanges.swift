/// Which addresses are of one machine in the public network: those of IANA's special-purpose registries (RFC 6890), of documents, of groups
/// and of private networks are not.
enum AddressRanges {
    static func isPublic4(_ address: UInt32) -> Bool {
        !special4.contains { address >> (32 - $0.1) == $0.0 >> (32 - $0.1) }
    }

    static func isPublic6(_ groups: [UInt16]) -> Bool {
        // 2000::/3 is all that was handed out.
        if groups[0] >> 13 != 1 { return false }
        if groups[0] == 0x2001 {
            // Protocols (2001::/23) and documents (2001:db8::/32).
            if groups[1] < 0x200 || groups[1] == 0xDB8 { return false }
        }
        if groups[0] == 0x2002 { return false }
        // Documents: 3fff::/20.
        if groups[0] == 0x3FFF, groups[1] < 0x1000 { return false }
        // A network is no machine.
        return groups[2...].contains { $0 != 0 }
    }

    private static let special4: [(UInt32, UInt32)] = [
        (part(0), 8), (part(10), 8), (part(100, 64), 10), (part(127), 8), (part(169, 254), 16), (part(172, 16), 12),
        (part(192, 0, 0), 24), (part(192, 0, 2), 24), (part(192, 88, 99), 24), (part(192, 168), 16),
        (part(198, 18), 15), (part(198, 51, 100), 24), (part(203, 0, 113), 24), (part(224), 4), (part(240), 4),
    ]

    private static func part(_ a: UInt32, _ b: UInt32 = 0, _ c: UInt32 = 0) -> UInt32 { a << 24 | b << 16 | c << 8 }
}
