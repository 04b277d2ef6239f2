import Documents
import Glibc

/// The state of reading one markup document: what the parser's events change.
///
/// It lives behind one pointer that the C handlers get, so that an event costs no reference counting and no exclusivity check.
struct MarkupHandler {
    struct Frame {
        var role: MarkupRole
        /// Where the buffer stood at the start, for scripts and references.
        var mark = 0
        var holdsLink = false
        var hasSymbolFont = false
        /// Whether the element opened something that its end must close: an item, a code line, a caption by class.
        var kind: TextSpan.Kind?
        var headingLevel = 0
        /// Whether it is a note inside a paragraph.
        var holdsNote = false
        /// Whether it is a paragraph: formulas inside are part of it.
        var isParagraph = false
    }

    struct List {
        var isNumbered: Bool
        var next: Int
    }

    /// Deeper elements end the reading of the file.
    static let deepest = 4096

    let vocabulary: MarkupVocabulary
    let name: String
    var failure: ReadFailure?
    var writer = MarkupWriter()
    var counts = MarkupCounts()
    var title: String?
    var pageTitle: [UInt8] = []
    var language: String?

    var frames: [Frame] = []
    /// Depth of frames at which content is dropped, 0 where nothing is.
    var dropDepth = 0
    var dropRule = MarkupRule.frontMatter
    var buffer: [UInt8] = []
    var hasSpace = false
    var hasPrintedLineEnd = false
    /// An element that is a word of its own has just ended: another one that follows at once needs a space.
    var endedWord = false
    /// Whether the element that begins is a paragraph, a heading or an item, which Word gives classes.
    var isParagraph = false
    /// The last thing in the buffer is a number that belongs to what follows.
    var labelWaits = false
    var sections = 0
    /// Open elements that hold what is known of an article, of which only title, abstract and keywords are text.
    var frontMatter = 0
    /// Open elements whose characters are codes of a symbol font.
    var symbolFonts: [SymbolFonts.Font] = []
    var headingLevel = 0
    var titleDepth = 0
    var captions = 0
    var notes = 0
    /// Notes inside paragraphs that are being read, innermost last, and those that wait for the end of their block.
    var openNotes: [OpenNote] = []
    var finishedNotes: [(mark: [UInt8], paragraphs: [[UInt8]])] = []
    var noteCount = 0
    var figures = 0
    var citations = 0
    var codeDepth = 0
    var links = 0
    var lists: [List] = []
    var itemWaits = false
    var classKind: TextSpan.Kind?
    var isCodeLine = false
    var tables: [MarkupTable] = []
    var formula: MathMLFormula?
    var formulaDepth = 0
    var texStart = -1
    var alternatives: [Bool] = []
    /// Where the only content of the buffer is one formula.
    var formulaEnd = -1
    var swallowedAppend: Int

    init(vocabulary: MarkupVocabulary, name: String, options: ReadOptions) {
        self.vocabulary = vocabulary
        self.name = name
        swallowedAppend = options.swallowedAppend
    }

    var isHTML: Bool { vocabulary.kind == .html }

    // MARK: Events

    mutating func start(_ localName: UnsafePointer<UInt8>, _ element: MarkupElement, _ attributes: MarkupAttributes) {
        if frames.count >= MarkupHandler.deepest {
            failure = .bound(
                path: name, what: "nested elements", limit: MarkupHandler.deepest, advice: "the file is damaged")
            return
        }
        var frame = Frame(role: element.role)
        defer { frames.append(frame) }
        if language == nil, frames.count <= 1 { language = attributes.value("lang") }
        if dropDepth > 0 { return }
        if element.role == .foreign {
            failure = .unsupported(
                path: name, format: "an OpenDocument file that is no text", advice: "export it as text or CSV")
            return
        }
        if formula != nil {
            formula?.start(String(cString: localName), attributes)
            return
        }
        if codeDepth > 0, element.role != .dropped {
            frame.role = element.role == .lineBreak ? .lineBreak : .inline
            if element.role == .lineBreak { buffer.append(0x0A) }
            return
        }
        if element.role == .dropped || isPassedOver(element) {
            dropDepth = frames.count + 1
            dropRule = element.role == .dropped ? element.rule : .alternatives
            return
        }
        isParagraph =
            element.role != .block || strcmp(UnsafeRawPointer(localName).assumingMemoryBound(to: CChar.self), "p") == 0
        frame.role = begin(element, attributes, &frame)
    }

    mutating func end() {
        guard let frame = frames.popLast() else { return }
        if dropDepth > 0 {
            if frames.count < dropDepth { dropDepth = frames.count + 1 == dropDepth ? 0 : dropDepth }
            return
        }
        if formula != nil, frames.count >= formulaDepth {
            formula?.end()
            return
        }
        finish(frame)
    }

