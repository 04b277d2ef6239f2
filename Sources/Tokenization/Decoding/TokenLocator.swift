internal import Glibc

/// Finds the tokens of a text in it, also where the tokenizer changed the text before it split it.
///
/// Most tokens stand for the bytes that they were made of. A tokenizer may also put a space before a text, write it in another normal form or
/// leave characters out; then what the tokens say is held against the text character by character, each of which may have become what the
/// normalizers make of it and of those behind it. Spaces alone may be there or missing on either side.
public struct TokenLocator: Sendable {
    /// What all ids stand for, one after the other, and where each begins.
    private let bytes: [UInt8]
    private let offsets: [Int]
    private let unknown: UInt32
    private let normalizers: NormalizerChain
    /// What normalizers put before a text.
    private let prefixes: [[UInt8]]
    /// The most characters that a normalizer takes for one.
    private let longestCluster: Int
    /// Whether what a normalizer makes of several characters may begin as they do.
    private let hasReplacements: Bool
    /// Whether there are characters that no token stands for.
    private let hasGaps: Bool

    /// What a token without a character of its own says among the bytes of the others; no byte of UTF-8.
    private static let anything: UInt8 = 0xFF

    /// Cost: a look at every token.
    public init(_ tokenizer: Tokenizer) {
        var bytes: [UInt8] = []
        var offsets = [0]
        offsets.reserveCapacity(tokenizer.vocabularySize + 1)
        for id in 0..<UInt32(tokenizer.vocabularySize) {
            bytes += tokenizer.bytes(of: id) ?? []
            offsets.append(bytes.count)
        }
        self.bytes = bytes
        self.offsets = offsets
        unknown = tokenizer.model.unknownToken
        hasGaps = tokenizer.hasByteGaps
        prefixes = tokenizer.normalizers.steps.compactMap { ($0 as? PrependNormalizer)?.prefix }
        var steps: [any Normalizer] = []
        for step in tokenizer.normalizers.steps {
            switch step {
            // What they do, they do to the ends of a text, or to bytes that decoding gives back.
            case is PrependNormalizer, is StripNormalizer, is ByteLevelNormalizer: break
            case var sentencePiece as SentencePieceNormalizer:
                sentencePiece.continuesText = true
                sentencePiece.removesExtraSpaces = false
                sentencePiece.putsSpaceBehind = false
                steps.append(sentencePiece)
            default: steps.append(step)
            }
        }
        normalizers = NormalizerChain(steps: steps)
        let replaced = steps.compactMap { step -> Int? in
            guard let replace = step as? ReplaceNormalizer else { return nil }
            guard case .string(let wanted) = replace.pattern else { return 16 }
            return wanted.count { $0 & 0xC0 != 0x80 }
        }
        longestCluster = max(16, replaced.max() ?? 0)
        hasReplacements = replaced.contains { $0 > 1 }
    }

    /// Where the tokens of a text stand in it; nil where that cannot be told. Cost: a comparison of the bytes; where the tokenizer changed
    /// some, about what normalising those took.
    public func places(of ids: some Collection<UInt32>, in text: [UInt8]) -> TokenPlaces? {
        text.withUnsafeBufferPointer { exact(ids, $0) ?? aligned(ids, $0) }
    }

    /// Where the tokens' bytes are those of the text.
    private func exact(_ ids: some Collection<UInt32>, _ text: UnsafeBufferPointer<UInt8>) -> TokenPlaces? {
        var starts: [Int] = []
        var ends: [Int] = []
        starts.reserveCapacity(ids.count)
        ends.reserveCapacity(ids.count)
        var place = 0
        let isSame = bytes.withUnsafeBufferPointer { bytes in
            for id in ids {
                guard Int(id) < offsets.count - 1, id != unknown else { return false }
                let (first, count) = (offsets[Int(id)], offsets[Int(id) + 1] - offsets[Int(id)])
                guard place + count <= text.count else { return false }
                if count > 0, let own = bytes.baseAddress, let base = text.baseAddress,
                    memcmp(own + first, base + place, count) != 0
                {
                    return false
                }
                starts.append(place)
                place += count
                ends.append(place)
            }
            return place == text.count
        }
        return isSame ? TokenPlaces(starts: starts, ends: ends) : nil
    }

    private func aligned(_ ids: some Collection<UInt32>, _ text: UnsafeBufferPointer<UInt8>) -> TokenPlaces? {
        if ids.isEmpty { return text.allSatisfy(TokenLocator.isSpace) ? TokenPlaces(starts: [], ends: []) : nil }
        var spoken: [UInt8] = []
        spoken.reserveCapacity(text.count + 16)
        var firsts = [0]
        firsts.reserveCapacity(ids.count + 1)
        for id in ids {
            guard Int(id) < offsets.count - 1 else { return nil }
            if id == unknown {
                spoken.append(TokenLocator.anything)
            } else {
                spoken += bytes[offsets[Int(id)]..<offsets[Int(id) + 1]]
            }
            firsts.append(spoken.count)
        }
        var marks = TokenMarks(firsts: firsts)
        let isFound = spoken.withUnsafeBufferPointer { align($0, text, &marks) }
        return isFound ? marks.places(in: text.count) : nil
    }

