/// The precompiled character map of SentencePiece: a double-array trie from byte strings to what replaces them.
///
/// A node is a number: bit 31 marks a value, bit 8 that a value is below, bits 0–7 the byte it is reached by, the rest the
/// distance to its children. Every step is checked against the size of the array: a damaged map finds nothing.
struct CharacterMap: Sendable {
    private let nodes: [UInt32]
    private let replacements: [UInt8]

    /// Reads the map: a little-endian length, that many bytes of nodes, then the replacements, each with a zero behind it.
    /// nil where the length is a lie.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        let size = bytes.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
        guard size % 4 == 0, size >= 4, size <= bytes.count - 4 else { return nil }
        nodes = bytes.withUnsafeBytes { raw in
            (0..<size / 4).map { UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 + $0 * 4, as: UInt32.self)) }
        }
        replacements = Array(bytes[(4 + size)...])
    }

    /// Calls `body` with the length of every key that the text begins with and its replacement, the shortest first, until it
    /// returns false.
    func forEachPrefix(
        _ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (_ length: Int, _ replacement: Int) -> Bool
    ) {
        var place = Int(CharacterMap.offset(nodes[0]))
        for index in range {
            place ^= Int(text[index])
            guard place < nodes.count else { return }
            let node = nodes[place]
            guard node & (1 << 31 | 0xFF) == UInt32(text[index]) else { return }
            place ^= Int(CharacterMap.offset(node))
            guard node >> 8 & 1 == 1 else { continue }
            guard place < nodes.count else { return }
            let value = Int(nodes[place] & 0x7FFF_FFFF)
            if value < replacements.count, !body(index - range.lowerBound + 1, value) { return }
        }
    }

    /// Whether some key holds a wanted byte behind its first. Keys share their ends: each is looked at once.
    func hasKey(withInside isWanted: (UInt8) -> Bool) -> Bool {
        var places = [(place: Int(CharacterMap.offset(nodes[0])), isFirst: true)]
        var isSeen = [Bool](repeating: false, count: nodes.count)
        while let (place, isFirst) = places.popLast() {
            for byte in 1...255 {
                let child = place ^ byte
                guard child < nodes.count, nodes[child] & (1 << 31 | 0xFF) == UInt32(byte) else { continue }
                if !isFirst, isWanted(UInt8(byte)) { return true }
                if isSeen[child] { continue }
                isSeen[child] = true
                places.append((child ^ Int(CharacterMap.offset(nodes[child])), false))
            }
        }
        return false
    }

    /// The replacement that begins at `start`.
    func replacement(_ start: Int) -> ArraySlice<UInt8> {
        let rest = replacements[start...]
        return rest.prefix { $0 != 0 }
    }

    /// For the digest.
    var content: [UInt8] {
        nodes.flatMap { node in (0..<4).map { UInt8(truncatingIfNeeded: node >> (8 * $0)) } } + replacements
    }

    private static func offset(_ node: UInt32) -> UInt32 { (node >> 10) << ((node & (1 << 9)) >> 6) }
}
