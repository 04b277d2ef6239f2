import Files

/// Builds the vocabulary and the merges of a model from whichever file they stand in.
struct ModelReader {
    private(set) var names: TokenNames
    private(set) var merges = MergeTable(count: 0)
    private(set) var mergePairs: [UInt32] = []

    /// An id beyond this many times the number of tokens is a lie.
    private static let idsPerToken = 8

    /// Reads an object of tokens and their ids.
    init(vocabulary: PlacedElement) throws {
        let count = vocabulary.element.count
        var names = TokenNames(capacity: count)
        let limit = (count + 8192) * ModelReader.idsPerToken
        try vocabulary.element.forEachMember { key, value in
            let place = { "\(vocabulary.place)[\"\(String(decoding: key, as: UTF8.self))\"]" }
            guard let id = value.int, id >= 0, id < limit else {
                throw TokenizerFailure.malformed(
                    path: vocabulary.path, place: place(), expected: "an id from 0 to \(limit - 1)",
                    found: PlacedElement.name(of: value))
            }
            switch names.insert(key, id: UInt32(id)) {
            case nil: return
            case .sameName(let other):
                throw TokenizerFailure.malformed(
                    path: vocabulary.path, place: place(), expected: "every token once",
                    found: "this one with the ids \(other) and \(id)")
            case .sameID:
                let other = names.writtenForm(of: UInt32(id)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw TokenizerFailure.malformed(
                    path: vocabulary.path, place: place(), expected: "every id once",
                    found: "id \(id), which \"\(other)\" has")
            }
        }
        if names.count == 0 { throw vocabulary.malformed("at least one token") }
        self.names = names
    }

    /// Makes room for `count` merges.
    mutating func expectMerges(_ count: Int) {
        merges = MergeTable(count: count)
        mergePairs.reserveCapacity(count * 2)
    }

    /// Adds the next merge, of the tokens written `left` and `right`, which loses `prefix` bytes. `joined` is scratch.
    mutating func merge(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, droppingFirst prefix: Int = 0,
        _ joined: inout [UInt8], path: String, place: () -> String
    ) throws {
        joined.removeAll(keepingCapacity: true)
        joined.append(contentsOf: left)
        joined.append(contentsOf: right.dropFirst(prefix))
        let leftID = try id(left, path, place)
        let rightID = try id(right, path, place)
        let result = try joined.withUnsafeBytes { try id($0, path, place) }
        merges.append(leftID, rightID, result: result)
        mergePairs.append(leftID)
        mergePairs.append(rightID)
    }

    private func id(_ name: UnsafeRawBufferPointer, _ path: String, _ place: () -> String) throws -> UInt32 {
        if let id = names.id(of: name) { return id }
        throw TokenizerFailure.malformed(
            path: path, place: place(), expected: "a merge of tokens of the vocabulary into one of it",
            found: "\"\(String(decoding: name, as: UTF8.self))\", which is not in it")
    }

    /// The definition with what was read so far.
    func definition() -> TokenizerDefinition {
        var byteTokens: [UInt32] = []
        for byte in UInt8.min...UInt8.max {
            var written: [UInt8] = []
            [byte].withUnsafeBytes { ByteAlphabet.appendWritten($0, to: &written) }
            byteTokens.append(written.withUnsafeBytes { names.id(of: $0) } ?? TokenizerDefinition.noToken)
        }
        return TokenizerDefinition(
            names: names, merges: merges, mergePairs: mergePairs, byteTokens: byteTokens, modelIDLimit: names.idLimit)
    }
}

extension TokenizerDefinition {
    /// Takes added tokens in: those that the model has keep its id, the others are entered.
    mutating func add(_ tokens: [AddedToken], path: String, place: (Int) -> String) throws {
        let limit = names.idLimit + (tokens.count + 8192) * 8
        for (index, token) in tokens.enumerated() where !token.content.isEmpty {
            func fail(_ expected: String, _ found: String) -> TokenizerFailure {
                .malformed(path: path, place: place(index), expected: expected, found: found)
            }
            if Int(token.id) >= limit { throw fail("an id below \(limit)", "the number \(token.id)") }
            var content = token.content
            let conflict = content.withUTF8 { names.insert(UnsafeRawBufferPointer($0), id: token.id) }
            switch conflict {
            case .sameName(let id) where id != token.id:
                throw fail("the id \(id) that \"\(token.content)\" has in the vocabulary", "the number \(token.id)")
            case .sameID:
                let other = names.writtenForm(of: token.id).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw fail("an id of its own for \"\(token.content)\"", "id \(token.id), which \"\(other)\" has")
            case nil, .sameName:
                if addedTokens.contains(where: { $0.content == token.content }) { continue }
                addedTokens.append(token)
                if conflict == nil { addedBeyondModel.insert(token.id) }
            }
        }
        addedTokens.sort { $0.id < $1.id }
    }
}
