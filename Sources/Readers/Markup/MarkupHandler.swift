import Documents
import Glibc

/// The state of reading one markup document: what the parser's events change.
///
/// It lives behind one pointer that the C handlers get, so that an event costs no reference counting and no exclusivity check.
struct MarkupHandler {
    private struct Frame {
        var role: MarkupRole
        /// Where the buffer stood at the start, for scripts and references.
        var mark = 0
        var holdsLink = false
        var hasSymbolFont = false
        /// Whether the element opened something that its end must close: an item, a code line, a caption by class.
        var kind: TextSpan.Kind?
        var headingLevel = 0
    }

    private struct List {
        var isNumbered: Bool
        var next: Int
    }

    /// Deeper elements end the reading of the file.
    static let deepest = 4096

    let vocabulary: MarkupVocabulary
    private let name: String
    var failure: ReadFailure?
    private(set) var writer = MarkupWriter()
    var counts = MarkupCounts()
    private var title: String?
    private var pageTitle: [UInt8] = []
    private(set) var language: String?

    private var frames: [Frame] = []
    /// Depth of frames at which content is dropped, 0 where nothing is.
    private var dropDepth = 0
    private var dropRule = MarkupRule.frontMatter
    private var buffer: [UInt8] = []
    private var hasSpace = false
    private var hasPrintedLineEnd = false
    /// An element that is a word of its own has just ended: another one that follows at once needs a space.
    private var endedWord = false
    /// Whether the element that begins is a paragraph, a heading or an item, which Word gives classes.
    private var isParagraph = false
    /// The last thing in the buffer is a number that belongs to what follows.
    private var labelWaits = false
    private var sections = 0
    /// Open elements that hold what is known of an article, of which only title, abstract and keywords are text.
    private var frontMatter = 0
    /// Open elements whose characters are codes of a symbol font.
    private var symbolFonts: [SymbolFonts.Font] = []
    private var headingLevel = 0
    private var titleDepth = 0
    private var captions = 0
    private var notes = 0
    private var figures = 0
    private var citations = 0
    private var codeDepth = 0
    private var links = 0
    private var lists: [List] = []
    private var itemWaits = false
    private var classKind: TextSpan.Kind?
    private var isCodeLine = false
    private var tables: [MarkupTable] = []
    private var formula: MathMLFormula?
    private var formulaDepth = 0
    private var texStart = -1
    private var alternatives: [Bool] = []
    /// Where the only content of the buffer is one formula.
    private var formulaEnd = -1
    private var swallowedAppend: Int

    init(vocabulary: MarkupVocabulary, name: String, options: ReadOptions) {
        self.vocabulary = vocabulary
        self.name = name
        swallowedAppend = options.swallowedAppend
    }

