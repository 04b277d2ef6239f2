import Files

/// Reads a SentencePiece model: the message `ModelProto` of the library, as far as BPE needs it.
struct SentencePieceModel {
    private enum Kind: UInt64 { case normal = 1, unknown, control, userDefined, unused, byte }

    private struct Piece {
        var text: ArraySlice<UInt8>
        var score: Float = 0
        var kind = Kind.normal
    }

    private var pieces: [Piece] = []
    private var modelType: UInt64 = 1
    private var fallsBackToBytes = false
    private var unknownText = Array(" ⁇ ".utf8)
    private var normalizer = SentencePieceNormalizer()
    private let path: String

    /// Throws `TokenizerFailure` for what is damaged and for models that are not BPE.
    static func read(_ path: String, _ bytes: [UInt8]) throws -> TokenizerDefinition {
        do {
            return try SentencePieceModel(path, bytes).definition()
        } catch let damage as ProtobufReader.Damage {
            throw TokenizerFailure.malformed(
                path: path, place: "byte \(damage.place)", expected: "a SentencePiece model", found: "a damaged message"
            )
        }
    }

    /// Whether the bytes begin with a piece, as models do.
    static func isLikely(_ bytes: [UInt8]) -> Bool {
        var reader = ProtobufReader(bytes[...])
        guard case (1, .bytes(let piece))?? = try? reader.next() else { return false }
        var fields = ProtobufReader(piece)
        guard case (1, .bytes)?? = try? fields.next() else { return false }
        return true
    }

    private init(_ path: String, _ bytes: [UInt8]) throws {
        self.path = path
        var reader = ProtobufReader(bytes[...])
        while let (field, value) = try reader.next() {
            guard case .bytes(let message) = value else { continue }
            switch field {
            case 1: pieces.append(try readPiece(message))
            case 2: try readTrainerSpec(message)
            case 3: try readNormalizerSpec(message)
            case 5: try refuseDenormalizer(message)
            default: break
            }
        }
    }

