public import Documents
public import Files
public import Packing
public import Tokenization

/// The figures of files, encoded with a tokenizer: what a corpus of them would hold if nothing were taken out.
public struct InputStatistics: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 1

    /// The inputs.
    public let name: String
    /// Each input, in the order given.
    public let sources: [SourceStatistics]
    /// All documents.
    public let total: SourceStatistics
    /// The ids that the documents use.
    public let vocabulary: VocabularyUse
    /// What truncation would lose at several lengths of blocks.
    public let packing: [PackVersusTruncate]
    /// Paragraphs that come again, without their texts.
    public let paragraphs: RepeatedParagraphs
    /// What the documents were encoded with.
    let tokenizer: Tokenizer

    /// What one worker counts.
    public final class Tally {
        fileprivate let tally: DocumentTally

        /// Nothing counted yet; `length` is that of the blocks.
        public init(_ tokenizer: Tokenizer, length: Int) {
            tally = DocumentTally(tokenizer, blockLength: length, options: StatisticsOptions())
        }

        /// Encodes and counts a document. Special tokens in it are taken for text.
        public func add(_ document: Document) throws { try tally.add(document) }
    }

    /// What the tallies of all workers have counted. `inputs` are the names of the sources, in order.
    public init(_ tallies: [Tally], inputs: [String], tokenizer: Tokenizer, length: Int) {
        name = inputs.joined(separator: ", ")
        self.tokenizer = tokenizer
        var merged: [String: SourceStatistics] = [:]
        var paragraphs = ParagraphTally(most: StatisticsOptions().paragraphs)
        var histogram = TokenHistogram(size: tokenizer.vocabularySize)
        for tally in tallies.map(\.tally) {
            for source in tally.sources {
                merged[source.name, default: SourceStatistics(name: source.name, blockLength: length)].merge(source)
            }
            paragraphs.merge(tally.paragraphs)
            histogram.merge(tally.histogram)
        }
        let unnamed = merged.keys.filter { !inputs.contains($0) }.sorted(by: precedesInByteOrder)
        var sources: [SourceStatistics] = []
        for name in inputs + unnamed where !sources.contains(where: { $0.name == name }) {
            sources.append(merged[name] ?? SourceStatistics(name: name, blockLength: length))
        }
        var total = SourceStatistics(name: "total", blockLength: length)
        for source in sources { total.merge(source) }
        packing = Set(CorpusStatistics.comparedLengths + [length]).sorted().map {
            PackVersusTruncate(tokenCounts: total.lengthList.lazy.map { Int($0) }, length: $0)
        }
        for index in sources.indices { sources[index].finish() }
        total.finish()
        vocabulary = VocabularyUse(histogram, tokenizer: tokenizer)
        total.usedIDs = vocabulary.used
        self.sources = sources
        self.total = total
        self.paragraphs = RepeatedParagraphs(paragraphs, top: [])
    }

    private var tables: StatisticsTables { StatisticsTables(sources: sources, total: total) }

    /// Tables for the terminal, 80 columns.
    public var text: String {
        [
            tables.sourceText, tables.lengthText, tables.kindText, StatisticsTables.packingText(packing),
            StatisticsTables.vocabularyText(vocabulary), StatisticsTables.paragraphsText(paragraphs),
        ].joined(separator: "\n")
    }

    /// One JSON object; `schema` is raised when a member changes its meaning.
    public var json: JSONValue {
        .object([
            "schema": .integer(InputStatistics.schemaVersion), "inputs": .array(sources.map { .string($0.name) }),
            "tokenizer": .object([
                "digest": .string(tokenizer.digest), "vocabulary_size": .integer(tokenizer.vocabularySize),
            ]), "total": total.json, "sources": .array(sources.map(\.json)), "vocabulary": vocabulary.json,
            "packing": .array(packing.map(\.json)), "paragraphs": paragraphs.json,
        ])
    }

    /// One HTML file for people.
    public var html: String {
        let kinds = BarChart(
            title: "Text of each kind, by bytes",
            bars: total.kinds.map {
                BarChart.Bar(
                    label: $0.kind.split(separator: "_").joined(separator: " "), value: $0.bytes,
                    note: StatisticsTables.share($0.bytes, total.textBytes))
            })
        let lengths = BarChart(
            title: "Documents by their number of tokens",
            bars: total.lengths.buckets.map {
                BarChart.Bar(label: $0.label, value: $0.documents, note: NumberText.count($0.documents))
            })
        func note(_ text: String) -> String { "<p>\(HTMLText.escape(text))</p>\n" }
        return ReportPage.html(
            "Report on documents", name,
            [
                ("Inputs", HTMLText.table(StatisticsTables.sourceHeader, tables.sourceRows)),
                ("Kinds of text", kinds.html + HTMLText.table(StatisticsTables.kindHeader, tables.kindRows)),
                ("Length of documents", note(tables.lengthsNote) + lengths.html),
                (
                    "Packing against truncation",
                    HTMLText.table(StatisticsTables.packingHeader, StatisticsTables.packingRows(packing))
                ), ("Vocabulary", note(StatisticsTables.vocabularyNote(vocabulary))),
                ("What is repeated", note(StatisticsTables.paragraphsNote(paragraphs))),
            ],
            tiles: [
                ("documents", NumberText.count(total.documents)), ("tokens", NumberText.count(total.tokens)),
                ("text", NumberText.bytes(total.textBytes)),
                ("bytes per token", StatisticsTables.ratio(total.bytesPerToken)),
                ("tokens per word", StatisticsTables.ratio(total.tokensPerWord)),
            ])
    }
}
