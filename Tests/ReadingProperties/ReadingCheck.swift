import Cleaning
import Documents
import Files
import Glibc
import TestSupport

@testable import Readers

/// What every reader promises for any bytes at all, checked on one input.
///
/// Each document is valid UTF-8, its spans stand in order inside the text, its ledger closes over the text; an error is one line;
/// reading from memory gives what reading the file gives; parts of a long document put together, and parts of a file read one by
/// one, give the whole; cleaned and cut into clauses, it is all of this still.
public struct ReadingCheck {
    private let reader: FuzzedReader
    private let folder = TemporaryFolder()
    private var path: String { folder("input") }

    /// What reading gave.
    private struct Outcome: Equatable {
        var documents: [Document] = []
        var rejections: [Rejection] = []
        var failure: String?
        var text: [UInt8] { documents.reduce(into: []) { $0 += $1.text } }
    }

    private let swallowedAppend: Int

    /// A check of one reader, with a temporary file of its own. `swallowedAppend` plants a loss, see `ReadOptions`.
    public init(_ reader: FuzzedReader, swallowedAppend: Int = -1) {
        self.reader = reader
        self.swallowedAppend = swallowedAppend
    }

    /// The first promise that does not hold, in one line; nil where all do.
    public func violation(_ input: [UInt8]) -> String? {
        let bytes = reader.file(input)
        folder.write(bytes, to: "input")
        var options = reader.options
        options[0].swallowedAppend = swallowedAppend
        let usual = read(options[0])
        if let found = fault(usual) ?? faultOfCleaning(usual) { return found }
        if let found = difference(usual, readMemory(bytes, options[0])) { return "from memory: " + found }
        if options.count > 1 {
            let other = read(options[1 + bytes.count % (options.count - 1)])
            if let found = fault(other) { return "other options: " + found }
        }
        if let slow = reader.slowOptions, let found = difference(usual, read(slow)) { return "the slow way: " + found }
        return faultOfDivision(usual, options[0]) ?? faultOfCuts(options, bytes.count)
    }

    /// The documents of an input as one text; what a test of a finding compares.
    public func text(_ input: [UInt8]) -> String {
        folder.write(reader.file(input), to: "input")
        return String(decoding: read(reader.options[0]).text, as: UTF8.self)
    }

    // MARK: Reading

    private func input(_ range: Range<Int>? = nil) -> InputFile {
        InputFile(path: path, relativePath: reader.fileName, source: "fuzz", range: range)
    }

    private func collect(
        _ read: ((Document) throws -> Void, (Rejection) throws -> Void) throws -> Void
    ) -> Outcome {
        var outcome = Outcome()
        do {
            try read({ outcome.documents.append($0) }, { outcome.rejections.append($0) })
        } catch {
            outcome.failure = "\(error)"
            if !(error is ReadFailure || error is FileFailure) {
                outcome.failure = "an error of another kind:\n\(error)"
            }
        }
        return outcome
    }

    private func read(_ options: ReadOptions, _ range: Range<Int>? = nil) -> Outcome {
        var reader = DocumentReader(options: options)
        return collect { emit, reject in try reader.read(input(range), emit: emit, reject: reject) }
    }

    private func readMemory(_ bytes: [UInt8], _ options: ReadOptions) -> Outcome {
        var reader = DocumentReader(options: options)
        reader.expansion = options.maximumExpandedBytes
        let context = ReadContext(input: input(), options: options, place: "")
        return collect { emit, reject in try reader.read(member: bytes, context, emit: emit, reject: reject) }
    }

    // MARK: Promises

