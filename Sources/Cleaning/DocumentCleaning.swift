public import Documents

/// What happens to a document between reading and measuring, in this order: characters are repaired, boilerplate goes, and where
/// asked for the document becomes one record a clause. What a clause of abbreviations lists goes into `metadata.other["abbreviations"]`.
public struct DocumentCleaning: Sendable, Equatable {
    /// The rules of boilerplate.
    public var boilerplate: BoilerplateRules
    /// What a record is.
    public var granularity: Granularity

    /// A cleaning.
    public init(boilerplate: BoilerplateRules = .none, granularity: Granularity = .document) {
        self.boilerplate = boilerplate
        self.granularity = granularity
    }

    /// Everything that decides, as one line.
    public var digestText: String { "granularity=\(granularity.rawValue) \(boilerplate.digestText)" }

    /// Cleans a document and hands its records over, in the order of the text.
    public func clean(_ document: Document, _ emit: (Document) throws -> Void) rethrows {
        var document = document
        UnicodeRepair.repair(&document)
        boilerplate.remove(from: &document)
        if granularity == .document { return try DocumentCleaning.finish(&document, emit) }
        for var record in document.clauses() { try DocumentCleaning.finish(&record, emit) }
    }

    private static func finish(_ record: inout Document, _ emit: (Document) throws -> Void) rethrows {
        if hasHeadingOfAbbreviations(record) {
            let table = AbbreviationTable(record)
            if !table.pairs.isEmpty { record.metadata.other["abbreviations"] = table.json }
        }
        try emit(record)
    }

    /// Whether a heading holds one of the words that a clause of abbreviations is known by. Nearly every document is passed over so, without
    /// an outline of its headings being made.
    private static func hasHeadingOfAbbreviations(_ record: Document) -> Bool {
        record.text.withUnsafeBytes { text in
            record.spans.contains { span in
                span.kind == .heading
                    && (span.start..<min(span.end, text.count)).contains { begins(text, at: $0, span.end) }
            }
        }
    }

    private static func begins(_ text: UnsafeRawBufferPointer, at index: Int, _ end: Int) -> Bool {
        func holds(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            if index + count > min(end, text.count) { return false }
            for offset in 0..<count where text[index + offset] | 0x20 != word.utf8Start[offset] { return false }
            return true
        }
        return text[index] | 0x20 == UInt8(ascii: "a") && (holds("abbreviation") || holds("acronym"))
    }
}

/// What a record is.
public enum Granularity: String, Sendable, CaseIterable {
    /// A document, whole.
    case document
    /// A clause: a heading and its own text.
    case clause
}
