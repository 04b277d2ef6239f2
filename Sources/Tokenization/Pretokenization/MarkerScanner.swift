/// Cuts before the first of every row of ▁, for models without a split pattern whose merges never reach over that place: merging
/// the parts one by one then gives what merging the whole text gives, and words are found in the cache.
enum MarkerScanner: PretokenScanner {
    /// UTF-8 of ▁ (U+2581).
    static let marker: [UInt8] = [0xE2, 0x96, 0x81]

    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int {
        var index = start
        while isMarker(cursor, index) { index &+= 3 }
        while index < cursor.end {
            if cursor.bytes[index] == 0xE2, index > start, isMarker(cursor, index) { return index }
            index &+= 1
        }
        return cursor.end
    }

    @inline(__always)
    private static func isMarker(_ cursor: CharacterCursor, _ index: Int) -> Bool {
        index &+ 2 < cursor.end && cursor.bytes[index] == 0xE2 && cursor.bytes[index &+ 1] == 0x96
            && cursor.bytes[index &+ 2] == 0x81
    }

    /// Whether no merge, and nothing that is found before merging, has a ▁ behind another character, and ▁ itself is known, so
    /// that an unknown character before it does not join one behind it.
    static func isSafe(_ definition: TokenizerDefinition, _ characters: CharacterSymbols) -> Bool {
        let rules = characters.rules
        guard rules.continuingPrefix.isEmpty, rules.endSuffix.isEmpty, !definition.ignoresMerges else { return false }
        guard characters.id(0x2581, isFirst: true, isLast: true) != TokenizerDefinition.noToken else { return false }
        for index in stride(from: 0, to: definition.mergePairs.count, by: 2) {
            guard let right = definition.names.writtenForm(of: definition.mergePairs[index + 1]) else { return false }
            if right.first != 0xE2 || !right.starts(with: marker) { continue }
            guard let left = definition.names.writtenForm(of: definition.mergePairs[index]) else { return false }
            if !left.suffix(3).elementsEqual(marker) { return false }
        }
        return rules.userSymbols.strings.allSatisfy { !hasInnerMarker($0) }
    }

    private static func hasInnerMarker(_ bytes: [UInt8]) -> Bool {
        bytes.indices.dropFirst().contains { index in
            bytes[index...].starts(with: marker) && !bytes[..<index].suffix(3).elementsEqual(marker)
        }
    }
}
