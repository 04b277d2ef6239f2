import Glibc

/// What is true of most tokenizers with ▁ for spaces: normalising does nothing but write spaces as ▁ and put one before the text,
/// and nothing but merging looks at the text behind that. Then the text itself is cut and looked up in the cache, and only pieces
/// that are not in there are written with ▁.
struct PlainSpaces: Sendable {
    /// Whether one is put before a text.
    let prefix: Bool
    /// Whether bytes that are not UTF-8 are changed.
    private let changesBroken: Bool

    /// nil where the tokenizer is of another kind.
    init?(_ definition: TokenizerDefinition, _ model: MergeModel, _ matchers: AddedTokenMatchers) {
        guard model.canCutAtMarkers, matchers.normalized.isEmpty, matchers.normalizedTextual.isEmpty,
            case .stepwise(let steps) = definition.splitting, steps.allSatisfy(PlainSpaces.isIdle)
        else { return nil }
        var changes = definition.normalizers.steps
        if changes.count == 1, let change = changes[0] as? SentencePieceNormalizer {
            guard change.map == nil, !change.removesExtraSpaces, change.escapesSpaces, !change.putsSpaceBehind,
                change.userSymbols.strings.allSatisfy({ !$0.contains(0x20) })
            else { return nil }
            prefix = change.addsDummyPrefix
            changesBroken = true
            return
        }
        changesBroken = false
        if changes.count == 2, let first = changes[0] as? PrependNormalizer, first.prefix == MarkerScanner.marker {
            prefix = true
            changes.removeFirst()
        } else {
            prefix = false
        }
        guard changes.count == 1, let replacement = changes[0] as? ReplaceNormalizer,
            case .string(let found) = replacement.pattern, found == [0x20],
            replacement.content == MarkerScanner.marker
        else { return nil }
    }

    /// Whether a splitter does nothing where there are no spaces.
    static func isIdle(_ step: any PreTokenizer) -> Bool {
        guard let split = step as? SplitPreTokenizer, !split.isInverted, case .string(let bytes) = split.pattern else {
            return false
        }
        return bytes.contains(0x20)
    }

    /// Whether a text can be encoded so: it holds no ▁ of its own, and is UTF-8 where that matters.
    func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return true }
        var index = 0
        while index < text.count, let found = memchr(base + index, 0xE2, text.count - index) {
            index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if index + 2 < text.count, base[index + 1] == 0x96, base[index + 2] == 0x81 { return false }
            index += 1
        }
        return !changesBroken || isUTF8(base, text.count)
    }

    private func isUTF8(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            if index &+ 8 <= count,
                UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index &+= 8
                continue
            }
            let (codePoint, size) = UTF8Decoding.character(bytes, index, count)
            if codePoint == UTF8Decoding.broken { return false }
            index &+= size
        }
        return true
    }
}
