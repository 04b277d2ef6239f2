public import Documents

/// What happens to a document between reading and measuring, in this order: characters are repaired, boilerplate goes, where asked for
/// the document becomes one record a clause, and personal data is counted or replaced. Where asked for, what a clause of abbreviations
/// lists goes into `metadata.other["abbreviations"]`.
public struct DocumentCleaning: Sendable, Equatable {
    /// The rules of boilerplate.
    public var boilerplate: BoilerplateRules
    /// What a record is.
    public var granularity: Granularity
    /// What becomes of personal data.
    public var personalData: PersonalDataOptions
    /// What is repaired of a text's characters.
    public var unicode: UnicodeRepairOptions
    /// Classes that the caller asks `TextClassifier` about for every record; part of `digestText` alone.
    public var textClasses: [TextClassOptions]
    /// Whether the caller asks `LanguageMeasure` about every record; part of `digestText` alone.
    public var measuresLanguage: Bool
    /// Whether abbreviations are listed; not part of `digestText`, since every build lists them.
    public var listsAbbreviations: Bool

    /// A cleaning.
    public init(
        boilerplate: BoilerplateRules = .none, granularity: Granularity = .document,
        personalData: PersonalDataOptions = PersonalDataOptions(), measuresLanguage: Bool = false,
        unicode: UnicodeRepairOptions = UnicodeRepairOptions(), textClasses: [TextClassOptions] = [],
        listsAbbreviations: Bool = true
    ) {
        self.boilerplate = boilerplate
        self.granularity = granularity
        self.personalData = personalData
        self.measuresLanguage = measuresLanguage
        self.unicode = unicode
        self.textClasses = textClasses
        self.listsAbbreviations = listsAbbreviations
    }

    /// Everything that decides, as one line.
    public var digestText: String {
        "granularity=\(granularity.rawValue) \(boilerplate.digestText)"
            + (personalData.isOff ? "" : " " + personalData.digestText)
            + (measuresLanguage ? " language=cld2" : "") + " " + unicode.digestText
            + textClasses.map { " class=" + $0.scoreDigestText }.joined()
    }

    /// Cleans a document and hands its records over, in the order of the text.
    public func clean(_ document: Document, _ emit: (Document) throws -> Void) rethrows {
        var document = document
        UnicodeRepair.repair(&document, unicode)
        boilerplate.remove(from: &document)
        if granularity == .document { return try finish(&document, emit) }
        for var record in document.clauses() { try finish(&record, emit) }
    }

    private func finish(_ record: inout Document, _ emit: (Document) throws -> Void) rethrows {
        PersonalData.treat(&record, personalData)
        if listsAbbreviations {
            let table = AbbreviationTable(record)
            if !table.pairs.isEmpty { record.metadata.other["abbreviations"] = table.json }
        }
        try emit(record)
    }
}

/// What a record is.
public enum Granularity: String, Sendable, CaseIterable {
    /// A document, whole.
    case document
    /// A clause: a heading and its own text.
    case clause
}