    private func fault(_ outcome: Outcome) -> String? {
        for document in outcome.documents {
            if let found = fault(document, mayOweSource: document.metadata.part != nil) { return found }
        }
        for line in outcome.rejections.map(\.value) + [outcome.failure ?? ""] {
            if line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) || line.utf8.count > 6100 {
                return "a message of \(line.utf8.count) bytes is not one short line: \(line.debugDescription)"
            }
        }
        return nil
    }

    /// `mayOweSource`: whether it is the first part of something longer, which carries the rules of the whole, so that its own source may be
    /// below zero.
    private func fault(_ document: Document, mayOweSource: Bool) -> String? {
        if String(validating: document.text, as: UTF8.self) == nil { return "the text is not UTF-8" }
        var last = 0
        for span in document.spans {
            if span.start < last || span.end <= span.start || span.end > document.text.count {
                return "the span \(span) is out of order in \(document.text.count) bytes"
            }
            for edge in [span.start, span.end] where edge < document.text.count {
                if document.text[edge] & 0xC0 == 0x80 { return "the span \(span) cuts a character" }
            }
            last = span.end
        }
        if document.ledgerGap != 0 {
            return "the ledger is open: \(document.ledger.imbalance) of \(document.ledger), "
                + "text of \(unicodeScalarCount(document.text)): "
                + String(decoding: document.text.prefix(300), as: UTF8.self).debugDescription
        }
        let counts =
            [document.ledger.written] + Array(document.ledger.added.values) + Array(document.ledger.removed.values)
        let isNegative = counts.contains { $0 < 0 } || !mayOweSource && document.ledger.source < 0
        return isNegative ? "a count of the ledger is negative: \(document.ledger)" : nil
    }

    /// Repaired, without boilerplate, in clauses: still documents, and nothing lost that no rule names.
    private func faultOfCleaning(_ outcome: Outcome) -> String? {
        let cleaning = DocumentCleaning(boilerplate: ReadingCheck.boilerplate, granularity: .clause)
        for document in outcome.documents where document.metadata.part == nil {
            var sums = (source: 0, written: 0, scalars: 0)
            var found: String?
            var isFirst = true
            cleaning.clean(document) { record in
                // The first clause carries the rules of the whole.
                found = found ?? fault(record, mayOweSource: isFirst)
                isFirst = false
                sums.source += record.ledger.source
                sums.written += record.ledger.written
                sums.scalars += unicodeScalarCount(record.text)
            }
            if let found { return "cleaned: " + found }
            if sums.source != document.ledger.source || sums.written != sums.scalars {
                return "cleaned: \(sums) of \(document.ledger)"
            }
        }
        return nil
    }

    /// Rules of every kind that short inputs meet.
    private static let boilerplate = BoilerplateRules([
        BoilerplateRuleSet(
            name: "fuzz", version: 1, publishers: [],
            rules: [
                BoilerplateRule(
                    name: "letters", patterns: [(.section, TextPattern("a*")), (.paragraph, TextPattern("b*"))]),
                BoilerplateRule(
                    name: "numbers", patterns: [(.heading, TextPattern("# *")), (.paragraph, TextPattern("#"))]),
                BoilerplateRule(name: "ends", patterns: [(.front, TextPattern("*c*")), (.tail, TextPattern("*d*"))]),
                BoilerplateRule(name: "clauses", patterns: [(.clause, TextPattern("*e*"))], place: .end),
            ])
    ])

    private func difference(_ one: Outcome, _ other: Outcome) -> String? {
        if one.documents.count != other.documents.count {
            return
                "\(one.documents.count) documents and \(other.documents.count) (\(one.failure ?? ""), \(other.failure ?? ""))"
        }
        for (first, second) in zip(one.documents, other.documents) where first != second {
            let place = zip(first.text, second.text).prefix { $0 == $1 }.count
            func around(_ text: [UInt8]) -> String {
                String(decoding: text[max(0, place - 20)..<min(text.count, place + 60)], as: UTF8.self).debugDescription
            }
            if first.text != second.text {
                return "the texts differ at \(place): \(around(first.text)), \(around(second.text))"
            }
            return "spans, ledger or metadata differ: \(first.spans) \(first.ledger) \(first.metadata), "
                + "\(second.spans) \(second.ledger) \(second.metadata)"
        }
        if one.rejections != other.rejections { return "rejections: \(one.rejections) and \(other.rejections)" }
        return (one.failure == nil) == (other.failure == nil)
            ? nil : "errors: \(one.failure ?? "none") and \(other.failure ?? "none")"
    }

    /// A document in parts is the whole document.
    private func faultOfDivision(_ whole: Outcome, _ options: ReadOptions) -> String? {
        var options = options
        options.maximumDocumentBytes = 64
        let parts = read(options)
        if let found = fault(parts) { return "in parts: " + found }
        // What is rejected as a whole may be read in part.
        if [parts, whole].allSatisfy({ $0.failure == nil && $0.rejections.isEmpty }), parts.text != whole.text {
            return difference(
                Outcome(documents: [joined(whole)]), Outcome(documents: [joined(parts)])
            ).map { "in parts: " + $0 }
        }
        return nil
    }

    private func joined(_ outcome: Outcome) -> Document { Document(id: "", source: "", text: outcome.text) }

    /// A file in parts is the whole file.
    private func faultOfCuts(_ options: [ReadOptions], _ count: Int) -> String? {
        guard [.text, .markdown, .jsonl, .csv].contains(reader) else { return nil }
        var chosen = options[count % options.count]
        if count / options.count % 2 == 1 { chosen.maximumDocumentBytes = 64 }
        let step = max(1, count / 5)
        guard let ranges = try? RecordRanges.cut(input(), options: chosen, meanBytes: step) else { return nil }
        let whole = read(chosen)
        if let found = fault(whole) { return "\(chosen.records.text): " + found }
        var parts = Outcome(rejections: whole.rejections)
        for range in ranges { parts.documents += read(chosen, range).documents }
        if whole.failure != nil || parts.documents == whole.documents { return nil }
        return difference(whole, parts).map { "cut at \(ranges.map(\.lowerBound)), \(chosen.records.text): " + $0 }
    }
}