    private var isHTML: Bool { vocabulary.kind == .html }

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
    }

    // MARK: Text

    /// Characters U+0080 to U+009F of a page as what windows-1252 has there, which is what browsers show; nil where there is none. One
    /// character becomes one character.
    private static func withoutC1(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard bytes.count > 1, memchr(bytes.baseAddress!, 0xC2, bytes.count) != nil else { return nil }
        var out: [UInt8]?
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0xC2, index + 1 < bytes.count, bytes[index + 1] < 0xA0,
                let scalar = Unicode.Scalar(windows1252[Int(bytes[index + 1]) - 0x80]), scalar.value > 0x9F
            {
                if out == nil { out = Array(bytes[..<index]) }
                out? += String(scalar).utf8
                index += 2
            } else {
                out?.append(bytes[index])
                index += 1
            }
        }
        return out
    }

    /// Code points of the bytes 80 to 9F (WHATWG encoding standard, index windows-1252).
    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D,
        0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E,
        0x178,
    ]

    /// Text that flows: white space becomes single spaces.
    private mutating func flow(_ bytes: UnsafeRawBufferPointer) {
        endedWord = false
        var index = 0
        while index < bytes.count {
            if MarkupTextCounter.isWhite(bytes[index]) {
                hasSpace = true
                index += 1
                continue
            }
            let start = index
            while index < bytes.count, !MarkupTextCounter.isWhite(bytes[index]) { index += 1 }
            labelWaits = false
            if hasPrintedLineEnd { joinPrintedLine(before: bytes[start..<index]) }
            if hasSpace { appendSpace() }
            let run = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
            if symbolFonts.isEmpty { buffer.append(contentsOf: run) } else { appendSymbols(run) }
        }
    }

    /// What a page writes in a symbol font, as the characters that the font shows.
    private mutating func appendSymbols(_ run: UnsafeRawBufferPointer) {
        for scalar in String(decoding: run, as: UTF8.self).unicodeScalars {
            let shown = SymbolFonts.scalar(scalar.value, font: symbolFonts[symbolFonts.count - 1]) ?? scalar
            buffer += String(shown).utf8
        }
    }

    /// The title of the document: of a page the one in its head, else the one in the text.
    var documentTitle: String? {
        let text = title ?? String(decoding: pageTitle, as: UTF8.self)
        let words = text.split { $0.isWhitespace || $0 == "\u{A0}" }.joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    private mutating func appendSpace() {
        hasSpace = false
        if let last = buffer.last, !MarkupTextCounter.isWhite(last) { buffer.append(0x20) }
    }

    /// A hyphen at the end of a printed line joins the lines. Between two small letters the printer put it there, unless the word has
    /// more hyphens.
    private mutating func joinPrintedLine(before next: Slice<UnsafeRawBufferPointer>) {
        hasPrintedLineEnd = false
        func isSmall(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
        let hyphen = UInt8(ascii: "-")
        guard buffer.count > 1, buffer[buffer.count - 1] == hyphen else {
            hasSpace = true
            return
        }
        let before = buffer[buffer.count - 2]
        hasSpace = before == hyphen || MarkupTextCounter.isWhite(before)
        if isSmall(before), isSmall(next[next.startIndex]), !next.contains(hyphen) {
            buffer.removeLast()
            counts.remove(.hyphenation, 1)
        }
    }

    private mutating func put(_ text: String, _ rule: MarkupRule) {
        let bytes = Array(text.utf8)
        counts.add(rule, MarkupTextCounter.scalars(bytes).visible)
        bytes.withUnsafeBytes { flow($0) }
    }

    // MARK: Elements

    /// The symbol font that a style names, nil where it names none.
    private func symbolFont(_ style: String) -> SymbolFonts.Font? {
        guard style.utf8.count < 4096, let place = style.firstRange(of: "font-family:") else { return nil }
        let family = style[place.upperBound...].drop { $0 == " " || $0 == "\"" || $0 == "'" }
        for (font, known) in [("Symbol", SymbolFonts.Font.symbol), ("Wingdings", .wingdings)]
        where family.hasPrefix(font) {
            let next = family.dropFirst(font.count).first
            if next == nil || next == ";" || next == "\"" || next == "'" || next == "," { return known }
        }
        return nil
    }

    /// Whether an element inside `alternatives` is another form of a formula that was taken already.
    private func isPassedOver(_ element: MarkupElement) -> Bool {
        guard let taken = alternatives.last, taken else { return false }
        return frames.last?.role == .alternatives
    }

    private mutating func begin(
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

    private mutating func beginStructure(
        _ role: MarkupRole, _ attributes: MarkupAttributes, _ frame: inout Frame
    ) {
        switch role {
        case .bulletList, .numberedList:
            startBlock()
            let style = attributes.value("style") ?? attributes.value("list-type") ?? ""
            let isNumbered =
                role == .numberedList || style.hasPrefix("number") || style.hasPrefix("format") || style == "order"
            lists.append(List(isNumbered: isNumbered, next: attributes.number("start") ?? 1))
        case .item:
            flush()
            itemWaits = true
            if let value = attributes.number("value"), !lists.isEmpty { lists[lists.count - 1].next = value }
            if let text = attributes.value("hangText") {
                put(text, .attribute)
                hasSpace = true
            }
        case .code:
            flush()
            codeDepth += 1
        case .codeLine:
            flush()
            isCodeLine = true
        case .table:
            flush()
            writeCaption(fromAttribute: attributes)
            tables.append(MarkupTable())
        case .headerRows:
            if !tables.isEmpty { tables[tables.count - 1].isInHeader = true }
        case .row:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].startRow() }
        case .cell, .headerCell:
            flush()
            if !tables.isEmpty {
                tables[tables.count - 1].startCell(
                    isHeader: role == .headerCell,
                    columns: attributes.number("colspan") ?? attributes.number("number-columns-spanned")
                        ?? attributes.number("cols") ?? 1,
                    rows: attributes.number("rowspan") ?? attributes.number("number-rows-spanned")
                        ?? attributes.number("rows") ?? 1,
                    copies: vocabulary.kind == .openDocument ? attributes.number("number-columns-repeated") ?? 1 : 1)
            }
        case .gridHeader, .gridCell:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].startGridCell(isHeader: role == .gridHeader) }
        case .caption:
            startBlock()
            captions += 1
        case .note:
            startBlock()
            notes += 1
        case .figure:
            startBlock()
            writeCaption(fromAttribute: attributes)
            figures += 1
        case .citation:
            if citations == 0 { startBlock() }
            citations += 1
            if vocabulary.kind == .rfc, let anchor = attributes.value("anchor"), !anchor.isEmpty {
                put("[\(anchor)]", .attribute)
                hasSpace = true
            }
        case .lineBreak: breakLine()
        case .printedLineEnd: hasPrintedLineEnd = true
        case .tab: hasSpace = true
        case .spaces: hasSpace = true
        case .superscript, .lowered: startScript(&frame)
        case .link, .reference:
            links += 1
            for index in frames.indices { frames[index].holdsLink = true }
            if hasSpace { appendSpace() }
            frame.mark = buffer.count
            if role == .reference { frame.holdsLink = false }
            if role == .reference { pendingTarget.append(target(attributes)) }
        case .mathematics:
            formula = MathMLFormula()
            formulaDepth = frames.count + 1
            takeAlternative()
        case .tex:
            if hasSpace { appendSpace() }
            texStart = buffer.count
            takeAlternative()
            codeDepth += 1
        case .alternatives: alternatives.append(false)
        default: break
        }
    }

    /// What an empty reference is shown as, one entry an open reference.
    private var pendingTarget: [String] = []

    private func target(_ attributes: MarkupAttributes) -> String {
        if let derived = attributes.value("derivedContent"), !derived.isEmpty {
            return attributes.value("format") == "title" ? derived : "[\(derived)]"
        }
        guard let target = attributes.value("target"), !target.isEmpty else { return "" }
        if target.contains("://") { return "<\(target)>" }
        return attributes.value("section").map { "Section \($0) of [\(target)]" } ?? "[\(target)]"
    }

    private mutating func takeAlternative() {
        if frames.last?.role == .alternatives { alternatives[alternatives.count - 1] = true }
    }

    private mutating func finish(_ frame: Frame) {
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

    private mutating func finishStructure(_ frame: Frame) {
        switch frame.role {
        case .bulletList, .numberedList:
            flush()
            _ = lists.popLast()
            itemWaits = false
        case .item:
            flush()
            itemWaits = false
        case .code:
            codeDepth -= 1
            if codeDepth == 0 { flushCode() }
        case .codeLine:
            flushCode()
            isCodeLine = false
        case .table:
            flush()
            endTable()
        case .row:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].endRow() }
        case .cell, .headerCell, .gridHeader, .gridCell:
            flush()
            if !tables.isEmpty { tables[tables.count - 1].endCell() }
        case .caption:
            flush()
            captions -= 1
        case .note:
            flush()
            notes -= 1
        case .figure:
            flush()
            figures -= 1
        case .citation:
            if citations == 1 { flush() } else { hasSpace = true }
            citations -= 1
        case .superscript, .lowered: endScript(frame)
        case .link: links -= 1
        case .reference:
            links -= 1
            if let target = pendingTarget.popLast(), buffer.count == frame.mark, !target.isEmpty {
                put(target, .attribute)
            }
        case .mathematics: endFormula()
        case .tex: endTeX()
        case .alternatives: _ = alternatives.popLast()
        default: break
        }
    }

    private var isCaption: Bool {
        if captions > 0 { return false }
        return figures > 0 || !tables.isEmpty && frames.last?.role == .table
    }

    /// A block inside a label's reach continues its line.
    private mutating func startBlock() {
        if labelWaits { hasSpace = true } else { flush() }
    }

    private mutating func breakLine() {
        hasSpace = headingLevel > 0 || titleDepth > 0
        if buffer.isEmpty || hasSpace { return }
        while let last = buffer.last, last == 0x20 { buffer.removeLast() }
        buffer.append(0x0A)
    }

    private mutating func startScript(_ frame: inout Frame) {
        frame.holdsLink = links > 0
        guard !hasSpace, let last = buffer.last, !MarkupTextCounter.isWhite(last) else {
            frame.mark = -1
            return
        }
        frame.mark = buffer.count
    }

    /// An exponent or index keeps its mark: without it 10⁻³ would read 10-3.
    private mutating func endScript(_ frame: Frame) {
        guard frame.mark > 0, buffer.count > frame.mark else { return }
        let content = Array(buffer[frame.mark...])
        let marks = ScriptMarks(
            content, behind: buffer[frame.mark - 1], isRaised: frame.role == .superscript, isReference: frame.holdsLink)
        buffer.replaceSubrange(frame.mark..., with: marks.opening + content + marks.closing)
        counts.add(.scripts, marks.opening.count + marks.closing.count)
    }

    private mutating func balance(_ rule: MarkupRule, source: Int, written: Int) {
        if written >= source { counts.add(rule, written - source) } else { counts.remove(rule, source - written) }
    }

    private mutating func endFormula() {
        guard let done = formula else { return }
        formula = nil
        write(formula: done.latex, source: done.visible)
    }

    private mutating func write(formula latex: String, source: Int) {
        let isFirst = buffer.isEmpty
        if latex.isEmpty { return balance(.mathematics, source: source, written: 0) }
        if hasSpace { appendSpace() }
        let bytes = Array("$\(latex)$".utf8)
        balance(.mathematics, source: source, written: MarkupTextCounter.scalars(bytes).visible)
        buffer += bytes
        if isFirst { formulaEnd = buffer.count }
    }

    /// TeX of articles comes as a whole document around one formula.
    private mutating func endTeX() {
        codeDepth -= 1
        guard texStart >= 0, texStart <= buffer.count else { return }
        let raw = String(decoding: buffer[texStart...], as: UTF8.self)
        let source = MarkupTextCounter.scalars(Array(buffer[texStart...])).visible
        buffer.removeSubrange(texStart...)
        texStart = -1
        var body = Substring(raw)
        if let begin = body.firstRange(of: "\\begin{document}") { body = body[begin.upperBound...] }
        if let end = body.firstRange(of: "\\end{document}") { body = body[..<end.lowerBound] }
        func isPadding(_ character: Character) -> Bool { character == "$" || character.isWhitespace }
        while let first = body.first, isPadding(first) { body.removeFirst() }
        while let last = body.last, isPadding(last) { body.removeLast() }
        let latex = body.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        write(formula: latex, source: source)
    }
}

