extension Document {
    /// Scalars by which the ledger is off: its own imbalance, or the difference between what it says was written and the text. 0 for
    /// a document that lost nothing.
    public var ledgerGap: Int {
        let length = ledger.written &- unicodeScalarCount(text)
        let gap = max(ledger.imbalance.magnitude, length.magnitude)
        return Int(clamping: gap)
    }

    /// The rejection of a document, found at `path`, of which rules of boilerplate left nothing; nil for every other.
    public func emptyRejection(path: String) -> Rejection? {
        if !text.isEmpty || !ledger.removed.keys.contains(where: { $0.hasPrefix("boilerplate-") }) { return nil }
        return Rejection(
            id: id, source: source, path: path, rule: Rejection.onlyBoilerplateRule, value: "0 characters",
            threshold: "text beside boilerplate")
    }

    /// The rejection of a document whose ledger is off by `gap`, found at `path`.
    public func openLedgerRejection(path: String, gap: Int) -> Rejection {
        Rejection(
            id: id, source: source, path: path, rule: "open-ledger", value: "off by \(gap) scalars", threshold: "0")
    }
}
