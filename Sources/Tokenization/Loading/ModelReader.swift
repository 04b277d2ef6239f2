import Files

/// Builds the vocabulary and the merges of a model from whichever file they stand in.
struct ModelReader {
    private(set) var names: TokenNames
    private var mergePairs: [UInt32] = []
    private var results: [UInt32] = []
    /// Both tokens of merges that wait to be looked up together.
    private var waiting: [UnsafeRawBufferPointer] = []
    private var found: [UInt32] = []

    /// How many merges are looked up together.
    private static let batch = 64

    /// An id beyond this many times the number of tokens is a lie.
    private static let idsPerToken = 8

    /// Reads an object of tokens and their ids.
    init(vocabulary: PlacedElement) throws {
        let count = vocabulary.element.count
        let limit = (count + 8192) * ModelReader.idsPerToken
        // Keys stay where they are until all is read.
        var entries: [TokenNames.Entry] = []
        entries.reserveCapacity(count)
        try vocabulary.element.forEachNumberBatch { members in
            for member in members {
                guard member.number >= 0, member.number < limit else {
                    throw ModelReader.wrongID(vocabulary, number: entries.count, limit)
                }
                entries.append(
                    TokenNames.Entry(
                        start: member.key, count: UInt32(truncatingIfNeeded: member.keyCount),
                        id: UInt32(truncatingIfNeeded: member.number)))
            }
        }
        if entries.isEmpty { throw vocabulary.malformed("at least one token") }
        var names = TokenNames(capacity: 0)
        if let (index, conflict) = names.replaceAll(with: entries) {
            let entry = entries[index]
            let place = "\(vocabulary.place)[\"\(String(decoding: entry.name, as: UTF8.self))\"]"
            switch conflict {
            case .sameName(let other):
                throw TokenizerFailure.malformed(
                    path: vocabulary.path, place: place, expected: "every token once",
                    found: "this one with the ids \(other) and \(entry.id)")
            case .sameID:
                let other = names.writtenForm(of: entry.id).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw TokenizerFailure.malformed(
                    path: vocabulary.path, place: place, expected: "every id once",
                    found: "id \(entry.id), which \"\(other)\" has")
            }
        }
        self.names = names
    }

    /// The failure that a member of the vocabulary has no id.
    private static func wrongID(_ vocabulary: PlacedElement, number: Int, _ limit: Int) -> TokenizerFailure {
        var index = 0
        var failure = vocabulary.malformed("tokens and their ids")
        vocabulary.element.forEachMember { key, value in
            if index == number {
                failure = .malformed(
                    path: vocabulary.path, place: "\(vocabulary.place)[\"\(String(decoding: key, as: UTF8.self))\"]",
                    expected: "an id from 0 to \(limit - 1)", found: PlacedElement.name(of: value))
            }
            index += 1
        }
        return failure
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
        let count = waiting.count
        if count == 0 { return }
        if found.count < count { found = Array(repeating: TokenNames.hole, count: max(count, 2 * ModelReader.batch)) }
        let first = results.count
        func fail(_ merge: Int, _ name: UnsafeRawBufferPointer) -> TokenizerFailure {
            .malformed(
                path: path, place: place(first + merge), expected: "a merge of tokens of the vocabulary into one of it",
                found: "\"\(String(decoding: name, as: UTF8.self))\", which is not in it")
        }
        try names.withView { view in
            try waiting.withUnsafeBufferPointer { waiting in
                try found.withUnsafeMutableBufferPointer { found in
                    view.findAll(waiting, found)
                    var joined: [UInt8] = []
                    var last = results.last ?? TokenNames.hole
                    for index in stride(from: 0, to: count, by: 2) {
                        if found[index] == TokenNames.hole { throw fail(index / 2, waiting[index]) }
                        if found[index + 1] == TokenNames.hole { throw fail(index / 2, waiting[index + 1]) }
                        let right = UnsafeRawBufferPointer(rebasing: waiting[index + 1].dropFirst(prefix))
                        // Most often the results have ids in the order of the merges, or one of them is made in several ways.
                        if view.isWritten(last &+ 1, waiting[index], right) {
                            last = last &+ 1
                        } else if !view.isWritten(last, waiting[index], right) {
                            joined.removeAll(keepingCapacity: true)
                            joined.append(contentsOf: waiting[index])
                            joined.append(contentsOf: right)
                            last = joined.withUnsafeBytes { view.id(of: $0, hash: TokenNames.hash($0)) }
                            if last == TokenNames.hole { throw joined.withUnsafeBytes { fail(index / 2, $0) } }
                        }
                        results.append(last)
                    }
                    mergePairs.append(contentsOf: UnsafeBufferPointer(rebasing: found[..<count]))
                }
            }
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
        var known = Set(addedTokens.map(\.id))
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
                if !known.insert(token.id).inserted { continue }
                addedTokens.append(token)
                if conflict == nil { addedBeyondModel.insert(token.id) }
            }
        }
        addedTokens.sort { $0.id < $1.id }
    }
}
