import Documents

/// Counts of visible scalars by rule.
struct MarkupCounts {
    private var added = [Int](repeating: 0, count: MarkupRule.allCases.count)
    private var removed = [Int](repeating: 0, count: MarkupRule.allCases.count)

    mutating func add(_ rule: MarkupRule, _ count: Int) {
        precondition(count >= 0, "a rule cannot add fewer than no scalars")
        added[rule.rawValue] += count
    }

    mutating func remove(_ rule: MarkupRule, _ count: Int) {
        precondition(count >= 0, "a rule cannot take out fewer than no scalars")
        removed[rule.rawValue] += count
    }

    /// The balance of a document. Visible scalars are balanced one by one; white space is laid out anew, so all of the source's is
    /// taken out and all of the text's is put in.
    func ledger(source: MarkupTextCounter.Count, text: [UInt8]) -> ExtractionLedger {
        let written = MarkupTextCounter.scalars(text)
        var ledger = ExtractionLedger(
            source: source.visible + source.white + source.controls, written: written.visible + written.white)
        ledger.add(written.white, rule: MarkupRule.layout.name)
        ledger.remove(source.white, rule: MarkupRule.whiteSpace.name)
        ledger.remove(source.controls, rule: MarkupRule.controlCharacters.name)
        for rule in MarkupRule.allCases {
            ledger.add(added[rule.rawValue], rule: rule.name)
            ledger.remove(removed[rule.rawValue], rule: rule.name)
        }
        return ledger
    }
}
