import CXML2
import Documents

/// The state of reading one main document: what the parser's events change.
///
/// It lives behind one pointer that the C handlers get, so that an event costs no reference counting and no exclusivity check.
struct WordHandler {
    /// Where paragraphs go.
    enum Sink { case body, cell, box }

    /// What becomes of character data.
    enum TextMode: UInt8 { case ignored, text, deleted, instruction, dropped }

    struct Paragraph {
        var text: [UInt8] = []
        var role = ParagraphRole.prose
        var outlineLevel = -1
        /// Its list: 0 for none, -1 for that of its style.
        var list = -1
        var listLevel = -1
        /// The list and level of its style.
        var styleList = 0
        var styleLevel = 0
        /// The label that Word 2003 writes beside the list.
        var literalLabel: [UInt8]?
        var isFramed = false
        /// Whether the paragraph mark itself is a tracked insertion or deletion that goes, so that the next paragraph continues this one.
        var isJoined = false
        /// End of the first formula, where the paragraph began with one; 0 otherwise.
        var formulaEnd = 0
        /// End of the last formula.
        var lastFormulaEnd = 0
        /// Whether its formulas stand on lines of their own.
        var isDisplayed = false
        var isOpen = false
    }

    struct Box {
        var host: Paragraph
        var sink: Sink
        /// The formula that the box interrupted.
        var formulas: Int
        var formula: FormulaTree
        /// The blocks of boxes before this one that wait for the end of the host.
        var waiting: [BlockWriter.Block]
        var blocks: [BlockWriter.Block] = []
    }

    static let deepest = 512

    let names: WordNames
    let styles: WordStyleSheet
    var styleCache = ParagraphStyleCache()
    var counters: WordCounters
    let keepsInserted: Bool
    let keepsDeleted: Bool
    /// Whether a tracked change was met.
    var hasRevisions = false
    /// The name of the part to read in a flat package, in lower case; nil where the whole text is the part.
    let partName: String?

    /// Kept beside `failure` because every event asks.
    private(set) var hasFailed = false
    var failure: ReadFailure? { didSet { hasFailed = failure != nil } }
    var depth = 0
    let stack: UnsafeMutablePointer<WordElement>
    /// Depth of the element whose content goes, 0 where nothing is being dropped.
    var dropDepth = 0
    var dropRule = WordRule.fallback
    /// Depth of the flat package's part being read; with `isActive` false, nothing is read.
    var isActive: Bool
    var partDepth = 0
    var textMode = TextMode.ignored
    var swallowedAppend: Int

    var paragraph = Paragraph()
    var sink = Sink.body
    var fields: [Field] = []
    var instructions = 0
    var choices: [Bool] = []
    var tables: [WordTable] = []
    var sinksOfTables: [Sink] = []
    /// Tables whose memory the next ones use.
    var spareTables: [WordTable] = []
    var tableWriter = TableWriter()
    let tableForm: ReadOptions.Tables
    var boxes: [Box] = []
    /// Blocks that waited when a note began inside the text.
    var waitingOutside: [[BlockWriter.Block]] = []
    /// Blocks of text boxes that follow the paragraph being read.
    var waiting: [BlockWriter.Block] = []
    /// The kind of notes that this part holds; nil for the main document.
    let notesPart: WordNotes.Kind?
    let keepsComments: Bool
    var notes: WordNotes
    var noteIdentifier = 0
    var noteAuthor = ""
    var noteCount = 0
    var inlineNotes = 0
    /// Notes whose marks stand in text that has not been written yet.
    var pendingNotes: [(WordNotes.Kind, Int)] = []
    /// How deep the list item before stands; -1 where there is none.
    var listDepth = -1
    /// What the font of the run makes of private-use characters.
    var runFont = SymbolFonts.Font.text
    var formulas = 0
    var formula = FormulaTree()
    var writer = BlockWriter()
    var counts = WordCounts()
    var hasHeading = false
    var coverIdentity: [String] = []
    var coverTitle: [String] = []
    var titles: [String] = []