extension MarkupHandler {
    // MARK: Blocks

    /// Writes what the buffer holds as the block that the open elements make of it.
    private mutating func flush() {
        labelWaits = false
        hasSpace = false
        hasPrintedLineEnd = false
        while let last = buffer.last, MarkupTextCounter.isWhite(last) { buffer.removeLast() }
        defer {
            buffer.removeAll(keepingCapacity: true)
            formulaEnd = -1
        }
        if buffer.isEmpty || dropBlank() { return }
        if titleDepth > 0 {
            if title == nil { title = String(decoding: buffer, as: UTF8.self) }
            return writer.write(.heading, level: 1, buffer, &counts)
        }
        if !tables.isEmpty, captions == 0 || tables.count > 1 {
            tables[tables.count - 1].append(buffer, &counts)
            return
        }
        if captions > 0 { return writer.write(.caption, buffer, &counts) }
        if headingLevel > 0 { return writer.write(.heading, level: headingLevel, buffer, &counts) }
        if let classKind { return writer.write(classKind, isTight: classKind == .listItem, buffer, &counts) }
        if notes > 0 { return writer.write(.note, buffer, &counts) }
        if !lists.isEmpty { return writeItem() }
        if citations > 0 { return writer.write(.listItem, isTight: true, prefix: Array("- ".utf8), buffer, &counts) }
        writer.write(formulaEnd == buffer.count ? .equation : .prose, buffer, &counts)
    }

