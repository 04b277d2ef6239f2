/// Where a piece can be cut without a change of its tokens: between two characters that no merge can ever stand on both sides of.
///
/// A merge joins what ends before a place with what begins behind it. Where no merge of the model has a left part that ends as the
/// text before the place ends, and a right part that begins as the text behind it begins, nothing is ever joined over that place,
/// and merging the two sides one by one gives the same tokens. Ideographs are cut to words of one or two characters that way, so
/// that also unseen text is found in the cache.
///
/// The pairs of characters are kept as bits of their hashes: two pairs with one hash only cost a cut. 128 KB; never written after
/// `init`, hence `@unchecked Sendable`.
final class CharacterCuts: @unchecked Sendable {
    private static let bits = 20
    /// Pairs of characters over which something is joined.
    private let pairs: UnsafeMutablePointer<UInt64>
    /// The same for the last byte before a place and the first behind it, where a part of the merge is less than a character; in
    /// a model of characters for pairs of ASCII.
    private let bytePairs: UnsafeMutablePointer<UInt64>

    private init() {
        pairs = .allocate(capacity: 1 << (CharacterCuts.bits - 6))
        pairs.initialize(repeating: 0, count: 1 << (CharacterCuts.bits - 6))
        bytePairs = .allocate(capacity: 1 << 10)
        bytePairs.initialize(repeating: 0, count: 1 << 10)
    }

    deinit {
        pairs.deallocate()
        bytePairs.deallocate()
    }

    /// For a model that merges bytes: cuts between characters of three bytes, each as one number, its first byte the highest.
    /// nil where some of their bytes have no token: what vanishes makes others neighbours.
    static func ofBytes(_ definition: TokenizerDefinition) -> CharacterCuts? {
        let none = TokenizerDefinition.noToken
        if definition.byteTokens[0x80...0xBF].contains(none) || definition.byteTokens[0xE0...0xEF].contains(none) {
            return nil
        }
        let cuts = CharacterCuts()
        definition.names.withView { names in
            definition.mergePairs.withUnsafeBufferPointer { merges in
                for index in stride(from: 0, to: merges.count &- 1, by: 2) {
                    let right = names.bytes(of: merges[index + 1])
                    guard let first = right.first, first & 0xF0 == 0xE0 else { continue }
                    let left = names.bytes(of: merges[index])
                    guard let last = left.last, last & 0xC0 == 0x80 else { continue }
                    if left.count >= 3, right.count >= 3 {
                        cuts.insert(packed(left, left.count - 3), packed(right, 0))
                    } else {
                        cuts.insertBytes(last, first)
                    }
                }
            }
        }
        return cuts
    }

    /// For a model that merges characters: cuts between any two, as code points. nil where what becomes of a character depends on
    /// its neighbours.
    static func ofCharacters(_ definition: TokenizerDefinition, _ characters: CharacterSymbols) -> CharacterCuts? {
        let rules = characters.rules
        let none = TokenizerDefinition.noToken
        guard rules.continuingPrefix.isEmpty, rules.endSuffix.isEmpty, !definition.ignoresMerges else { return nil }
        // Every character is known or written as its bytes, whatever stands beside it.
        for byte in UInt8.min...UInt8.max where characters.byteIDs[Int(byte)] == none {
            if byte >= 0x80 || characters.id(UInt32(byte), isFirst: true, isLast: true) == none { return nil }
        }
        let bytes = Set(characters.byteIDs)
        let cuts = CharacterCuts()
        var isSafe = true
        let names = definition.names
        // The first and the last character of every token, once.
        var firsts = [UInt32](repeating: UTF8Decoding.broken, count: names.idLimit)
        var lasts = firsts
        names.withView { names in
            for id in firsts.indices {
                let written = names.writtenForm(of: UInt32(truncatingIfNeeded: id))
                guard let base = written.baseAddress, !written.isEmpty else { continue }
                firsts[id] = UTF8Decoding.character(base, 0, written.count).codePoint
                lasts[id] = UTF8Decoding.characterBefore(base, written.count, from: 0).codePoint
            }
        }
        definition.mergePairs.withUnsafeBufferPointer { merges in
            for index in stride(from: 0, to: merges.count &- 1, by: 2) {
                let (left, right) = (merges[index], merges[index + 1])
                // A merge of the token of a byte: what a character is written as no longer says what it is joined to.
                if bytes.contains(left) || bytes.contains(right) { isSafe = false }
                cuts.insert(lasts[Int(left)], firsts[Int(right)])
            }
        }
        for symbol in rules.userSymbols.strings {
            let points = String(decoding: symbol, as: UTF8.self).unicodeScalars.map(\.value)
            for (left, right) in zip(points, points.dropFirst()) { cuts.insert(left, right) }
        }
        return isSafe ? cuts : nil
    }

    /// Three bytes as one number.
    private static func packed(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    /// Three bytes from `start` on as one number.
    private static func packed(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32 {
        UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
    }

    private func insert(_ left: UInt32, _ right: UInt32) {
        if left < 0x80, right < 0x80 { insertBytes(UInt8(left), UInt8(right)) }
        let hash = CharacterCuts.hash(left, right)
        pairs[hash >> 6] |= 1 &<< UInt64(hash & 63)
    }

    private func insertBytes(_ left: UInt8, _ right: UInt8) {
        let index = Int(left) << 8 | Int(right)
        bytePairs[index >> 6] |= 1 &<< UInt64(index & 63)
    }

    /// Whether nothing is joined over the place between two characters.
    @inline(__always)
    func allows(_ left: UInt32, _ right: UInt32) -> Bool {
        let hash = CharacterCuts.hash(left, right)
        return pairs[hash &>> 6] &>> UInt64(truncatingIfNeeded: hash & 63) & 1 == 0
    }

    /// Whether a token of a model of bytes holds a place where a piece would be cut.
    func allowsCut(inside bytes: ArraySlice<UInt8>) -> Bool {
        var left: UInt32 = 0
        var index = bytes.startIndex
        while index + 2 < bytes.endIndex {
            let character = bytes[index..<index + 3]
            guard bytes[index] & 0xF0 == 0xE0, character.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) else {
                left = 0
                index += 1
                continue
            }
            let right = CharacterCuts.packed(character)
            if left != 0, allows(UInt8(truncatingIfNeeded: left), bytes[index]), allows(left, right) { return true }
            left = right
            index += 3
        }
        return false
    }

    /// The same for two bytes.
    @inline(__always)
    func allows(_ left: UInt8, _ right: UInt8) -> Bool {
        let index = Int(left) &<< 8 | Int(right)
        return bytePairs[index &>> 6] &>> UInt64(truncatingIfNeeded: index & 63) & 1 == 0
    }

    @inline(__always)
    private static func hash(_ left: UInt32, _ right: UInt32) -> Int {
        let mixed = (UInt64(left) &<< 32 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
        let product = (mixed ^ (mixed &>> 29)) &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: product &>> UInt64(64 - bits))
    }
}
