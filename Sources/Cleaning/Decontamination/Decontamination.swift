public import Documents

/// What becomes of documents in which evaluation items were found.
public struct Decontamination: Sendable {
    /// What is done.
    public enum Action: String, Sendable, CaseIterable {
        /// Nothing: hits are reported.
        case report
        /// The document goes.
        case drop
        /// The stretches that agree go, or a marker stands in their place.
        case mask
    }

    /// What is done.
    public var action: Action
    /// How far a stretch that is masked is widened.
    public var boundary: TextBoundary
    /// What stands in the place of a stretch that is masked; empty: nothing does.
    public var marker: [UInt8]

    /// A decontamination.
    public init(action: Action = .report, boundary: TextBoundary = .sentence, marker: [UInt8] = []) {
        self.action = action
        self.boundary = boundary
        self.marker = marker
    }

    /// The rule under which masked text is booked in the ledger of a document, and the rule that rejects a document.
    public static let rule = "decontamination"

    /// The stretches of a text that `mask` takes, in order, not touching each other.
    public func stretches(_ hits: [NGramHit], in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var stretches: [Range<Int>] = []
        for range in hits.map({ boundary.widened($0.bytes, in: text) }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = stretches.last, last.upperBound >= range.lowerBound {
                stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                stretches.append(range)
            }
        }
        return stretches
    }

    /// Does it to a document; false for one that goes.
    public func apply(_ hits: [NGramHit], to document: inout Document) -> Bool {
        if hits.isEmpty { return true }
        switch action {
        case .report: return true
        case .drop: return false
        case .mask:
            let stretches = document.text.withUnsafeBufferPointer { self.stretches(hits, in: $0) }
            document.replace(stretches, by: marker, rule: Decontamination.rule)
            return document.text.contains { $0 > 0x20 }
        }
    }
}