    /// A paragraph of no-break spaces is how pages leave a line free.
    private mutating func dropBlank() -> Bool {
        var index = 0
        var blanks = 0
        while index + 1 < buffer.count, buffer[index] == 0xC2, buffer[index + 1] == 0xA0 {
            index += 2
            blanks += 1
            while index < buffer.count, MarkupTextCounter.isWhite(buffer[index]) { index += 1 }
        }
        if index < buffer.count { return false }
        counts.remove(.whiteSpace, blanks)
        return true
    }

    /// The first paragraph of an item bears its label, the others stand under it.
    private mutating func writeItem() {
        let depth = lists.count - 1
        var prefix = [UInt8](repeating: 0x20, count: 2 * min(depth, 16))
        if itemWaits {
            itemWaits = false
            if lists[depth].isNumbered {
                prefix += "\(lists[depth].next). ".utf8
                lists[depth].next &+= 1
            } else {
                prefix += "- ".utf8
            }
        } else {
            prefix += "  ".utf8
        }
        writer.write(.listItem, isTight: true, prefix: prefix, buffer, &counts)
    }

    private mutating func flushCode() {
        defer {
            buffer.removeAll(keepingCapacity: true)
            hasSpace = false
        }
        if tables.isEmpty {
            if isCodeLine { while buffer.last == 0x20 { buffer.removeLast() } }
            writer.writeCode(buffer)
            if !isCodeLine { writer.flushCode(&counts) }
        } else {
            while let last = buffer.last, MarkupTextCounter.isWhite(last) { buffer.removeLast() }
            if !buffer.isEmpty { tables[tables.count - 1].append(buffer, &counts) }
        }
    }

