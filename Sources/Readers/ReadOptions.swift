/// How documents are read. Everything here may change the text, so `digestText` is part of the name of what was read.
public struct ReadOptions: Sendable, Equatable {
    /// What becomes of tracked changes.
    public enum Revisions: String, Sendable, CaseIterable {
        /// Insertions stay, deletions go.
        case accept
        /// Deletions stay, insertions go.
        case reject
        /// Both: a document with tracked changes gives two, `metadata.revision` says `before` and `after`.
        case both
    }

    /// Whether legacy binary Word documents are converted with LibreOffice, where that is installed.
    public var convertsLegacy = false

    /// How tables are written.
    public enum Tables: String, Sendable, CaseIterable {
        /// Pipe tables; merged cells become a cell and empty ones.
        case markdown
        /// `<table>` with spans.
        case html
        /// A line a row, cells parted by tabs.
        case tsv
        /// A line a row, each value behind the header of its column.
        case keyvalue
        /// Markdown, and HTML where merged or nested cells would be lost.
        case auto
    }

    /// Options as those who set them know them: of a recipe, unless a command has its own.
    public struct OptionNames: Sendable, Equatable {
        /// Which field holds the text.
        public var text = "the recipe's `text`"
        /// How plain text is encoded.
        public var encoding = "`encoding`"
        /// What a document is in a file of plain text.
        public var records = "`records`"

        /// Those of a recipe.
        public init() {}
    }

    /// How tables of WordprocessingML are written.
    public var tables: Tables = .auto
    /// Whether comments are written, as notes behind the block they are on.
    public var comments = false
    /// What becomes of tracked changes in WordprocessingML.
    public var revisions: Revisions = .accept
    /// A longer text is divided into numbered parts, each at most this many bytes of UTF-8.
    public var maximumDocumentBytes = 16_000_000
    /// Which fields of JSON records and table rows are text, id, title and metadata.
    public var fields = RecordFields()
    /// The first field that holds text.
    public var textField: String {
        get { fields.text.first ?? "" }
        set { fields.text = [newValue] }
    }
    /// What a document is in a file of plain text.
    public var records = TextRecords.file
    /// The encoding of plain text, Markdown, CSV and JSON Lines, by a name that `iconv` knows; nil: found out for each file.
    public var encoding: String?
    /// Whether the first row of a CSV or TSV file names the columns.
    public var tableHeader = true
    /// No member of an archive and no compressed file is held in memory beyond this many bytes.
    public var maximumMemberBytes = 512 << 20
    /// One input file may expand to at most this many bytes over all its members.
    public var maximumExpandedBytes = 4 << 30
    /// Archives inside archives are opened down to this depth; the outermost is 1.
    public var maximumArchiveDepth = 4

    /// Counts changes of the readers that change what they write.
    static let readerVersion = 7

    /// What messages call the options that they advise to set. It changes no text.
    public var optionNames = OptionNames()

    /// A planted fault for tests: this append of character data, counted from 0, is swallowed without a word.
    var swallowedAppend = -1

    /// The program that turns a PDF into pdf2xml, and how long it may take for one file; a test sets others.
    var pdfConverter = "pdftohtml"
    var conversionSeconds = 600

    /// Whether pdf2xml pages in poppler's own form are read without the XML parser; a test compares both ways.
    var scansPages = true
    /// Whether XML as programs write it is read by the scanner; a test compares with the XML parser.
    var scansXML = true

    /// The usual options.
    public init() {}

    /// Whether an encoding of this name can be read.
    public static func knows(encoding name: String) -> Bool { TextEncoding(named: name) != nil }

    /// All options and the version of the readers as one canonical line.
    public var digestText: String {
        "readers=\(ReadOptions.readerVersion) revisions=\(revisions.rawValue) tables=\(tables.rawValue) comments=\(comments) convertsLegacy=\(convertsLegacy) "
            + "maximumDocumentBytes=\(maximumDocumentBytes) maximumMemberBytes=\(maximumMemberBytes) "
            + "maximumExpandedBytes=\(maximumExpandedBytes) maximumArchiveDepth=\(maximumArchiveDepth) "
            + "fields=(\(fields.digestText)) records=\(records.text.utf8.count):\(records.text) "
            + "encoding=\(encoding ?? "") tableHeader=\(tableHeader)"
    }
}
