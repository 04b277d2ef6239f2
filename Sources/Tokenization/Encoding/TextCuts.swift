/// Where a text can be cut so that the ids of its parts, one after the other, are the ids of the whole, whatever else the text holds.
///
/// Three kinds of places are known, each proven from the tokenizer and not from the text:
///
/// - **Before a plain space** between two ASCII letters or digits on each side. All patterns with a scanner end a piece there, most other
///   steps can be asked (`SpaceBorder`), models without a pattern whose merges never reach over a ▁ begin a piece there.
/// - **Behind letters or digits**, before something else, where a scanner splits what at most a normal form changes. Letters and digits
///   are in pieces that end with the run of their class; what a scanner asks behind a run (a contraction, white space up to the end of
///   the text) begins with another character, so that the end of the text stands for any other than the apostrophe.
/// - **Between two characters** that no merge ever joins, the first no white space, where nothing but merging looks at them
///   (`CharacterCuts`).
///
/// In all three, no added token touches the place, and every normaliser does to the two sides what it does to the whole.
struct TextCuts: Sendable {
    /// What to do to the beginning of a part that is not the first instead of what the tokenizer does to a text.
    let continuing: NormalizerChain
    /// By byte: an ASCII letter or digit that can be cut off from a plain space behind it.
    private let bytesBeforeSpace: [Bool]
    private let borders: ClassBorders?
    private let joins: CharacterCuts?
    private let added: AddedTokenPlaces
    /// At most so many bytes behind a place decide about it.
    let margin: Int

    init(_ tokenizer: Tokenizer) {
        let chain = tokenizer.normalizers
        guard let continuing = chain.continuing else {
            self.continuing = chain
            bytesBeforeSpace = []
            borders = nil
            joins = nil
            added = AddedTokenPlaces(tokenizer)
            margin = 0
            return
        }
        self.continuing = continuing
        added = AddedTokenPlaces(tokenizer)
        margin = added.longest + 8
        bytesBeforeSpace = TextCuts.bytesBeforeSpace(tokenizer, continuing, added)
        if case .scanned(let scan) = tokenizer.splitting, scan.pattern != .whole,
            chain.steps.allSatisfy({ $0 is NormalFormNormalizer })
        {
            borders = ClassBorders(
                classes: scan.classes, onlyBeforeSpace: scan.addsPrefixSpace, normalizers: continuing)
        } else {
            borders = nil
        }
        joins = TextCuts.joins(tokenizer, continuing)
    }

    /// Whether no place is known in any text.
    var isEmpty: Bool { bytesBeforeSpace.isEmpty && borders == nil && joins == nil }

    /// The last place in `range` where the text of `count` bytes can be cut; `range` must end `margin` bytes before it.
    func last(_ bytes: UnsafePointer<UInt8>, in range: Range<Int>, count: Int) -> Int? {
        var place = range.upperBound
        while place > max(range.lowerBound, 2) {
            place -= 1
            if isCut(bytes, place, count), added.allow(bytes, place, count) { return place }
        }
        return nil
    }

    private func isCut(_ bytes: UnsafePointer<UInt8>, _ place: Int, _ count: Int) -> Bool {
        let byte = bytes[place]
        if byte & 0xC0 == 0x80 { return false }
        if byte == 0x20, !bytesBeforeSpace.isEmpty, bytesBeforeSpace[Int(bytes[place - 1])],
            ASCIIWord.contains(bytes[place - 2]), ASCIIWord.contains(bytes[place + 1])
        {
            return true
        }
        if borders == nil, joins == nil { return false }
        let (left, first) = UTF8Decoding.characterBefore(bytes, place, from: 0)
        let (right, size) = UTF8Decoding.character(bytes, place, count)
        if left == UTF8Decoding.broken || right == UTF8Decoding.broken { return false }
        if let borders, borders.isBorder(left, right) {
            // What follows the character behind the place must not be joined to it by a normal form.
            let end = place + size
            let next = end < count ? UTF8Decoding.character(bytes, end, count) : (UTF8Decoding.broken, 0)
            return borders.isQuiet(bytes, first..<end + next.1)
        }
        // Behind white space a token that strips it might come.
        guard let joins, !TextCuts.isSpace(left), CharacterClass.ofPatterns[left] < CharacterClass.space,
            !TextCuts.isSpace(right), joins.allows(left, right)
        else { return false }
        let characters = Array(UnsafeBufferPointer(start: bytes + first, count: place + size - first))
        return continuing.normalized(characters) == characters
    }

    /// A space, or what it is written as.
    private static func isSpace(_ codePoint: UInt32) -> Bool { codePoint == 0x20 || codePoint == 0x2581 }

    private static func joins(_ tokenizer: Tokenizer, _ continuing: NormalizerChain) -> CharacterCuts? {
        guard tokenizer.model.characters != nil, let cuts = tokenizer.model.cuts, continuing.leavesCharactersAlone,
            case .stepwise(let steps) = tokenizer.splitting
        else { return nil }
        let writesMarkers = continuing.normalized([0x20]) == MarkerScanner.marker
        let areIdle = steps.allSatisfy { step in
            if let metaspace = step as? MetaspacePreTokenizer {
                return metaspace.sign == MarkerScanner.marker && metaspace.prefix != .always
            }
            return writesMarkers && PlainSpaces.isIdle(step)
        }
        return areIdle ? cuts : nil
    }

    /// Tries every letter and digit before a space: what normalising makes of both, and whether a piece ends there.
    private static func bytesBeforeSpace(
        _ tokenizer: Tokenizer, _ continuing: NormalizerChain, _ added: AddedTokenPlaces
    ) -> [Bool] {
        var out = [Bool](repeating: false, count: 256)
        var borders: [UInt32: [Bool]] = [:]
        for byte in UInt8(0x30)...0x7A where ASCIIWord.contains(byte) {
            let normalized = continuing.normalized([byte, byte, 0x20, byte, byte])
            guard normalized.count > 4, let written = normalized.first, ASCIIWord.contains(written),
                normalized.prefix(2).allSatisfy({ $0 == written }), normalized.suffix(2).allSatisfy({ $0 == written })
            else { continue }
            let space = Array(normalized.dropFirst(2).dropLast(2))
            let scalars = String(decoding: space, as: UTF8.self).unicodeScalars
            guard let sign = scalars.first?.value, scalars.count == 1 else { continue }
            let allowed = borders[sign] ?? tokenizer.splitting.bordersBefore(sign, tokenizer.model)
            borders[sign] = allowed
            out[Int(byte)] = allowed[Int(written)] && added.allowNormalized(written, space[0])
        }
        return out.contains(true) ? out : []
    }
}
