/// Leaves out marks that take no space of their own.
struct StripAccentsNormalizer: CharacterNormalizer {
    private static let accents = CharacterTest(CodePointSet(UnicodePropertyData.accents))

    var summary: String { "strip-accents" }

    func append(_ codePoint: UInt32, to out: inout [UInt8]) -> Bool {
        StripAccentsNormalizer.accents.contains(codePoint)
    }
}