    mutating func characters(_ bytes: UnsafeRawBufferPointer) {
        if dropDepth > 0 {
            counts.remove(dropRule, MarkupTextCounter.scalars(bytes).visible)
            if isHTML, dropRule == .documentHead { pageTitle.append(contentsOf: bytes) }
            return
        }
        if swallowedAppend >= 0 {
            swallowedAppend -= 1
            if swallowedAppend == -1 { return }
        }
        if isHTML, formula == nil, let mended = MarkupHandler.withoutC1(bytes) {
            mended.withUnsafeBytes { codeDepth > 0 ? buffer.append(contentsOf: $0) : flow($0) }
        } else if formula != nil {
            formula?.append(bytes)
        } else if codeDepth > 0 {
            buffer.append(contentsOf: bytes)
        } else {
            flow(bytes)
        }
    }

    /// Ends the document: what is open is written.
    mutating func finishDocument() {
        while !frames.isEmpty { end() }
        flush()
        while !tables.isEmpty { endTable() }
        writer.flushCode(&counts)
        writeNotes()
    }

    /// The title of the document: of a page the one in its head, else the one in the text.
    var documentTitle: String? {
        let text = title ?? String(decoding: pageTitle, as: UTF8.self)
        let words = text.split { $0.isWhitespace || $0 == "\u{A0}" }.joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    // MARK: Elements

    mutating func begin(
        _ element: MarkupElement, _ attributes: MarkupAttributes, _ frame: inout Frame
    ) -> MarkupRole {
        var role = element.role
        if citations > 0, [.title, .heading, .section, .figure, .block].contains(role) { role = .word }
        if role == .title, isHTML {
            // The title of a page stands in its head: metadata, no text.
            dropDepth = frames.count + 1
            dropRule = .documentHead
            return .dropped
        }
        if role == .title, element.level > 0, frontMatter == 0 { role = .inline }
        if role == .title, titleDepth > 0 || title != nil { role = .block }
        if vocabulary.kind == .tei, element.level > 0, role == .inline, frames.last?.role == .alternatives {
            dropDepth = frames.count + 1
            dropRule = .alternatives
            return .dropped
        }
        if role == .word, frontMatter > 0, citations == 0 {
            dropDepth = frames.count + 1
            dropRule = .frontMatter
            return .dropped
        }
        if vocabulary.kind == .rfc, role == .block, frames.last?.role == .bulletList { role = .item }
        if role == .formulaText { role = frames.contains(where: \.isParagraph) || isInsideParagraph ? .inline : .block }
        frame.isParagraph = isParagraph && [.block, .item, .cell, .headerCell, .heading].contains(role)
        if role == .heading, captions > 0 { role = .block }
        if role == .heading, isCaption { role = .caption }
        if isHTML, role == .inline, let style = attributes.value("style"), let font = symbolFont(style) {
            symbolFonts.append(font)
            frame.hasSymbolFont = true
        }
        if isHTML, role == .block || role == .item || role == .heading {
            role = byClass(role, attributes, &frame)
            if role == .dropped { return role }
        }
        switch role {
        case .inline, .dropped: break
        case .word: if endedWord { hasSpace = true }
        case .block: startBlock()
        case .frontMatter:
            startBlock()
            frontMatter += 1
        case .section:
            startBlock()
            sections += 1
            if let text = attributes.value("title"), vocabulary.kind == .rfc, !text.isEmpty {
                writeHeading(fromAttribute: text)
            }
        case .heading:
            startBlock()
            frame.headingLevel = headingLevel
            let own = vocabulary.kind == .openDocument ? attributes.number("outline-level") ?? 1 : element.level
            headingLevel = max(1, own > 0 ? own : sections + 1)
        case .title:
            flush()
            titleDepth += 1
        case .label:
            flush()
        default: beginStructure(role, attributes, &frame)
        }
        return role
    }

    /// What an empty reference is shown as, one entry an open reference.
    var pendingTarget: [String] = []

    mutating func finish(_ frame: Frame) {
        switch frame.role {
        case .inline, .dropped, .headerRows, .printedLineEnd, .lineBreak, .tab, .spaces:
            if frame.role == .headerRows, !tables.isEmpty { tables[tables.count - 1].isInHeader = false }
        case .word: endedWord = true
        case .block: flush()
        case .frontMatter:
            flush()
            frontMatter -= 1
        case .section:
            flush()
            sections -= 1
        case .heading:
            flush()
            headingLevel = frame.headingLevel
        case .title:
            flush()
            titleDepth -= 1
        case .label:
            hasSpace = true
            labelWaits = true
        default: finishStructure(frame)
        }
        if frame.kind != nil { classKind = nil }
        if frame.hasSymbolFont { symbolFonts.removeLast() }
    }

    /// A block inside a label's reach continues its line.
    mutating func startBlock() {
        if labelWaits { hasSpace = true } else { flush() }
    }

}
