import Files
import Packing

/// The tables that statistics of a corpus and of files have in common, as rows for the terminal and for a page.
struct StatisticsTables {
    let sources: [SourceStatistics]
    let total: SourceStatistics

    /// A number or a dash.
    static func ratio(_ value: Double?, _ decimals: Int = 2) -> String {
        value.map { NumberText.decimal($0, decimals) } ?? "–"
    }

    static func share(_ part: Int, _ whole: Int) -> String {
        whole == 0 ? "–" : NumberText.percent(Double(part) / Double(whole))
    }

    /// A text on one line, with what cannot be seen written out, at most so many characters.
    static func quoted(_ text: String, _ most: Int) -> String {
        let escaped = TerminalText.sanitized(JSONValue.string(String(text.prefix(most))).text())
        return text.count > most ? escaped.dropLast() + "…\"" : escaped
    }

    static func shortened(_ text: String, _ most: Int) -> String {
        text.count <= most ? text : text.prefix(most - 1) + "…"
    }

    /// What the table of kinds is counted in, in words.
    var kindsNote: String {
        if total.sampleDocuments == 0 {
            return "Bytes and words are counted in every document; tokens by kind are not known."
        }
        if total.sampleDocuments == total.documents {
            return "Tokens by kind are counted by encoding every document again."
        }
        let bytes = total.kinds.reduce(0) { $0 + $1.sampleBytes }
        return "Bytes and words are counted in every document, tokens by kind in a sample: "
            + "\(NumberText.count(total.sampleDocuments)) of \(NumberText.count(total.documents)) documents (\(NumberText.bytes(bytes)))."
    }

    /// Where the lengths lie, in words.
    var lengthsNote: String {
        let values = total.quantiles.values.map(NumberText.count)
        return "Half of the documents have at most \(values[5]) tokens, nine of ten at most \(values[7]), "
            + "99 of 100 at most \(values[9]); the longest has \(values[10]), the mean is "
            + "\(StatisticsTables.ratio(total.quantiles.mean, 0))."
    }

    static let kindHeader = ["kind of text", "text", "share", "words", "bytes per token", "tokens per word"]

    var kindRows: [[String]] {
        total.kinds.map { kind in
            [
                kind.kind.split(separator: "_").joined(separator: " "), NumberText.bytes(kind.bytes),
                StatisticsTables.share(kind.bytes, total.textBytes), NumberText.count(kind.words),
                StatisticsTables.ratio(kind.bytesPerToken), StatisticsTables.ratio(kind.tokensPerWord),
            ]
        }
    }

    static let packingHeader = [
        "block length", "blocks packed", "blocks truncated", "tokens lost", "share lost", "positions used",
    ]

    static func packingRows(_ packing: [PackVersusTruncate]) -> [[String]] {
        packing.map {
            [
                NumberText.count($0.length), NumberText.count($0.blocksPacked), NumberText.count($0.blocksTruncated),
                NumberText.count($0.tokensLost), NumberText.percent($0.shareLost), NumberText.percent($0.fillTruncated),
            ]
        }
    }

    /// How the vocabulary is used, in words.
    static func vocabularyNote(_ vocabulary: VocabularyUse) -> String {
        var text =
            "\(NumberText.count(vocabulary.used)) of \(NumberText.count(vocabulary.size)) ids used "
            + "(\(NumberText.percent(vocabulary.coverage))), \(NumberText.count(vocabulary.unused)) unused; "
            + "\(NumberText.decimal(vocabulary.entropy, 2)) bits a token by frequency alone"
        if let share = vocabulary.byteShare {
            text += "; \(NumberText.decimal(share * 100, 2))% of the tokens are single bytes of a character"
        }
        if vocabulary.outside > 0 {
            text += "; \(NumberText.count(vocabulary.outside)) tokens are outside the vocabulary"
        }
        return text + "."
    }

    /// What is repeated, in words.
    static func paragraphsNote(_ paragraphs: RepeatedParagraphs) -> String {
        let counted =
            "\(NumberText.count(paragraphs.paragraphs)) paragraphs of \(ParagraphTally.leastBytes) bytes or more"
        let share = "\(NumberText.percent(paragraphs.repeatedShare)) of their bytes repeat an earlier one"
        if paragraphs.sampledOneIn == 1 {
            return "\(counted), \(NumberText.count(paragraphs.distinct)) different; \(share)."
        }
        return
            "\(counted); \(share). Of the different ones, one in \(NumberText.count(paragraphs.sampledOneIn)) is looked at, chosen by "
            + "its hash and counted wherever it stands: others come into the list by how often they stand in a part of the documents (≥)."
    }

