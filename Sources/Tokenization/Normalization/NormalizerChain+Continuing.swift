extension NormalizerChain {
    /// What the steps do to the rest of a text that was cut before a plain space with an ASCII letter or digit behind it, and two before:
    /// nothing that they do at the beginning of a text. nil where some step may look over such a place, so that the parts of a
    /// text would not come to what the whole comes to.
    var continuing: NormalizerChain? {
        var out = NormalizerChain()
        for step in steps {
            switch step {
            case is NormalFormNormalizer, is LowercaseNormalizer, is NmtNormalizer, is StripAccentsNormalizer,
                is BertNormalizer, is PrecompiledNormalizer, is ByteLevelNormalizer:
                out.steps.append(step)
            case is PrependNormalizer: break
            case let strip as StripNormalizer: out.steps.append(StripNormalizer(left: false, right: strip.right))
            case let replace as ReplaceNormalizer:
                guard case .string(let wanted) = replace.pattern, NormalizerChain.isApart(wanted) else { return nil }
                out.steps.append(step)
            case var sentencePiece as SentencePieceNormalizer:
                guard !sentencePiece.putsSpaceBehind, !sentencePiece.userSymbols.strings.contains(where: holdsInside),
                    sentencePiece.map.map({ !$0.hasKey(withInside: NormalizerChain.isOfBorder) }) ?? true
                else { return nil }
                sentencePiece.continuesText = true
                out.steps.append(sentencePiece)
            default: return nil
            }
        }
        return out
    }

    /// Whether every step changes characters one by one, or not at all where no space and no ▁ is.
    var leavesCharactersAlone: Bool {
        steps.allSatisfy { step in
            switch step {
            case is PrependNormalizer: true
            case let replace as ReplaceNormalizer:
                if case .string(let wanted) = replace.pattern { NormalizerChain.isCharacter(wanted) } else { false }
            case let sentencePiece as SentencePieceNormalizer:
                sentencePiece.map == nil && !sentencePiece.removesExtraSpaces && !sentencePiece.putsSpaceBehind
            default: false
            }
        }
    }

    /// A string that is found apart from a border and from what stands at it: one character that is no letter or digit, or
    /// several of which none is a space either.
    private static func isApart(_ wanted: [UInt8]) -> Bool {
        if isCharacter(wanted) { return wanted == [0x20] || !wanted.contains(where: isOfBorder) }
        return !wanted.contains(where: isOfBorder)
    }

    private static func isCharacter(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.count == 1
    }

    private func holdsInside(_ bytes: [UInt8]) -> Bool { bytes.contains(0x20) }

    /// The bytes at a border: ASCII letters, digits and the space.
    private static func isOfBorder(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x30 && byte < 0x3A) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
}
