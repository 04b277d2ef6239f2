/// The changes of BERT: control characters out, plain spaces, ideographs apart, accents off, lower case.
struct BertNormalizer: Normalizer {
    let cleansText: Bool
    let separatesIdeographs: Bool
    let stripsAccents: Bool
    let lowercases: Bool
    private static let controls = CharacterTest(CodePointSet(UnicodePropertyData.controls))
    private static let accents = CharacterTest(CodePointSet(UnicodePropertyData.accentsOfBert))
    private static let spaces = CharacterTest(UnicodeProperty.whiteSpace)

    var summary: String {
        "bert clean \(cleansText) ideographs \(separatesIdeographs) accents \(stripsAccents) lowercase \(lowercases)"
    }

    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        var steps: [any Normalizer] = []
        if cleansText { steps.append(Cleaning()) }
        if separatesIdeographs { steps.append(Separation()) }
        if stripsAccents { steps += [NormalFormNormalizer(form: .nfd), Stripping()] }
        if lowercases { steps.append(LowercaseNormalizer()) }
        NormalizerChain(steps: steps).withNormalized(text) { out.append(contentsOf: $0) }
    }

    private struct Cleaning: CharacterNormalizer {
        var summary: String { "clean" }

        func append(_ codePoint: UInt32, to out: inout [UInt8]) -> Bool {
            if BertNormalizer.controls.contains(codePoint) { return true }
            guard BertNormalizer.spaces.contains(codePoint) else { return false }
            out.append(0x20)
            return true
        }
    }

    /// Not the marks that `StripAccentsNormalizer` takes.
    private struct Stripping: CharacterNormalizer {
        var summary: String { "accents" }

        func append(_ codePoint: UInt32, to out: inout [UInt8]) -> Bool { BertNormalizer.accents.contains(codePoint) }
    }

    private struct Separation: CharacterNormalizer {
        var summary: String { "ideographs" }

        func append(_ codePoint: UInt32, to out: inout [UInt8]) -> Bool {
            switch codePoint {
            case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
                0x2B820...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
                out.append(0x20)
                UTF8Decoding.append(codePoint, to: &out)
                out.append(0x20)
                return true
            default: return false
            }
        }
    }
}
