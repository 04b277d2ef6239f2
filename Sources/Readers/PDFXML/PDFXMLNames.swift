/// The names of elements and attributes by the address of their one copy in a parser's dictionary.
struct PDFXMLNames {
    enum Element: UInt8 {
        case text, bold, page, fontspec, outline, item, root, other
    }

    let text, bold, page, fontspec, outline, item, root: UnsafePointer<UInt8>
    let top, left, width, height, font, number, identifier, size, family, producer, version: UnsafePointer<UInt8>

    init(_ parser: XMLPushParser) {
        text = parser.interned("text")
        bold = parser.interned("b")
        page = parser.interned("page")
        fontspec = parser.interned("fontspec")
        outline = parser.interned("outline")
        item = parser.interned("item")
        root = parser.interned("pdf2xml")
        top = parser.interned("top")
        left = parser.interned("left")
        width = parser.interned("width")
        height = parser.interned("height")
        font = parser.interned("font")
        number = parser.interned("number")
        identifier = parser.interned("id")
        size = parser.interned("size")
        family = parser.interned("family")
        producer = parser.interned("producer")
        version = parser.interned("version")
    }

    /// The most frequent first.
    @inline(__always) func element(_ name: UnsafePointer<UInt8>?) -> Element {
        if name == text { return .text }
        if name == bold { return .bold }
        if name == item { return .item }
        if name == page { return .page }
        if name == fontspec { return .fontspec }
        if name == outline { return .outline }
        return name == root ? .root : .other
    }
}

/// The attributes of one start tag, as libxml2 gives them: five pointers each. Valid inside the handler only.
struct PDFXMLAttributes {
    let count: Int
    let pointers: UnsafeMutablePointer<UnsafePointer<UInt8>?>?

    /// The value of the attribute with this interned name; nil where there is none.
    func value(_ name: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard let pointers else { return nil }
        for index in 0..<count where pointers[index &* 5] == name {
            guard let start = pointers[index &* 5 &+ 3], let end = pointers[index &* 5 &+ 4] else { return nil }
            return UnsafeBufferPointer(start: start, count: end - start)
        }
        return nil
    }

    /// The attribute as a whole number, cut to ±100,000; 0 where it is none.
    @inline(__always) func number(_ name: UnsafePointer<UInt8>) -> Int32 {
        guard let pointers else { return 0 }
        var index = 0
        while index < count {
            let attribute = pointers + index &* 5
            if attribute[0] == name, let start = attribute[3], let end = attribute[4] {
                return PDFXMLAttributes.number(start, end)
            }
            index &+= 1
        }
        return 0
    }

    /// Digits with a sign before and, where coordinates are not rounded, a fraction behind, which is cut.
    @inline(__always) static func number(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int32 {
        var at = start
        var isNegative = false
        if at < end, at.pointee == 0x2D {
            isNegative = true
            at += 1
        }
        var number: Int32 = 0
        while at < end {
            let digit = at.pointee &- 0x30
            if digit > 9 { break }
            if number < 1_000_000 { number = number &* 10 &+ Int32(digit) }
            at += 1
        }
        number = min(number, 100_000)
        return isNegative ? -number : number
    }
}
