/// Which pieces of another vocabulary a base takes over: those that some text could be written with.
///
/// A piece that is found in some text is also what merging makes of the piece alone, as nothing was merged over its ends there. So
/// every piece is merged alone, from its first symbols on, with all merges that the written vocabulary would have: what does not
/// become that piece never occurs, and is left out. Among these are pieces with a character that neither vocabulary has a piece for:
/// `sentencepiece` would merge them over that character, which no other form of the files says.
struct VocabularyMerging {
    /// The pieces that are taken over, in the order of the other vocabulary, as they are written.
    private(set) var pieces: [[UInt8]] = []
    private(set) var leftOut = ExtendedVocabulary.LeftOut()

    private let base: Tokenizer
    private let isSentencePiece: Bool
    /// The tokens of the base, then the pieces under further ids.
    private var names: TokenNames
    private let fixed: Set<UInt32>
    private let firstNew: UInt32
    /// New merges of a vocabulary that lists its merges: the rank and the result.
    private var merges: [UInt64: UInt64] = [:]
    /// Ranks of results, where two neighbours are merged that are a piece together; `UInt32.max` where none makes it.
    private var ranks: [UInt32] = []

    /// Longer pieces than this many symbols are no words of a vocabulary and are not tried.
    private static let longest = 2048

    init(_ base: Tokenizer, _ other: Tokenizer) {
        self.base = base
        isSentencePiece = base.model.characters?.rules.isSentencePiece == true
        names = base.names
        fixed = Set(base.addedTokens.map(\.id))
        firstNew = UInt32(base.vocabularySize)
        let candidates = take(from: other)
        if base.model.wholePieces != nil {
            // A piece that is a token is taken whole, whatever the merges are.
            pieces = candidates
            return
        }
        prepare(candidates)
        for (index, piece) in candidates.enumerated() {
            if becomesItself(piece, id: firstNew + UInt32(index)) {
                pieces.append(piece)
            } else {
                leftOut.unreachable += 1
                if leftOut.examples.count < ExtendedVocabulary.LeftOut.mostExamples {
                    leftOut.examples.append(String(decoding: piece, as: UTF8.self))
                }
            }
        }
    }

    /// The pieces that the base does not have and that are no tokens of a kind of their own, entered into `names`.
    private mutating func take(from other: Tokenizer) -> [[UInt8]] {
        var candidates: [[UInt8]] = []
        let added = Set(other.addedTokens.map(\.id))
        let symbols = Set(other.model.characters?.rules.userSymbols.strings ?? [])
        for id in 0..<UInt32(other.vocabularySize) {
            guard let written = other.names.writtenForm(of: id).map(Array.init), !written.isEmpty else { continue }
            if written.withUnsafeBytes({ names.id(of: $0) }) != nil {
                leftOut.known += 1
            } else if other.isSpecial(id) {
                leftOut.special += 1
            } else if added.contains(id) || symbols.contains(written) {
                leftOut.added += 1
            } else if other.model.characters != nil, ByteTokens.byte(of: written) != nil {
                leftOut.bytes += 1
            } else {
                _ = written.withUnsafeBytes { names.insert($0, id: firstNew + UInt32(candidates.count)) }
                candidates.append(written)
            }
        }
        return candidates
    }

    /// The id of a part that may be merged.
    private func part(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
        guard let id = names.id(of: bytes), !fixed.contains(id),
            base.model.characters == nil || ByteTokens.byte(of: bytes) == nil
        else { return nil }
        return id
    }

