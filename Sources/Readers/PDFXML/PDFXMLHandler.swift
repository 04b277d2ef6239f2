import CXML2
import Documents

/// The state of reading one pdf2xml text: what the parser's events change. It collects a page at a time and hands it on.
///
/// It lives behind one pointer that the C handlers get, so that an event costs no reference counting and no exclusivity check.
struct PDFXMLHandler {
    static let deepest = 512
    /// No page of a document holds more text than this, or more elements; what does is damage or an attack.
    static let mostPageBytes = 16 << 20
    static let mostPageElements = 1 << 18
    private static let mostFonts = 1 << 16
    private static let mostOutlineBytes = 4 << 20

    let names: PDFXMLNames
    var document: PDFDocument
    private(set) var hasFailed = false
    var failure: ReadFailure? { didSet { hasFailed = failure != nil } }
    var producer = ""

    private var fonts: [PDFFont] = []
    private var page: PDFPage
    private var hasPage = false
    private var element = PDFElement(
        top: 0, left: 0, width: 0, height: 0, start: 0, end: 0, font: .usual, isBold: false)
    /// Open elements in all, open `<text>` and open `<b>` elements.
    private var depth = 0
    private(set) var textDepth = 0
    private var boldDepth = 0
    private var boldBytes = 0
    private var outlineDepth = 0
    /// Whether the last event was the start tag of a page that is a child of the root.
    private(set) var isAtPageStart = false
    private var isInItem = false
    private var outlineBytes = 0
    private var item = DocumentOutline.Item(page: 0, level: 0, text: [])
    private(set) var outline = DocumentOutline()
    private var swallowedAppend: Int

    init(names: PDFXMLNames, options: ReadOptions) {
        self.names = names
        swallowedAppend = options.swallowedAppend
        document = PDFDocument()
        page = document.freePage()
    }

    var hasInterest: Bool { textDepth > 0 || isInItem }

    @inline(__always)
    mutating func start(_ element: PDFXMLNames.Element, _ attributes: PDFXMLAttributes) {
        depth &+= 1
        isAtPageStart = false
        if depth > PDFXMLHandler.deepest { return failTooDeep() }
        switch element {
        case .text: startText(attributes)
        case .bold: boldDepth &+= 1
        case .page: startPage(attributes)
        case .fontspec: addFont(attributes)
        case .outline: outlineDepth &+= 1
        case .item: startItem(attributes)
        case .root: readProducer(attributes)
        case .other: break
        }
    }

    @inline(__always)
    mutating func end(_ element: PDFXMLNames.Element) {
        depth &-= 1
        isAtPageStart = false
        switch element {
        case .text: endText()
        case .bold: boldDepth &-= 1
        case .page: endPage()
        case .outline: outlineDepth &-= 1
        case .item: endItem()
        default: break
        }
    }

    private mutating func startText(_ attributes: PDFXMLAttributes) {
        // Text inside text belongs to the outer element.
        if textDepth > 0 {
            textDepth &+= 1
            return
        }
        beginText(
            attributes.number(names.top), attributes.number(names.left), attributes.number(names.width),
            attributes.number(names.height), font: attributes.number(names.font))
    }

    /// A `<text>` element begins.
    @inline(__always)
    mutating func beginText(_ top: Int32, _ left: Int32, _ width: Int32, _ height: Int32, font: Int32) {
        textDepth &+= 1
        hasPage = true
        element.top = top
        element.left = left
        element.width = max(0, width)
        element.height = max(0, height)
        element.start = Int32(truncatingIfNeeded: page.text.count)
        element.font = font >= 0 && Int(font) < fonts.count ? fonts[Int(font)] : .usual
        boldBytes = 0
    }

    /// Undoes `beginText` and what followed: the element will be read again.
    mutating func forgetText() {
        textDepth = 0
        boldDepth = 0
        page.text.removeLast(page.text.count - Int(element.start))
    }

    @inline(__always) mutating func beginBold() { boldDepth &+= 1 }
    @inline(__always) mutating func endBold() { boldDepth &-= 1 }

    mutating func endText() {
        textDepth &-= 1
        if textDepth > 0 { return }
        element.end = Int32(truncatingIfNeeded: page.text.count)
        if page.elements.count >= PDFXMLHandler.mostPageElements {
            return fail(
                .bound(
                    path: "", what: "text elements of one page", limit: PDFXMLHandler.mostPageElements,
                    advice: "the file is damaged or an attack"))
        }
        element.isBold = boldBytes &* 2 > element.count
        // Without text it may still be a letter that poppler has no character for, beside which subscripts stand.
        page.elements.append(element)
    }

