import Cleaning
import Documents
import Files
import Inspection
import Packing

/// What the documents of a source amount to, for rules and baselines.
struct SourceMeasure: Sendable {
    var documents = 0
    var textBytes = 0
    var tokens = 0
    /// Of the documents whose words were counted.
    var words = 0
    var tokensOfWords = 0
    /// Bytes by language, of the documents whose languages were told; `none`: no language could be.
    var languages = Distribution()
    var documentsOfLanguages = 0

    mutating func merge(_ other: SourceMeasure) {
        documents &+= other.documents
        textBytes &+= other.textBytes
        tokens &+= other.tokens
        words &+= other.words
        tokensOfWords &+= other.tokensOfWords
        languages.merge(other.languages)
        documentsOfLanguages += other.documentsOfLanguages
    }

    /// Tokens a word; nil without words.
    var fertility: Double? { words == 0 ? nil : Double(tokensOfWords) / Double(words) }

    /// Bytes in a language: by its primary subtag, whatever script or region is named.
    func bytes(inLanguage tag: String) -> Int {
        var signals = LanguageSignals()
        signals.languages = languages.counts.filter { $0.key != "none" }.map { DetectedLanguage(tag: $0, bytes: $1) }
        return signals.bytes(in: [tag])
    }

    /// Bytes a token; nil without tokens.
    var bytesPerToken: Double? { tokens == 0 ? nil : Double(textBytes) / Double(tokens) }
}

/// What is measured of documents, and on how many of them.
struct DocumentMeasureOptions: Sendable {
    /// The share of the documents that are read which is measured.
    var share = 1.0
    var countsWords = false
    /// The share of all documents whose languages are told; 0: of none. Languages cost most.
    var languageShare = 0.0
    /// Languages that are asked for, by source: documents that are mostly in none of them are named.
    var languages: [String: [String]] = [:]
    /// Documents to name, for each part.
    var examples = 0
    /// Documents in which something is to be shown, by source-relative path: the bytes where it begins.
    var wanted: [String: [Int]] = [:]
}

/// What the documents of one part, or of all, amount to.
struct DocumentMeasure: Sendable {
    var sources: [String: SourceMeasure] = [:]
    var documentBytes = Distribution()
    var documentTokens = Distribution()
    var kinds = Distribution()
    /// Documents that are mostly in a language that was not asked for, in the order of the rows.
    var foreign: [(subject: FindingPlace.Subject, language: String)] = []
    /// The documents that were wanted: several where sources have files of one path.
    var found: [ContaminationPlaces.Place: [FindingPlace.Subject]] = [:]
    /// Documents that were measured.
    var documents = 0

    var total: SourceMeasure { sources.values.reduce(into: SourceMeasure()) { $0.merge($1) } }

    mutating func merge(_ other: DocumentMeasure) {
        sources.merge(other.sources) { left, right in
            var sum = left
            sum.merge(right)
            return sum
        }
        documentBytes.merge(other.documentBytes)
        documentTokens.merge(other.documentTokens)
        kinds.merge(other.kinds)
        foreign += other.foreign
        found.merge(other.found) { $0 + $1 }
        documents += other.documents
    }

    /// What takes passages from a text after evaluation items were looked for in it.
    private static let cuts = [
        "repeated-boilerplate", "repeated-clause", "repeated-paragraph", "repeated-span", "unchanged-clause",
    ]

    /// Notes where something stands in a document that is wanted. Where a text lost passages since, the byte is not known any more.
    mutating func find(_ document: Document, path: String, _ options: DocumentMeasureOptions) {
        guard let starts = options.wanted[path] else { return }
        let isCut = DocumentMeasure.cuts.contains { document.ledger.removed[$0] != nil }
        for start in Set(starts).sorted() {
            found[.init(document: path, start: start), default: []].append(
                FindingPlace.Subject(
                    id: document.id, source: document.source, path: path,
                    probe: isCut ? [] : TextProbe.line(of: document.text, at: start),
                    clause: isCut ? nil : DocumentMeasure.clause(of: document, at: start)))
        }
    }

    /// Measures a document where it is in the sample, or where it must be.
    mutating func add(
        _ document: Document, tokens: Int, path: String, _ options: DocumentMeasureOptions,
        always: Bool = false
    ) {
        if !always, !CorpusSample.holds(document.id, share: options.share) { return }
        documents += 1
        var source = sources[document.source] ?? SourceMeasure()
        source.documents += 1
        source.textBytes += document.text.count
        source.tokens &+= tokens
        if options.countsWords {
            source.words += document.text.withUnsafeBytes { WordCount.count($0, 0..<$0.count) }
            source.tokensOfWords &+= tokens
        }
        if options.languageShare > 0, always || CorpusSample.holds(document.id, share: options.languageShare) {
            tellLanguages(document, path, options, &source)
        }
        sources[document.source] = source
        documentBytes.add(DocumentMeasure.bucket(document.text.count), 1)
        documentTokens.add(DocumentMeasure.bucket(tokens), 1)
        var covered = 0
        for span in document.spans {
            kinds.add(span.kind.rawValue, span.end - span.start)
            covered += span.end - span.start
        }
        if covered < document.text.count { kinds.add("other", document.text.count - covered) }
    }

    private mutating func tellLanguages(
        _ document: Document, _ path: String, _ options: DocumentMeasureOptions, _ source: inout SourceMeasure
    ) {
        let signals = LanguageMeasure.measure(document)
        var told = 0
        for language in signals.languages {
            source.languages.add(language.tag, language.bytes)
            told += language.bytes
        }
        if told < signals.bytes { source.languages.add("none", signals.bytes - told) }
        source.documentsOfLanguages += 1
        guard foreign.count < options.examples,
            let wanted = options.languages[document.source] ?? options.languages["*"], let found = signals.language,
            signals.bytes(in: wanted) * 2 < signals.bytes
        else { return }
        foreign.append(
            (
                FindingPlace.Subject(
                    id: document.id, source: document.source, path: path,
                    probe: TextProbe.line(of: document.text, at: 0)),
                found
            ))
    }

    /// The number, or the title, of the clause that holds a byte.
    private static func clause(of document: Document, at byte: Int) -> String? {
        let headings = ClauseOutline(document).headings
        guard let heading = headings.last(where: { document.spans[$0.span].start <= byte }) else { return nil }
        return heading.label.number ?? heading.label.title
    }

    /// The power of two at or below a number: `0`, `1`, `2`, `4`, …
    static func bucket(_ number: Int) -> String {
        number <= 0 ? "0" : String(1 << (Int.bitWidth - 1 - number.leadingZeroBitCount))
    }
}
