/// The places behind a run of letters or digits where every pattern with a scanner ends a piece.
struct ClassBorders: Sendable {
    let classes: CodePointTable
    /// A text without a space at its beginning would get one.
    let onlyBeforeSpace: Bool
    /// Normal forms only.
    let normalizers: NormalizerChain

    func isBorder(_ left: UInt32, _ right: UInt32) -> Bool {
        if onlyBeforeSpace && right != 0x20 { return false }
        // A contraction may belong to the word before it.
        if right == 0x27 { return false }
        let before = classes[left]
        let behind = classes[right]
        // Classes beyond are letters by their case, or marks, which may be part of a word.
        if behind > CharacterClass.lineEnd || behind == CharacterClass.letter && !isNumber(before) { return false }
        if isNumber(before) { return behind != CharacterClass.number }
        return before == CharacterClass.letter
            || (before > CharacterClass.lineEnd && CharacterClass.ofPatterns[left] == CharacterClass.letter)
    }

    private func isNumber(_ kind: UInt8) -> Bool { kind == CharacterClass.number }

    /// Whether no normal form changes one of the characters in `range` or joins it to the one before.
    func isQuiet(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        let text = UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count)
        return normalizers.steps.allSatisfy { !$0.mayChange(text) }
    }
}