    // For the terminal.

    static let sourceHeader = ["source", "documents", "text", "tokens", "share", "bytes per token", "tokens per word"]

    var sourceRows: [[String]] {
        (sources + (sources.count == 1 ? [] : [total])).map { source in
            [
                TerminalText.sanitized(source.name), NumberText.count(source.documents),
                NumberText.bytes(source.textBytes), NumberText.count(source.tokens),
                StatisticsTables.share(source.tokens, total.tokens), StatisticsTables.ratio(source.bytesPerToken),
                StatisticsTables.ratio(source.tokensPerWord),
            ]
        }
    }

    var sourceText: String {
        StatisticsTables.table(
            ["source", "documents", "text", "tokens", "share", "B/token", "tok/word"],
            sourceRows.map { [StatisticsTables.shortened($0[0], 20)] + $0.dropFirst() })
    }

    var lengthText: String {
        var table = TextTable([("tokens in a document", .left), ("documents", .right), ("tokens", .right), ("", .left)])
        let buckets = total.lengths.buckets
        let most = buckets.map(\.documents).max() ?? 1
        for bucket in buckets {
            table.add([
                bucket.label, NumberText.count(bucket.documents), NumberText.count(bucket.tokens),
                String(repeating: "█", count: (bucket.documents * 24 + most - 1) / max(most, 1)),
            ])
        }
        return table.text + StatisticsTables.wrapped(lengthsNote)
    }

    var kindText: String {
        StatisticsTables.table(["kind of text", "text", "share", "words", "B/token", "tok/word"], kindRows)
            + StatisticsTables.wrapped(kindsNote)
    }

    static func packingText(_ packing: [PackVersusTruncate]) -> String {
        table(["block of", "packed", "truncated", "tokens lost", "share lost", "positions used"], packingRows(packing))
            + wrapped(
                "Packed: all documents end to end, without separators, every token kept. Truncated: a block for each document, the rest lost."
            )
    }

    static func vocabularyText(_ vocabulary: VocabularyUse) -> String {
        var out = wrapped("Vocabulary: " + vocabularyNote(vocabulary))
        func list(_ name: String, _ tokens: [VocabularyUse.Token]) {
            if tokens.isEmpty { return }
            out += wrapped(["\(name):"] + tokens.map { token($0.text) })
        }
        list("Most frequent", vocabulary.mostFrequent)
        list("Longest", vocabulary.longest)
        list("Unused, the first", vocabulary.unusedExamples)
        return out
    }

    /// How often a paragraph stands in the documents, or at least does.
    static func times(_ paragraph: RepeatedParagraphs.Paragraph) -> String {
        (paragraph.isExact ? "" : "≥ ") + NumberText.count(paragraph.count)
    }

    static func paragraphsText(_ paragraphs: RepeatedParagraphs, most: Int = 5) -> String {
        var out = wrapped("Repeated: " + paragraphsNote(paragraphs))
        if paragraphs.top.isEmpty { return out }
        out += table(
            ["times", "bytes", "paragraph"],
            paragraphs.top.prefix(most).map {
                [times($0), NumberText.count($0.bytes), quoted($0.text, 52)]
            }, textColumns: [2])
        return out
    }

    static func table(_ header: [String], _ rows: [[String]], textColumns: Set<Int> = [0]) -> String {
        var table = TextTable(header.enumerated().map { ($1, textColumns.contains($0) ? .left : .right) })
        for row in rows { table.add(row) }
        return table.text
    }

    /// A token, quoted; a run of one character as that and how often.
    static func token(_ text: String) -> String {
        if let first = text.first, text.count > 3, text.allSatisfy({ $0 == first }) {
            return quoted(String(first), 1) + " × \(text.count)"
        }
        return quoted(text, 24)
    }

    /// Lines of at most 80 columns where words allow it.
    static func wrapped(_ text: String) -> String { wrapped(text.split(separator: " ").map(String.init)) }

    /// The same of pieces that are not broken.
    static func wrapped(_ pieces: [String]) -> String {
        var out = ""
        var line = ""
        for piece in pieces {
            if !line.isEmpty, TextTable.width(line) + 1 + TextTable.width(piece) > 80 {
                out += line + "\n"
                line = ""
            }
            line += line.isEmpty ? piece : " " + piece
        }
        return out + line + "\n"
    }
}
