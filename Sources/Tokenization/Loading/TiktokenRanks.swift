import Files

/// Reads a file of tiktoken ranks: a line for each token, its bytes in base 64, a space, its rank, which is its id.
///
/// tiktoken has no list of merges: two neighbours are merged where their bytes are a token, the lowest rank first, and a piece
/// that is a token is taken whole. That is a merge for every cut of every token, ranked by its result.
enum TiktokenRanks {
    /// Longer tokens are refused: their cuts would take time and memory beyond measure.
    private static let longestToken = 4096

    static func read(_ path: String, _ bytes: [UInt8]) throws -> TokenizerDefinition {
        var names = TokenNames(capacity: bytes.count / 12)
        var written: [UInt8] = []
        let limit = (bytes.count / 4 + 8192) * 8
        try forEachLine(bytes) { number, line in
            guard let (token, rank) = parse(line) else {
                throw TokenizerFailure.malformed(
                    path: path, place: "line \(number)", expected: "a token in base 64, a space and its rank",
                    found: "\"\(String(decoding: line.prefix(80), as: UTF8.self))\"")
            }
            guard rank < limit, !token.isEmpty, token.count <= longestToken else {
                throw TokenizerFailure.malformed(
                    path: path, place: "line \(number)",
                    expected: "a rank below \(limit) of a token of 1 to \(longestToken) bytes",
                    found: "rank \(rank), \(token.count) bytes")
            }
            written.removeAll(keepingCapacity: true)
            token.withUnsafeBytes { ByteAlphabet.appendWritten($0, to: &written) }
            if let conflict = written.withUnsafeBytes({ names.insert($0, id: UInt32(rank)) }) {
                throw TokenizerFailure.malformed(
                    path: path, place: "line \(number)", expected: "every token and every rank once",
                    found: conflict == .sameID ? "rank \(rank) again" : "the token again")
            }
        }
        let encoding = try TiktokenEncoding.find(beside: path, rankCount: names.count)
        return try definition(path, names, encoding)
    }

    /// Whether the first lines are tokens and ranks.
    static func isLikely(_ bytes: [UInt8]) -> Bool {
        var seen = 0
        for line in bytes.prefix(4096).split(separator: 0x0A).prefix(4).dropLast() {
            if parse(line.last == 0x0D ? line.dropLast() : line) == nil { return false }
            seen += 1
        }
        return seen > 0 || bytes.count < 4096 && parse(bytes.prefix { $0 != 0x0A && $0 != 0x0D }) != nil
    }

    private static func forEachLine(_ bytes: [UInt8], _ body: (Int, ArraySlice<UInt8>) throws -> Void) rethrows {
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == 0x0D ? line.dropLast() : line
            if !line.isEmpty { try body(number, line) }
        }
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> (token: [UInt8], rank: Int)? {
        guard let space = line.firstIndex(of: 0x20), space > line.startIndex, let token = Base64.decode(line[..<space])
        else { return nil }
        let digits = line[(space + 1)...]
        guard !digits.isEmpty, digits.count < 10, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return (token, digits.reduce(0) { $0 * 10 + Int($1) - 48 })
    }

    private static func definition(
        _ path: String, _ names: TokenNames, _ encoding: TiktokenEncoding
    ) throws -> TokenizerDefinition {
        let (merges, pairs) = merges(names)
        var byteTokens: [UInt32] = []
        for byte in UInt8.min...UInt8.max {
            var written: [UInt8] = []
            [byte].withUnsafeBytes { ByteAlphabet.appendWritten($0, to: &written) }
            byteTokens.append(written.withUnsafeBytes { names.id(of: $0) } ?? TokenizerDefinition.noToken)
        }
        var definition = TokenizerDefinition(
            names: names, merges: merges, mergePairs: pairs, byteTokens: byteTokens, modelIDLimit: names.idLimit)
        definition.ignoresMerges = true
        definition.recognisesSpecials = false
        definition.form = "tiktoken ranks"
        do {
            switch try KnownPatterns.pattern(encoding.pattern, .rust) {
            case .known(let pattern, _): definition.splitting = .scanned(Pretokenization(pattern: pattern))
            case let pattern:
                // What the pattern does not match has no tokens.
                definition.splitting = .stepwise([
                    SplitPreTokenizer(pattern: pattern, behavior: .removed, isInverted: true)
                ])
            }
        } catch let failure as RegularExpressionFailure {
            throw TokenizerFailure.unsupported(
                path: PathText.join(PathText.folder(of: path), "encoding.json"), place: "pattern",
                found: "\(failure.found) at character \(failure.place)",
                supported: "expressions of characters, classes, groups, repetitions, lookaround and anchors")
        }
        let tokens = encoding.specialTokens.map { AddedToken(content: $0.name, id: $0.id) }
        try definition.add(tokens, path: path) { "special token \"\(tokens[$0].content)\"" }
        return definition
    }

    private static func merges(_ names: TokenNames) -> (MergeTable, pairs: [UInt32]) {
        var results: [UInt32] = []
        var pairs: [UInt32] = []
        for id in 0..<UInt32(names.idLimit) {
            guard let written = names.writtenForm(of: id) else { continue }
            written.withUnsafeBytes { written in
                for cut in 1..<max(1, written.count) where written[cut] & 0xC0 != 0x80 {
                    guard let left = names.id(of: UnsafeRawBufferPointer(rebasing: written[..<cut])),
                        let right = names.id(of: UnsafeRawBufferPointer(rebasing: written[cut...]))
                    else { continue }
                    results.append(id)
                    pairs += [left, right]
                }
            }
        }
        let table = MergeTable(count: results.count)
        for index in results.indices {
            table.append(pairs[index * 2], pairs[index * 2 + 1], result: results[index], rank: results[index])
        }
        return (table, pairs)
    }
}