    @inline(__always)
    mutating func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        if textDepth > 0 {
            appendText(bytes)
        } else if isInItem {
            outlineBytes += bytes.count
            if outlineBytes <= PDFXMLHandler.mostOutlineBytes { item.text.append(contentsOf: bytes) }
        }
    }

    mutating func appendText(_ bytes: UnsafeBufferPointer<UInt8>) {
        if swallowedAppend >= 0 {
            swallowedAppend -= 1
            if swallowedAppend == -1 { return }
        }
        if page.text.count &+ bytes.count > PDFXMLHandler.mostPageBytes {
            return fail(
                .bound(
                    path: "", what: "bytes of text on one page", limit: PDFXMLHandler.mostPageBytes,
                    advice: "the file is damaged or an attack"))
        }
        if boldDepth > 0 { boldBytes &+= bytes.count }
        let start = page.text.count
        page.text.append(contentsOf: bytes)
        var least: UInt8 = 0xFF
        for byte in bytes { least = min(least, byte) }
        if least >= 0x20 { return }
        // Lines are what the positions make them; a line end or a tab inside an element is a space.
        for index in start..<page.text.count where page.text[index] < 0x20 { page.text[index] = 0x20 }
    }

    /// A reference to an entity that nothing declares stays as it stands.
    mutating func reference(_ name: UnsafeBufferPointer<UInt8>) {
        guard textDepth > 0 else { return }
        var text: [UInt8] = [UInt8(ascii: "&")]
        text.append(contentsOf: name)
        text.append(UInt8(ascii: ";"))
        text.withUnsafeBufferPointer { appendText($0) }
        document.counts.add(.entity, unicodeScalarCount(UnsafeRawBufferPointer(name)) + 1)
    }

    private mutating func startPage(_ attributes: PDFXMLAttributes) {
        if hasPage { endPage() }
        hasPage = true
        let width = attributes.number(names.width)
        let height = attributes.number(names.height)
        if width > 0 { page.width = width }
        if height > 0 { page.height = height }
        isAtPageStart = depth == 2 && textDepth == 0 && outlineDepth == 0
    }

    private mutating func endPage() {
        if !hasPage || textDepth > 0 { return }
        hasPage = false
        document.take(&page)
    }

    private mutating func addFont(_ attributes: PDFXMLAttributes) {
        addFont(
            attributes.number(names.identifier), size: attributes.number(names.size),
            family: attributes.value(names.family) ?? UnsafeBufferPointer(start: nil, count: 0))
    }

    /// A `<fontspec>`.
    mutating func addFont(_ identifier: Int32, size: Int32, family: UnsafeBufferPointer<UInt8>) {
        let identifier = Int(identifier)
        guard identifier >= 0, identifier < PDFXMLHandler.mostFonts else { return }
        while fonts.count <= identifier { fonts.append(.usual) }
        fonts[identifier] = PDFFont(size: Int(size), name: family)
    }

    private mutating func startItem(_ attributes: PDFXMLAttributes) {
        isInItem = outlineDepth > 0 && textDepth == 0
        item.page = Int(attributes.number(names.page))
        item.level = outlineDepth
        item.text.removeAll(keepingCapacity: true)
    }

    private mutating func endItem() {
        if isInItem, outlineBytes <= PDFXMLHandler.mostOutlineBytes { outline.add(item) }
        isInItem = false
    }

    private mutating func readProducer(_ attributes: PDFXMLAttributes) {
        guard depth == 1, let name = attributes.value(names.producer), name.count < 64 else { return }
        producer = String(decoding: name, as: UTF8.self)
        if let version = attributes.value(names.version), version.count < 64 {
            producer += " " + String(decoding: version, as: UTF8.self)
        }
    }

    /// Ends whatever is still open: the text is over.
    mutating func finish() {
        endPage()
        document.finish()
    }

    private mutating func failTooDeep() {
        depth = PDFXMLHandler.deepest + 1
        fail(
            .bound(
                path: "", what: "nested elements", limit: PDFXMLHandler.deepest,
                advice: "the file is damaged or an attack"))
    }

    mutating func fail(_ failure: ReadFailure) {
        if self.failure == nil { self.failure = failure }
    }
}
