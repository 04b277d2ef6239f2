import Files

/// Builds the vocabulary and the merges of a model from whichever file they stand in.
struct ModelReader {
    private(set) var names: TokenNames
    private var mergePairs: [UInt32] = []
    private var results: [UInt32] = []
    /// Both tokens of merges that wait to be looked up together.
    private var waiting: [UnsafeRawBufferPointer] = []
    private var found: [UInt32] = []
    private var joined: [UInt8] = []

    /// How many tokens are looked up together.
    private static let batch = 64

    /// An id beyond this many times the number of tokens is a lie.
    private static let idsPerToken = 8

    /// Reads an object of tokens and their ids.
    init(vocabulary: PlacedElement) throws {
        let count = vocabulary.element.count
        var names = TokenNames(capacity: count)
        let limit = (count + 8192) * ModelReader.idsPerToken
        // Keys stay where they are until all is read, so that those that follow can be fetched before they are entered.
        var waiting: [(key: UnsafeRawBufferPointer, id: UInt32, hash: UInt64)] = []
        waiting.reserveCapacity(ModelReader.batch)
        func enter() throws {
            for (key, id, hash) in waiting {
                guard let conflict = names.insert(key, id: id, hash: hash) else { continue }
                let place = "\(vocabulary.place)[\"\(String(decoding: key, as: UTF8.self))\"]"
                switch conflict {
                case .sameName(let other):
                    throw TokenizerFailure.malformed(
                        path: vocabulary.path, place: place, expected: "every token once",
                        found: "this one with the ids \(other) and \(id)")
                case .sameID:
                    let other = names.writtenForm(of: id).map { String(decoding: $0, as: UTF8.self) } ?? ""
                    throw TokenizerFailure.malformed(
                        path: vocabulary.path, place: place, expected: "every id once",
                        found: "id \(id), which \"\(other)\" has")
                }
            }
            waiting.removeAll(keepingCapacity: true)
        }
        try vocabulary.element.forEachMember { key, value in
            guard let id = value.int, id >= 0, id < limit else {
                try enter()
                throw TokenizerFailure.malformed(
                    path: vocabulary.path, place: "\(vocabulary.place)[\"\(String(decoding: key, as: UTF8.self))\"]",
                    expected: "an id from 0 to \(limit - 1)", found: PlacedElement.name(of: value))
            }
            let hash = TokenNames.hash(key)
            names.prefetch(hash: hash)
            waiting.append((key, UInt32(id), hash))
            if waiting.count == ModelReader.batch { try enter() }
        }
        try enter()
        if names.count == 0 { throw vocabulary.malformed("at least one token") }
        self.names = names
    }

    /// Makes room for `count` merges.
    mutating func expectMerges(_ count: Int) {
        mergePairs.reserveCapacity(count * 2)
        results.reserveCapacity(count)
    }

    /// How many merges were added.
    var mergeCount: Int { results.count + waiting.count / 2 }

    /// Adds the next merge, of the tokens written `left` and `right`, which loses `prefix` bytes. Both must stay where they are until
    /// `finishMerges`. `place` says where a merge stands in the file.
    mutating func merge(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, droppingFirst prefix: Int = 0, path: String,
        place: (Int) -> String
    ) throws {
        waiting.append(left)
        waiting.append(right)
        if waiting.count >= 2 * ModelReader.batch {
            try finishMerges(droppingFirst: prefix, path: path, place: place)
        }
    }

    /// Looks up the merges that still wait.
    mutating func finishMerges(droppingFirst prefix: Int = 0, path: String, place: (Int) -> String) throws {
        names.findAll(waiting, &found)
        for index in stride(from: 0, to: waiting.count, by: 2) {
            let number = results.count
            func known(_ id: UInt32, _ name: UnsafeRawBufferPointer) throws -> UInt32 {
                if id != TokenNames.hole { return id }
                throw TokenizerFailure.malformed(
                    path: path, place: place(number),
                    expected: "a merge of tokens of the vocabulary into one of it",
                    found: "\"\(String(decoding: name, as: UTF8.self))\", which is not in it")
            }
            mergePairs.append(try known(found[index], waiting[index]))
            mergePairs.append(try known(found[index + 1], waiting[index + 1]))
            let right = UnsafeRawBufferPointer(rebasing: waiting[index + 1].dropFirst(prefix))
            // Most often the results have ids in the order of the merges.
            if let last = results.last, names.isWritten(last &+ 1, waiting[index], right) {
                results.append(last &+ 1)
                continue
            }
            joined.removeAll(keepingCapacity: true)
            joined.append(contentsOf: waiting[index])
            joined.append(contentsOf: right)
            results.append(
                try joined.withUnsafeBytes { try known(names.id(of: $0) ?? TokenNames.hole, $0) })
        }
        waiting.removeAll(keepingCapacity: true)
    }

    /// The definition with what was read so far.
    func definition() -> TokenizerDefinition {
        var byteTokens: [UInt32] = []
        for byte in UInt8.min...UInt8.max {
            var written: [UInt8] = []
            [byte].withUnsafeBytes { ByteAlphabet.appendWritten($0, to: &written) }
            byteTokens.append(written.withUnsafeBytes { names.id(of: $0) } ?? TokenizerDefinition.noToken)
        }
        let merges = MergeTable(count: results.count)
        merges.append(pairs: mergePairs, results: results)
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
