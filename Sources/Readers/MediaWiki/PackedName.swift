/// A short name in ASCII as a number, letters small, so that it is looked up without a string being made of it.
enum PackedName {
    /// The number of a name, 0 for one that is empty, longer than sixteen bytes or not in ASCII.
    static func of(_ name: some Sequence<UInt8>) -> UInt128 {
        var packed: UInt128 = 0
        var count = 0
        for byte in name {
            count += 1
            if byte >= 0x80 || count > 16 { return 0 }
            packed = packed << 8 | UInt128(MarkupTextCounter.lowered(byte))
        }
        return packed
    }

    /// The numbers of some names.
    static func all(_ names: [String]) -> Set<UInt128> { Set(names.map { of($0.utf8) }) }
}
