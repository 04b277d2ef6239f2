public import Documents
import Files

/// Measures the signals of documents: for our own rules one pass over the text and one hash for every line of prose, for the web filters
/// another (`WebSignals`), whose tables it keeps from document to document.
///
/// One for every thread. What it says about a document does not depend on the documents before it.
public final class QualityMeasure {
    /// What the web filters' signals are measured on.
    public enum WebText: String, Sendable, CaseIterable {
        /// The whole text, as the filters' authors do.
        case everything
        /// Headings, prose, list items, notes and captions, and text that no span covers.
        case prose
        /// Nothing: only our own rules can decide.
        case off
    }

    private let webText: WebText
    private var web: WebMeasure
    private var prose: [UInt8] = []

    /// A measure that makes the web filters' signals of `webText`.
    public init(webText: WebText) {
        self.webText = webText
        web = WebMeasure()
    }

    /// The signals of `document`. Text outside of spans counts as prose; spans that lie (beyond the text, overlapping, out of
    /// order) are cut to what is left of them.
    public func measure(_ document: Document) -> QualitySignals {
        var signals = QualityMeasure.measure(document)
        switch webText {
        case .off: break
        case .everything: signals.web = document.text.withUnsafeBufferPointer { web.measure($0) }
        case .prose:
            prose.removeAll(keepingCapacity: true)
            document.text.withUnsafeBufferPointer { text in
                QualityMeasure.forEachStretch(document.spans, text) { stretch, kind in
                    switch kind {
                    case .table, .code, .equation: return
                    case .prose, .listItem, .note, .heading, .caption: prose += stretch
                    }
                    if prose.last != 0x0A { prose.append(0x0A) }
                }
            }
            signals.web = prose.withUnsafeBufferPointer { web.measure($0) }
        }
        return signals
    }

    /// The signals of our own rules alone.
    public static func measure(_ document: Document) -> QualitySignals {
        var signals = QualitySignals()
        document.text.withUnsafeBufferPointer { text in
            var lines = RepeatedLines(textLength: text.count)
            let scanner = TallyScanner()
            forEachStretch(document.spans, text) { stretch, kind in
                switch kind {
                case .prose, .listItem, .note:
                    scanner.scan(stretch, into: &signals.prose)
                    lines.add(stretch)
                case .heading, .caption: scanner.scan(stretch, into: &signals.prose)
                case .table, .code, .equation: scanner.scan(stretch, into: &signals.rest)
                }
            }
            signals.lines = lines.lines
            signals.lineCharacters = lines.characters
            signals.repeatedLineCharacters = lines.repeatedCharacters
        }
        return signals
    }

    /// Every byte of the text once, in order, with what it is.
    private static func forEachStretch(
        _ spans: [TextSpan], _ text: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>, TextSpan.Kind) -> Void
    ) {
        var cursor = 0
        func take(_ end: Int, _ kind: TextSpan.Kind) {
            guard end > cursor else { return }
            body(UnsafeBufferPointer(rebasing: text[cursor..<end]), kind)
            cursor = end
        }
        for span in spans {
            take(min(span.start, text.count), .prose)
            take(min(span.end, text.count), span.kind)
        }
        take(text.count, .prose)
    }
}