    private mutating func endTable() {
        guard var table = tables.popLast() else { return }
        table.endRow()
        if table.isEmpty { return }
        if tables.isEmpty {
            writer.write(.table, table.markdown(&counts), &counts)
        } else {
            tables[tables.count - 1].append(table.flattened(&counts), &counts)
        }
    }

    /// RFC XML 2 has titles of figures and tables as attributes.
    private mutating func writeCaption(fromAttribute attributes: MarkupAttributes) {
        guard vocabulary.kind == .rfc, let text = attributes.value("title"), !text.isEmpty else { return }
        captions += 1
        put(text, .attribute)
        flush()
        captions -= 1
    }

    private mutating func writeHeading(fromAttribute text: String) {
        let outer = headingLevel
        headingLevel = sections + 1
        put(text, .attribute)
        flush()
        headingLevel = outer
    }

    /// `MsoToc1` to `MsoToc9`, `TOC1` to `TOC9`, and their headings.
    private static func isContents(_ name: String) -> Bool {
        let rest = name.hasPrefix("MsoToc") ? name.dropFirst(6) : name.hasPrefix("TOC") ? name.dropFirst(3) : nil
        return rest.map { $0 == "Heading" || $0.count == 1 && ("1"..."9").contains($0) } ?? false
    }

    /// Word writes its paragraph styles as classes of a web page.
    private mutating func byClass(
        _ role: MarkupRole, _ attributes: MarkupAttributes, _ frame: inout Frame
    ) -> MarkupRole {
        guard isParagraph, let name = attributes.value("class"), !name.isEmpty else { return role }
        switch name {
        case _ where MarkupHandler.isContents(name):
            dropDepth = frames.count + 1
            dropRule = .contents
            return .dropped
        case "ZA", "ZB", "ZT", "ZU", "ZV", "ZD", "ZG", "ZH", "ZGSM":
            dropDepth = frames.count + 1
            dropRule = .frontMatter
            return .dropped
        case "PL": return .codeLine
        case "TH", "TF", "MsoCaption": return tables.isEmpty ? .caption : role
        case "TAH":
            if !tables.isEmpty { tables[tables.count - 1].markHeader() }
            return role
        case "NO", "EX", "EW", "NF", "TAN": frame.kind = .note
        case "B1", "B2", "B3", "B4", "B5", "B6": frame.kind = .listItem
        default: return role
        }
        flush()
        if tables.isEmpty { classKind = frame.kind } else { frame.kind = nil }
        return role
    }
}
