import Building
import Documents
import Files
import Glibc
import Packing
import Parallel
import Tokenization

/// What one worker counts in the lines of `documents/`.
final class DocumentTally {
    private let blockLength: Int
    private let encoder: TokenEncoder?
    private let specials: SpecialTokenPolicy
    private let tokenBytes: [UInt32]
    private let options: StatisticsOptions
    /// Whether documents come in the parts of a corpus.
    private let isOfParts: Bool
    /// The share of documents that are encoded again.
    private let share: Double
    @exclusivity(unchecked) private var places: [String: Int] = [:]
    @exclusivity(unchecked) private(set) var sources: [SourceStatistics] = []
    @exclusivity(unchecked) private(set) var paragraphs: ParagraphTally
    @exclusivity(unchecked) private(set) var frequent = FrequentParagraphs()
    @exclusivity(unchecked) private var ids: [UInt32] = []
    @exclusivity(unchecked) private var regions: [(end: Int, kind: Int)] = []

    /// How often each id occurs in what was encoded by `add(_:Document)`.
    @exclusivity(unchecked) private(set) var histogram = TokenHistogram(size: 0)

    init(_ plan: SamplePlan, blockLength: Int, options: StatisticsOptions) {
        self.blockLength = blockLength
        self.options = options
        encoder = plan.tokenizer?.makeEncoder()
        specials = plan.specials
        tokenBytes = plan.tokenBytes
        share = plan.documentShare
        isOfParts = true
        paragraphs = ParagraphTally(most: options.paragraphs)
    }

    /// For documents that are all encoded.
    init(_ tokenizer: Tokenizer, blockLength: Int, options: StatisticsOptions) {
        self.blockLength = blockLength
        self.options = options
        encoder = tokenizer.makeEncoder()
        specials = .ordinary
        tokenBytes = SamplePlan.tokenBytes(tokenizer)
        share = 1
        isOfParts = false
        paragraphs = ParagraphTally(most: options.paragraphs)
        histogram = TokenHistogram(size: tokenizer.vocabularySize)
    }

    /// Ends a part of `documents/`.
    func endPart() { frequent.endPart() }

    /// Encodes and counts a document.
    func add(_ document: Document) throws {
        let source = place(of: document.source)
        setRegions(document.spans.map { ($0.start, KindStatistics.place(of: $0.kind)) }, document.text.count)
        try document.text.withUnsafeBytes { text in
            ids.removeAll(keepingCapacity: true)
            try encoder?.encode(text, specials: specials, into: &ids)
            sources[source].add(textBytes: text.count, tokens: ids.count)
            ids.withUnsafeBufferPointer { histogram.add($0) }
            count(text, source, row: 0)
            try countKinds(text, source)
        }
    }

    /// Counts a record.
    func add(_ element: JSONElement, _ record: DocumentRecord, row: Int) throws {
        guard let text = element["text"]?.utf8 else { return }
        let source = place(of: record.source)
        readRegions(element, text.count)
        sources[source].add(textBytes: record.textBytes, tokens: record.tokens)
        count(text, source, row: row)
        guard let encoder else { return }
        if StatisticsOptions.chooses(XXHash3.hash64(record.id, seed: options.seed), share: share) {
            ids.removeAll(keepingCapacity: true)
            try encoder.encode(text, specials: specials, into: &ids)
            try countKinds(text, source)
        }
    }

    /// Counts what needs no tokens.
    private func count(_ text: UnsafeRawBufferPointer, _ source: Int, row: Int) {
        if isOfParts {
            paragraphs.add(text, row: row) { self.frequent.add($0) }
        } else {
            paragraphs.add(text, row: row)
        }
        var start = 0
        var words = 0
        for region in regions {
            let count = WordCount.count(text, start..<region.end)
            sources[source].allKinds[region.kind].bytes += region.end - start
            sources[source].allKinds[region.kind].words += count
            words += count
            start = region.end
        }
        sources[source].words += words
    }

    private func place(of name: String) -> Int {
        if let place = places[name] { return place }
        places[name] = sources.count
        sources.append(SourceStatistics(name: name, blockLength: blockLength))
        return sources.count - 1
    }

    /// Cuts the text at the beginnings of its spans.
    private func readRegions(_ element: JSONElement, _ count: Int) {
        var spans: [(start: Int, kind: Int)] = []
        element["spans"]?.forEachItem { span in
            var kind = KindStatistics.unnamed
            var start = 0
            var index = 0
            span.forEachItem { item in
                if index == 0, let name = item.utf8 { kind = DocumentTally.kind(name) }
                if index == 1 { start = item.int ?? 0 }
                index += 1
            }
            spans.append((start, kind))
        }
        setRegions(spans, count)
    }

    /// What stands between two spans goes with the first of them, what stands before the first one with that.
    private func setRegions(_ spans: [(start: Int, kind: Int)], _ count: Int) {
        regions.removeAll(keepingCapacity: true)
        for (start, kind) in spans {
            let least = regions.count > 1 ? regions[regions.count - 2].end : 0
            if !regions.isEmpty { regions[regions.count - 1].end = min(count, max(start, least)) }
            regions.append((count, kind))
        }
        if regions.isEmpty { regions.append((count, KindStatistics.unnamed)) }
    }

    private static let kindNames = KindStatistics.names.map { Array($0.utf8) }

    private static func kind(_ name: UnsafeRawBufferPointer) -> Int {
        for (index, known) in kindNames.enumerated() where known.count == name.count {
            let isEqual = known.withUnsafeBytes { memcmp($0.baseAddress!, name.baseAddress!, name.count) == 0 }
            if isEqual { return index }
        }
        return KindStatistics.unnamed
    }

    /// Gives each token of `ids`, those of the text, to the kind that its first byte stands in.
    private func countKinds(_ text: UnsafeRawBufferPointer, _ source: Int) throws {
        guard let encoder else { return }
        var length = 0
        for id in ids { length += Int(tokenBytes[Int(id)]) }
        sources[source].sampleDocuments += 1
        var start = 0
        var token = 0
        var offset = 0
        for region in regions {
            var tokens = 0
            if length == text.count {
                while token < ids.count, offset < region.end {
                    offset += Int(tokenBytes[Int(ids[token])])
                    token += 1
                    tokens += 1
                }
            } else {
                // A tokenizer that changes the text (normalises, adds spaces): where a token stands is not known, so each stretch is
                // encoded by itself.
                ids.removeAll(keepingCapacity: true)
                try encoder.encode(
                    UnsafeRawBufferPointer(rebasing: text[start..<region.end]), specials: specials, into: &ids)
                tokens = ids.count
            }
            sources[source].allKinds[region.kind].sampleTokens += tokens
            sources[source].allKinds[region.kind].sampleBytes += region.end - start
            sources[source].allKinds[region.kind].sampleWords += WordCount.count(text, start..<region.end)
            start = region.end
        }
    }
}
