public import Documents

/// Tells the languages of a document by CLD2.
public enum LanguageMeasure {
    /// Below this many bytes of prose, the whole text is asked: a document may be one table.
    static let leastProse = 256

    /// The languages of the document's prose (prose, list items, notes, headings, captions and text outside of spans), or of all of it where
    /// there is too little prose. Spans that lie (beyond the text, overlapping, out of order) are cut to what is left of them.
    ///
    /// Costs a copy of the prose and CLD2's pass over it, some 40 MB a second. Deterministic; any thread may ask.
    public static func measure(_ document: Document) -> LanguageSignals {
        var tally = LanguageTally()
        LanguageDetector.detect(prose(of: document), into: &tally)
        var signals = LanguageSignals()
        signals.bytes = tally.bytes
        signals.reliableBytes = tally.reliableBytes
        signals.languages = Array(tally.languages.prefix(LanguageSignals.mostLanguages))
        return signals
    }

    /// The prose of a document, each stretch ended by a line feed; the whole text where there is too little of it.
    static func prose(of document: Document) -> [UInt8] {
        if document.spans.isEmpty { return document.text }
        var prose: [UInt8] = []
        prose.reserveCapacity(document.text.count + document.spans.count)
        var cursor = 0
        func take(_ end: Int, _ kind: TextSpan.Kind) {
            guard end > cursor else { return }
            switch kind {
            case .prose, .listItem, .note, .heading, .caption:
                prose += document.text[cursor..<end]
                // What stood apart stays apart.
                prose.append(0x0A)
            case .table, .code, .equation: break
            }
            cursor = end
        }
        for span in document.spans {
            take(min(span.start, document.text.count), .prose)
            take(min(span.end, document.text.count), span.kind)
        }
        take(document.text.count, .prose)
        let isEnough = prose.count >= leastProse || prose.count >= document.text.count
        return isEnough ? prose : document.text
    }
}
