public import Documents
import Files

/// Measures the signals of a document: one pass over the text and one hash for every line of prose.
public enum QualityMeasure {
    /// The signals of `document`. Text outside of spans counts as prose; spans that lie (beyond the text, overlapping, out of
    /// order) are cut to what is left of them.
    public static func measure(_ document: Document) -> QualitySignals {
        var signals = QualitySignals()
        document.text.withUnsafeBufferPointer { text in
            var lines = RepeatedLines(textLength: text.count)
            let scanner = TallyScanner()
            var cursor = 0
            func take(_ end: Int, _ kind: TextSpan.Kind) {
                guard end > cursor else { return }
                let stretch = UnsafeBufferPointer(rebasing: text[cursor..<end])
                switch kind {
                case .prose, .listItem, .note:
                    scanner.scan(stretch, into: &signals.prose)
                    lines.add(stretch)
                case .heading, .caption: scanner.scan(stretch, into: &signals.prose)
                case .table, .code, .equation: scanner.scan(stretch, into: &signals.rest)
                }
                cursor = end
            }
            for span in document.spans {
                take(min(span.start, text.count), .prose)
                take(min(span.end, text.count), span.kind)
            }
            take(text.count, .prose)
            signals.lines = lines.lines
            signals.lineCharacters = lines.characters
            signals.repeatedLineCharacters = lines.repeatedCharacters
        }
        return signals
    }
}
