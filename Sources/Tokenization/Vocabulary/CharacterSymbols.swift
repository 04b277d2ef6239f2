/// The first symbols of a piece in a model that merges characters: the id of every character, at the start, inside and at the end
/// of a piece, and what stands for a character without one.
///
/// `@unchecked Sendable`: never written after `init`.
final class CharacterSymbols: @unchecked Sendable {
    /// What a file says about characters.
    struct Rules: Sendable {
        /// Written before every character but the first of a piece.
        var continuingPrefix: [UInt8] = []
        /// Written behind the last character of a piece.
        var endSuffix: [UInt8] = []
        /// Bytes of unknown characters become the tokens `<0x00>` to `<0xFF>`.
        var fallsBackToBytes = false
        /// Found before all else, the longest first, and never merged.
        var userSymbols = ByteTrie()
        /// The file is a SentencePiece model.
        var isSentencePiece = false

        /// For the digest.
        var summary: String {
            "characters prefix \(continuingPrefix) suffix \(endSuffix) bytes \(fallsBackToBytes)"
        }
    }

    let rules: Rules
    /// The ids of single bytes; `noToken` where there is none.
    let byteIDs: [UInt32]
    private let tables: [CharacterIDs]

    init(_ definition: TokenizerDefinition, _ rules: Rules) {
        self.rules = rules
        let names = definition.names
        func ids(_ prefix: [UInt8], _ suffix: [UInt8]) -> CharacterIDs {
            var table = CharacterIDs()
            for id in 0..<UInt32(names.idLimit) where !definition.isHidden(id) {
                guard let written = names.writtenForm(of: id), written.starts(with: prefix) else { continue }
                let rest = written.dropFirst(prefix.count)
                guard rest.count > suffix.count, rest.count <= suffix.count + 4 else { continue }
                guard rest.suffix(suffix.count).elementsEqual(suffix) else { continue }
                let character = Array(rest.dropLast(suffix.count))
                let (codePoint, count) = character.withUnsafeBufferPointer {
                    $0.baseAddress.map { UTF8Decoding.character($0, 0, character.count) } ?? (UTF8Decoding.broken, 0)
                }
                if count == character.count, codePoint != UTF8Decoding.broken { table.set(codePoint, id) }
            }
            return table
        }
        if rules.continuingPrefix.isEmpty && rules.endSuffix.isEmpty {
            tables = [ids([], [])]
        } else {
            tables = [
                ids(rules.continuingPrefix, []), ids([], []), ids(rules.continuingPrefix, rules.endSuffix),
                ids([], rules.endSuffix),
            ]
        }
        byteIDs = (UInt8.min...UInt8.max).map { byte in
            guard rules.fallsBackToBytes, let id = names.id(of: ByteTokens.name(of: byte)), !definition.isHidden(id)
            else {
                return TokenizerDefinition.noToken
            }
            return id
        }
    }

    /// The id of a character; `noToken` where it has none there.
    @inline(__always)
    func id(_ codePoint: UInt32, isFirst: Bool, isLast: Bool) -> UInt32 {
        if tables.count == 1 { return tables[0][codePoint] }
        return tables[(isFirst ? 1 : 0) | (isLast ? 2 : 0)][codePoint]
    }

    /// The ids of the bytes of a character that has none, with what is written around it; false, with nothing appended, where
    /// one of them has none either.
    func appendBytes(_ character: UnsafeBufferPointer<UInt8>, isFirst: Bool, isLast: Bool, _ body: (UInt32) -> Void)
        -> Bool
    {
        guard rules.fallsBackToBytes else { return false }
        let prefix = isFirst ? [] : rules.continuingPrefix
        let suffix = isLast ? rules.endSuffix : []
        func isKnown(_ byte: UInt8) -> Bool { byteIDs[Int(byte)] != TokenizerDefinition.noToken }
        guard prefix.allSatisfy(isKnown), character.allSatisfy(isKnown), suffix.allSatisfy(isKnown) else {
            return false
        }
        for byte in prefix { body(byteIDs[Int(byte)]) }
        for byte in character { body(byteIDs[Int(byte)]) }
        for byte in suffix { body(byteIDs[Int(byte)]) }
        return true
    }

    /// The most symbols that a piece of `count` bytes can begin as.
    func mostSymbols(_ count: Int) -> Int {
        count * (1 + (rules.fallsBackToBytes ? rules.continuingPrefix.count : 0)) + rules.endSuffix.count
    }
}

/// Ids of code points, in pages of 128 that are there where they hold something.
struct CharacterIDs: Sendable {
    private var pages = [Int32](repeating: -1, count: (0x110000 >> 7) + 1)
    private var ids: [UInt32] = []

    subscript(codePoint: UInt32) -> UInt32 {
        let page = pages[Int(codePoint >> 7)]
        return page < 0 ? TokenizerDefinition.noToken : ids[Int(page) << 7 | Int(codePoint & 127)]
    }

    mutating func set(_ codePoint: UInt32, _ id: UInt32) {
        let index = Int(codePoint >> 7)
        if pages[index] < 0 {
            pages[index] = Int32(ids.count >> 7)
            ids += [UInt32](repeating: TokenizerDefinition.noToken, count: 128)
        }
        ids[Int(pages[index]) << 7 | Int(codePoint & 127)] = id
    }
}