    init(
        names: WordNames, styles: WordStyleSheet, numbering: WordNumbering, notes: WordNotes,
        notesPart: WordNotes.Kind?,
        options: ReadOptions, partName: String?
    ) {
        counters = WordCounters(numbering)
        self.notes = notes
        self.notesPart = notesPart
        keepsComments = options.comments
        self.names = names
        self.styles = styles
        tableForm = options.tables
        keepsInserted = options.revisions != .reject
        keepsDeleted = options.revisions == .reject
        self.partName = partName
        isActive = partName == nil
        swallowedAppend = options.swallowedAppend
        stack = .allocate(capacity: WordHandler.deepest + 2)
        stack.initialize(repeating: .other, count: WordHandler.deepest + 2)
        setDefaultStyle()
    }

    func deallocate() { stack.deallocate() }

    var parent: WordElement { stack[depth - 1] }

    mutating func drop(_ rule: WordRule, depth: Int) {
        dropDepth = depth
        dropRule = rule
    }

    mutating func start(_ element: WordElement, _ attributes: WordAttributes) {
        depth &+= 1
        if depth > WordHandler.deepest { return failTooDeep() }
        stack[depth] = element
        if element == .other { return }
        if !isActive {
            if element == .packagePart { startPart(attributes) }
            return
        }
        if dropDepth != 0 {
            if element.holdsText { textMode = .dropped }
            return
        }
        switch element {
        case .text, .formulaText: textMode = .text
        case .deletedText: textMode = .deleted
        case .instruction, .deletedInstruction: textMode = .instruction
        case .paragraph: startParagraph()
        case .tab, .lineBreak, .carriageReturn, .positionedTab, .noBreakHyphen, .symbol:
            startCharacter(element, attributes)
        case .run: runFont = .text
        case .runFonts: setFont(attributes)
        case .fieldCharacter: fieldCharacter(attributes)
        case .paragraphStyle, .outlineLevel, .numberingLevel, .numberingIdentifier, .frame:
            startProperty(element, attributes)
        case .inserted, .deleted, .movedFrom, .movedTo, .insertedCell, .deletedCell: startRevision(element)
        case .table, .row, .cell, .gridSpan, .verticalMerge, .gridBefore, .gridAfter, .headerRow:
            startTablePart(element, attributes)
        case .formerProperties: drop(.formerProperties, depth: depth)
        case .textBox: startBox()
        case .note: startNote(attributes)
        case .annotation: annotation(attributes)
        case .listText:
            if parent == .numbering { paragraph.literalLabel = attributes.value(names.val).map { Array($0) } }
        case .footnoteReference: reference(.footnote, attributes)
        case .endnoteReference: reference(.endnote, attributes)
        case .commentReference: reference(.comment, attributes)
        case .embeddedObject: embeddedObject(attributes)
        case .alternateContent: choices.append(false)
        case .choice, .fallback: startBranch()
        default: if element.rawValue >= WordElement.formula.rawValue { startMathematics(element, attributes) }
        }
    }

    mutating func end() {
        let element = stack[depth]
        depth &-= 1
        if element == .other || !isActive { return }
        if dropDepth != 0 {
            if depth &+ 1 != dropDepth {
                if element.holdsText { textMode = .ignored }
                return
            }
            dropDepth = 0
        }
        switch element {
        case .text, .formulaText, .deletedText, .instruction, .deletedInstruction: textMode = .ignored
        case .paragraph: endParagraph()
        case .table: endTable()
        case .row: if !tables.isEmpty { tables[tables.count - 1].endRow() }
        case .cell: endCell()
        case .textBox: endBox()
        case .note: endNote()
        case .alternateContent: choices.removeLast()
        case .body: finish()
        case .packagePart:
            finish()
            isActive = false
        default:
            if element.rawValue >= WordElement.formula.rawValue { endMathematics(element) }
        }
    }

    /// Ends whatever is still open: the document is over.
    mutating func finish() {
        finishParagraph()
        writer.flushCode(&counts)
        writePendingNotes()
    }

    private mutating func failTooDeep() {
        depth = WordHandler.deepest + 1
        if failure == nil {
            failure = .bound(
                path: "", what: "nested elements", limit: WordHandler.deepest,
                advice: "the document is damaged or an attack")
        }
    }

    private mutating func startPart(_ attributes: WordAttributes) {
        guard let partName, let value = attributes.value(names.name) else { return }
        if ArchiveListing.folded(String(decoding: value, as: UTF8.self)) == partName {
            isActive = true
            partDepth = depth
        }
    }

    private mutating func startBranch() {
        guard parent == .alternateContent, let last = choices.indices.last else { return }
        if choices[last] { drop(.fallback, depth: depth) }
        choices[last] = true
    }
}