    private func readPiece(_ message: ArraySlice<UInt8>) throws -> Piece {
        var piece = Piece(text: [])
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .bytes(let text)): piece.text = text
            case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
            case (3, .number(let number)):
                guard let kind = Kind(rawValue: number) else {
                    throw malformed(pieces.count, "a type from 1 to 6", "\(number)")
                }
                piece.kind = kind
            default: break
            }
        }
        if piece.text.isEmpty { throw malformed(pieces.count, "a piece that is not empty", "an empty one") }
        return piece
    }

    private mutating func readTrainerSpec(_ message: ArraySlice<UInt8>) throws {
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (3, .number(let type)): modelType = type
            case (24, .number(let flag)): normalizer.putsSpaceBehind = flag != 0
            case (35, .number(let flag)): fallsBackToBytes = flag != 0
            case (44, .bytes(let text)): unknownText = Array(text)
            default: break
            }
        }
    }

    private mutating func readNormalizerSpec(_ message: ArraySlice<UInt8>) throws {
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (2, .bytes(let map)) where !map.isEmpty:
                guard let map = CharacterMap(Array(map)) else {
                    throw TokenizerFailure.malformed(
                        path: path, place: "normalizer_spec.precompiled_charsmap", expected: "a character map",
                        found: "\(map.count) bytes that are none")
                }
                normalizer.map = map
            case (3, .number(let flag)): normalizer.addsDummyPrefix = flag != 0
            case (4, .number(let flag)): normalizer.removesExtraSpaces = flag != 0
            case (5, .number(let flag)): normalizer.escapesSpaces = flag != 0
            default: break
            }
        }
    }

    private func refuseDenormalizer(_ message: ArraySlice<UInt8>) throws {
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            if field == 2, case .bytes(let map) = value, !map.isEmpty {
                throw TokenizerFailure.unsupported(
                    path: path, place: "denormalizer_spec", found: "a character map", supported: "none")
            }
        }
    }

    private func malformed(_ piece: Int, _ expected: String, _ found: String) -> TokenizerFailure {
        .malformed(path: path, place: "pieces[\(piece)]", expected: expected, found: found)
    }

    private func definition() throws -> TokenizerDefinition {
        if modelType != 2 {
            let names = [1: "a Unigram model", 3: "a word model", 4: "a character model"]
            throw TokenizerFailure.unsupported(
                path: path, place: "trainer_spec.model_type",
                found: names[Int(truncatingIfNeeded: modelType)] ?? "\(modelType)",
                supported: "a BPE model")
        }
        var names = TokenNames(capacity: pieces.count)
        var rules = CharacterSymbols.Rules()
        rules.isSentencePiece = true
        rules.fallsBackToBytes = fallsBackToBytes
        var decoding = SentencePieceDecoding.Rules()
        decoding.unknownText = unknownText
        decoding.dropsFirstSpace = normalizer.addsDummyPrefix
        decoding.dropsLeadingSpaces = normalizer.removesExtraSpaces
        var added: [AddedToken] = []
        for (index, piece) in pieces.enumerated() {
            let id = UInt32(index)
            if piece.text.withUnsafeBytes({ names.insert($0, id: id) }) != nil {
                throw malformed(index, "every piece once", "\"\(String(decoding: piece.text, as: UTF8.self))\" again")
            }
            switch piece.kind {
            case .normal: break
            case .userDefined: rules.userSymbols.insert(Array(piece.text), value: index)
            case .byte: decoding.bytes.insert(id)
            case .unused: throw malformed(index, "a piece in use", "an unused one, which is not supported")
            case .control, .unknown:
                if piece.kind == .control { decoding.control.insert(id) } else { decoding.unknown = id }
                added.append(AddedToken(content: String(decoding: piece.text, as: UTF8.self), id: id))
            }
        }
        if names.count == 0 {
            throw TokenizerFailure.malformed(path: path, place: "pieces", expected: "at least one", found: "none")
        }
        let (merges, pairs) = merges(names)
        var definition = TokenizerDefinition(
            names: names, merges: merges, mergePairs: pairs,
            byteTokens: Array(repeating: TokenizerDefinition.noToken, count: 256), modelIDLimit: names.idLimit)
        var normalizer = normalizer
        normalizer.userSymbols = rules.userSymbols
        definition.normalizers.steps = [normalizer]
        definition.splitting = .stepwise([])
        definition.characters = rules
        definition.unknownToken = decoding.unknown
        definition.fusesUnknown = true
        definition.decoding = .stepwise([SentencePieceDecoding(decoding)])
        definition.recognisesSpecials = false
        definition.form = "SentencePiece model"
        try definition.add(added, path: path) { "pieces[\(added[$0].id)]" }
        return definition
    }

    /// Two neighbours are merged where their text is a piece, the highest score first: a merge for every cut of every piece, and
    /// equal ranks for equal scores.
    private func merges(_ names: TokenNames) -> (MergeTable, pairs: [UInt32]) {
        func score(_ index: Int) -> Float { pieces[index].score.isNaN ? -.infinity : pieces[index].score }
        let order = pieces.indices.filter { pieces[$0].kind == .normal }.sorted {
            (score($0), $1) > (score($1), $0)
        }
        var ranks: [UInt32] = []
        var results: [UInt32] = []
        var pairs: [UInt32] = []
        var rank: UInt32 = 0
        for (place, index) in order.enumerated() {
            if place > 0, score(order[place - 1]) != score(index) { rank += 1 }
            let text = Array(pieces[index].text)
            text.withUnsafeBytes { text in
                // A token of many thousand bytes would have as many cuts of as many bytes each.
                for cut in 1..<max(1, min(text.count, 4096)) where text[cut] & 0xC0 != 0x80 {
                    guard let left = names.id(of: UnsafeRawBufferPointer(rebasing: text[..<cut])), isMergeable(left),
                        let right = names.id(of: UnsafeRawBufferPointer(rebasing: text[cut...])), isMergeable(right)
                    else { continue }
                    ranks.append(rank)
                    results.append(UInt32(index))
                    pairs += [left, right]
                }
            }
        }
        let table = MergeTable(count: ranks.count)
        for index in ranks.indices {
            table.append(pairs[index * 2], pairs[index * 2 + 1], result: results[index], rank: ranks[index])
        }
        return (table, pairs)
    }

    private func isMergeable(_ id: UInt32) -> Bool { pieces[Int(id)].kind == .normal }
}
