import Files

/// What merging reads, as flat memory that is written once: ids of single bytes or of characters, merges of pairs, and, where the
/// file ignores merges, the tokens by their bytes.
///
/// `@unchecked Sendable`: never written after `init`.
final class MergeModel: @unchecked Sendable {
    /// What pieces begin as where they are merged from characters; nil: from bytes.
    let characters: CharacterSymbols?
    /// The ids of pieces of one byte, 256; `TokenizerDefinition.noToken` where a byte has none.
    let byteTokens: UnsafeMutablePointer<UInt32>
    /// 65536 packed merges of two single bytes, the first byte high.
    let bytePairs: UnsafeMutablePointer<UInt64>
    let merges: MergeTable
    let wholePieces: WholePieceTable?
    let unknownToken: UInt32
    let fusesUnknown: Bool
    /// Some byte has no token.
    let hasGaps: Bool

    /// Texts without a split can be cut before every row of ▁.
    let canCutAtMarkers: Bool
    /// Where pieces can be cut further, nil where nowhere is known.
    let cuts: CharacterCuts?
    /// Some token that is taken whole holds a place where pieces are cut: no merges come to it.
    let cutsWholePieces: Bool

    init(_ definition: TokenizerDefinition) {
        let characters = definition.characters.map { CharacterSymbols(definition, $0) }
        self.characters = characters
        canCutAtMarkers = characters.map { MarkerScanner.isSafe(definition, $0) } ?? false
        if let characters {
            cuts = CharacterCuts.ofCharacters(definition, characters)
        } else {
            cuts = CharacterCuts.ofBytes(definition)
        }
        byteTokens = .allocate(capacity: 256)
        byteTokens.initialize(repeating: TokenizerDefinition.noToken, count: 256)
        if let characters {
            if characters.rules.userSymbols.isEmpty, !definition.ignoresMerges {
                for byte in 0..<128 { byteTokens[byte] = characters.id(UInt32(byte), isFirst: true, isLast: true) }
            }
            hasGaps = characters.byteIDs.contains(TokenizerDefinition.noToken)
        } else {
            byteTokens.update(from: definition.byteTokens, count: 256)
            hasGaps = definition.byteTokens.contains(TokenizerDefinition.noToken)
        }
        bytePairs = .allocate(capacity: 1 << 16)
        bytePairs.initialize(repeating: MergeTable.none, count: 1 << 16)
        merges = definition.merges
        wholePieces = definition.ignoresMerges ? WholePieceTable(definition) : nil
        if definition.ignoresMerges, characters == nil, let cuts {
            cutsWholePieces = (0..<UInt32(definition.names.idLimit)).contains { id in
                definition.names.bytes(of: id).map(cuts.allowsCut) ?? false
            }
        } else {
            cutsWholePieces = false
        }
        unknownToken = definition.unknownToken ?? TokenizerDefinition.noToken
        fusesUnknown = definition.fusesUnknown
        if characters != nil { return }
        for first in 0..<256 where byteTokens[first] != TokenizerDefinition.noToken {
            for second in 0..<256 where byteTokens[second] != TokenizerDefinition.noToken {
                bytePairs[first << 8 | second] = merges.merge(byteTokens[first], byteTokens[second])
            }
        }
    }

    deinit {
        byteTokens.deallocate()
        bytePairs.deallocate()
    }
}