    /// All pairs of tokens that a piece can be merged from, in the order of their ids.
    static func cuts(_ written: [UInt8], _ part: (UnsafeRawBufferPointer) -> UInt32?) -> [(left: UInt32, right: UInt32)]
    {
        var cuts: [(left: UInt32, right: UInt32)] = []
        written.withUnsafeBytes { bytes in
            for cut in 1..<max(1, min(bytes.count, 4096)) where bytes[cut] & 0xC0 != 0x80 {
                if let left = part(UnsafeRawBufferPointer(rebasing: bytes[..<cut])),
                    let right = part(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
                {
                    cuts.append((left, right))
                }
            }
        }
        return cuts.sorted { ($0.left, $0.right) < ($1.left, $1.right) }
    }

    /// The merges that the written vocabulary has beyond those of the base.
    private mutating func prepare(_ candidates: [[UInt8]]) {
        let table = base.model.merges
        var rank: UInt64 = 0
        table.forEachMerge { rank = max(rank, $0 >> 32) }
        if isSentencePiece {
            ranks = Array(repeating: UInt32.max, count: Int(firstNew) + candidates.count)
            table.forEachMerge { ranks[Int($0 & 0xFFFF_FFFF)] = UInt32(truncatingIfNeeded: $0 >> 32) }
            for index in candidates.indices {
                ranks[Int(firstNew) + index] = UInt32(truncatingIfNeeded: rank) + 1 + UInt32(index)
            }
            return
        }
        for (index, piece) in candidates.enumerated() {
            for cut in VocabularyMerging.cuts(piece, part) {
                rank += 1
                merges[PairTable.key(cut.left, cut.right)] = rank << 32 | UInt64(firstNew + UInt32(index))
            }
        }
    }

    /// What two neighbours become, the earlier merge the smaller; `MergeTable.none` where nothing.
    private func merge(_ left: UInt32, _ right: UInt32) -> UInt64 {
        if !isSentencePiece {
            let known = base.model.merges.merge(left, right)
            return known != MergeTable.none ? known : merges[PairTable.key(left, right)] ?? MergeTable.none
        }
        let written = (names.writtenForm(of: left) ?? []) + (names.writtenForm(of: right) ?? [])
        guard let id = written.withUnsafeBytes(part), ranks[Int(id)] != UInt32.max else { return MergeTable.none }
        return UInt64(ranks[Int(id)]) << 32 | UInt64(id)
    }

    /// What merging begins with; nil where something has no token, or is a token before merging begins.
    private func firstSymbols(_ piece: [UInt8]) -> [UInt32]? {
        guard let characters = base.model.characters else {
            let bytes = names.id(of: String(decoding: piece, as: UTF8.self)).flatMap { names.bytes(of: $0) } ?? []
            let symbols = bytes.map { byte -> UInt32 in
                let known = base.model.byteTokens[Int(byte)]
                if known != TokenizerDefinition.noToken { return known }
                var written: [UInt8] = []
                [byte].withUnsafeBytes { ByteAlphabet.appendWritten($0, to: &written) }
                return written.withUnsafeBytes(part) ?? TokenizerDefinition.noToken
            }
            return symbols.contains(TokenizerDefinition.noToken) ? nil : symbols
        }
        return piece.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var symbols: [UInt32] = []
            var index = 0
            while index < bytes.count {
                if characters.rules.userSymbols.longest(start, index..<bytes.count) != nil { return nil }
                let (codePoint, count) = UTF8Decoding.character(start, index, bytes.count)
                let character = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[index..<index + count]))
                guard codePoint != UTF8Decoding.broken, let id = part(character) else { return nil }
                symbols.append(id)
                index += count
            }
            return symbols
        }
    }

    /// Whether merging a piece alone gives that piece.
    private func becomesItself(_ piece: [UInt8], id: UInt32) -> Bool {
        guard var symbols = firstSymbols(piece), symbols.count <= VocabularyMerging.longest else { return false }
        var pairs = zip(symbols, symbols.dropFirst()).map { merge($0, $1) }
        while let best = pairs.min(), best != MergeTable.none, let place = pairs.firstIndex(of: best) {
            symbols.replaceSubrange(place...place + 1, with: [UInt32(truncatingIfNeeded: best)])
            pairs.remove(at: place)
            if place > 0 { pairs[place - 1] = merge(symbols[place - 1], symbols[place]) }
            if place < pairs.count { pairs[place] = merge(symbols[place], symbols[place + 1]) }
        }
        return symbols == [id]
    }
}