    /// Walks over what the tokens say and the text together; false where they part.
    private func align(
        _ spoken: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>, _ marks: inout TokenMarks
    ) -> Bool {
        guard let base = text.baseAddress else { return spoken.allSatisfy { $0 == 0x20 } }
        func length(_ place: Int) -> Int { UTF8Decoding.character(base, place, text.count).count }
        func isSpaceOfText(_ place: Int) -> Bool { place < text.count && TokenLocator.isSpace(text[place]) }
        var said = 0
        var read = 0
        if let prefix = prefixes.first(where: { !$0.isEmpty && spoken.starts(with: $0) }) {
            marks.add(0..<prefix.count, 0..<length(0))
            said = prefix.count
        }
        // Of one space more than the text has, the first was put there.
        let spaces = text.prefix { $0 == 0x20 }.count
        if said == 0, spaces > 0, spoken.prefix(while: { $0 == 0x20 }).count == spaces + 1 {
            marks.add(0..<1, 0..<1)
            said = 1
        }
        while said < spoken.count || read < text.count {
            let run = TokenLocator.sameCharacters(spoken, said, text, read)
            if run > 0 {
                marks.addSame(said..<said + run, from: read)
                (said, read) = (said + run, read + run)
                continue
            }
            let says: UInt8? = said < spoken.count ? spoken[said] : nil
            if read == text.count {
                guard says == 0x20 else { return false }
                marks.add(said..<said + 1, read..<read)
                said += 1
                continue
            }
            if says == TokenLocator.anything {
                var end = read + length(read)
                while end < text.count, said + 1 == spoken.count || spoken[said + 1] != TokenLocator.anything,
                    TokenLocator.sameCharacters(spoken, said + 1, text, end, limit: 1) == 0,
                    !(isSpaceOfText(end) && said + 1 < spoken.count && spoken[said + 1] == 0x20)
                {
                    end += length(end)
                }
                marks.add(said..<said + 1, read..<end)
                (said, read) = (said + 1, end)
                continue
            }
            var vanishes = false
            if let found = changed(spoken, said, text, read, &vanishes) {
                marks.add(said..<found.said, read..<found.read)
                (said, read) = found
                continue
            }
            if hasReplacements, let (from, end) = replaced(spoken, said, text, read) {
                marks.add(from..<end.said, read - (said - from)..<end.read)
                (said, read) = end
                continue
            }
            if let prefix = prefixes.first(where: { !$0.isEmpty && spoken[said...].starts(with: $0) }) {
                marks.add(said..<said + prefix.count, read..<read + length(read))
                said += prefix.count
                continue
            }
            let count = length(read)
            let isSpace = isSpaceOfText(read)
            if says == 0x20 {
                marks.add(said..<said + 1, read..<read + count)
                said += 1
                if isSpace { read += count }
            } else if vanishes || isSpace || hasGaps {
                read += count
            } else {
                return false
            }
        }
        return true
    }

    /// The end of the characters from `read` on that became what is said from `said` on: as few as will do, and up to behind `least`.
    private func changed(
        _ spoken: UnsafeBufferPointer<UInt8>, _ said: Int, _ text: UnsafeBufferPointer<UInt8>, _ read: Int,
        _ vanishes: inout Bool, beyond least: Int = 0
    ) -> (said: Int, read: Int)? {
        guard let base = text.baseAddress else { return nil }
        var end = read
        for characters in 1...longestCluster where end < text.count {
            end += UTF8Decoding.character(base, end, text.count).count
            if end <= least { continue }
            let cluster = UnsafeBufferPointer(rebasing: text[read..<end])
            let became = normalizers.withNormalized(cluster) { Array($0) }
            if became.isEmpty {
                if characters == 1 { vanishes = true }
                continue
            }
            for form in [became, TokenLocator.withSpaces(became)] where spoken[said...].starts(with: form) {
                return (said + form.count, end)
            }
            if normalizers.isEmpty { break }
        }
        return nil
    }

    /// The same for characters of which the first were taken for unchanged: they are taken back, as few as will do.
    private func replaced(
        _ spoken: UnsafeBufferPointer<UInt8>, _ said: Int, _ text: UnsafeBufferPointer<UInt8>, _ read: Int
    ) -> (from: Int, end: (said: Int, read: Int))? {
        var back = 0
        for _ in 1..<longestCluster {
            repeat {
                back += 1
                if back > min(said, read) || spoken[said - back] != text[read - back] { return nil }
            } while text[read - back] & 0xC0 == 0x80
            var vanishes = false
            if let end = changed(spoken, said - back, text, read - back, &vanishes, beyond: read) {
                return (said - back, end)
            }
        }
        return nil
    }

    /// With a space for each ▁, as decoding writes it.
    private static func withSpaces(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: [0xE2, 0x96, 0x81]) {
                out.append(0x20)
                place += 3
            } else {
                out.append(bytes[place])
                place += 1
            }
        }
        return out
    }

    /// The bytes of the whole characters that are the same on both sides.
    private static func sameCharacters(
        _ spoken: UnsafeBufferPointer<UInt8>, _ said: Int, _ text: UnsafeBufferPointer<UInt8>, _ read: Int,
        limit: Int = Int.max
    ) -> Int {
        let most = min(spoken.count - said, text.count - read)
        var same = 0
        var characters = 0
        while same < most, spoken[said + same] == text[read + same] {
            same += 1
            if same == most || text[read + same] & 0xC0 != 0x80 {
                characters += 1
                if characters == limit { break }
            }
        }
        // Not into a character that goes on differently.
        func isInside(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
            place < bytes.count && bytes[place] & 0xC0 == 0x80
        }
        while same > 0, isInside(text, read + same) || isInside(spoken, said + same) { same -= 1 }
        return same
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
