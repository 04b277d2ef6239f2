import CKernels
import CXML2
import Glibc

/// Reads the XML that programs write several times as fast as libxml2, and nothing else: tags, attributes, namespaces, text, the five
/// references and numeric ones, comments and processing instructions.
///
/// Where a text has anything more, or anything wrong, the scanner gives up and says so; the caller then forgets the events and has
/// libxml2 read the text from its start, whose word on what is well-formed counts and whose messages are shown. So the scanner may
/// refuse what it likes, but what it accepts must be well-formed, and its events must be those of libxml2 (text may be cut otherwise).
/// Names and namespaces are the copies in the dictionary of `XMLPushParser`: handlers compare them by address.
///
/// Invariant of the loops without a check of bounds: the last byte of the text is `>`, and every loop stops there.
final class XMLScanner {
    typealias Byte = UnsafePointer<UInt8>

    /// The handlers of one parser and their first argument.
    struct Events {
        var state: UnsafeMutableRawPointer
        var start: startElementNsSAX2Func
        var end: endElementNsSAX2Func
        var characters: charactersSAXFunc
    }

    /// A qualified name that occurred.
    struct Name {
        /// Its first eight bytes and, of longer ones, its last eight.
        var first: UInt64 = 0
        var last: UInt64 = 0
        var count = 0
        /// Where it stands, for names that two words do not hold.
        var place: Byte?
        var local: Byte?
        var prefix: Byte?
        /// Index of the prefix in `uris`: 0 for none.
        var prefixIndex = 0
        /// Index of the prefix that it declares, as an attribute; -1 for other names.
        var declares = -1
    }

    private struct Open {
        var name: Byte
        var count: Int
        var local: Byte
        var prefix: Byte?
        var uri: Byte?
        /// Declarations that end with it.
        var declarations: Int
    }

    struct Declaration {
        var prefixIndex: Int
        var former: Byte?
    }

    static let slots = 1024
    static let mostNames = 600
    static let mostPrefixes = 64
    private static let mostAttributes = 64
    static let mostDeclarations = 1024
    static let longestName = 256
    private static let deepest = 1024
    static let scratchBytes = 1 << 16

    enum Kind {
        static let nameStart: UInt8 = 1
        static let name: UInt8 = 2
        static let space: UInt8 = 4
        /// Ends a stretch of plain text: < & > and the carriage return.
        static let textStop: UInt8 = 8
        /// Ends a stretch of a plain value: quotes < & > and white space but the space.
        static let valueStop: UInt8 = 16
        /// Ends a name at the latest: white space, `=`, `>`, `/`. Whether all before it belongs to a name is seen when the name is new.
        static let nameEnd: UInt8 = 32
    }

    let dictionary: xmlDictPtr
    private let events: Events
    let kinds: UnsafeMutablePointer<UInt8>
    let names: UnsafeMutablePointer<Name>
    private let open: UnsafeMutablePointer<Open>
    let declarations: UnsafeMutablePointer<Declaration>
    let attributes: UnsafeMutablePointer<Byte?>
    let attributePrefixes: UnsafeMutablePointer<Int>
    let scratch: UnsafeMutablePointer<UInt8>
    /// What each prefix stands for.
    let uris: UnsafeMutablePointer<Byte?>
    // What is unchecked here is written by one call at a time: making sure of it for each tag costs a tenth of the scan.

    /// Prefixes by number: none, `xml`, and those that occurred.
    @exclusivity(unchecked) var prefixes: [Byte?]
    @exclusivity(unchecked) var nameCount = 0
    private var depth = 0
    @exclusivity(unchecked) var declarationCount = 0
    @exclusivity(unchecked) var scratchCount = 0
    let xmlNamespace: Byte

    init(dictionary: xmlDictPtr, events: Events) {
        self.dictionary = dictionary
        self.events = events
        kinds = .allocate(capacity: 256)
        kinds.initialize(repeating: 0, count: 256)
        names = .allocate(capacity: XMLScanner.slots)
        names.initialize(repeating: Name(), count: XMLScanner.slots)
        open = .allocate(capacity: XMLScanner.deepest)
        declarations = .allocate(capacity: XMLScanner.mostDeclarations)
        attributes = .allocate(capacity: 5 * XMLScanner.mostAttributes)
        attributePrefixes = .allocate(capacity: XMLScanner.mostAttributes)
        scratch = .allocate(capacity: XMLScanner.scratchBytes)
        uris = .allocate(capacity: XMLScanner.mostPrefixes)
        uris.initialize(repeating: nil, count: XMLScanner.mostPrefixes)
        prefixes = [nil, xmlDictLookup(dictionary, "xml", 3)]
        xmlNamespace = xmlDictLookup(dictionary, "http://www.w3.org/XML/1998/namespace", -1)
        for byte in 0..<256 {
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
            var kind: UInt8 = 0
            if isLetter || byte == 0x5F { kind |= Kind.nameStart | Kind.name }
            if byte >= 0x30 && byte <= 0x3A || byte == 0x2D || byte == 0x2E { kind |= Kind.name }
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { kind |= Kind.space }
            if byte == 0x3C || byte == 0x26 || byte == 0x3E || byte == 0x0D { kind |= Kind.textStop }
            if byte == 0x22 || byte == 0x27 || byte == 0x3C || byte == 0x26 || byte == 0x3E || byte == 0x09
                || byte == 0x0A || byte == 0x0D
            {
                kind |= Kind.valueStop
            }
            if byte <= 0x20 || byte == 0x3D || byte == 0x3E || byte == 0x2F { kind |= Kind.nameEnd }
            kinds[byte] = kind
        }
    }

    deinit {
        kinds.deallocate()
        names.deallocate()
        open.deallocate()
        declarations.deallocate()
        attributes.deallocate()
        attributePrefixes.deallocate()
        scratch.deallocate()
        uris.deallocate()
    }

    /// Reads a whole text of valid UTF-8 without byte order mark. False where the scanner gave up: events may have been sent by then.
    func scan(_ text: UnsafeRawBufferPointer) -> Bool {
        // The memory is this object's: it must stay until the last event.
        defer { withExtendedLifetime(self) {} }
        guard let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        var end = start + text.count
        while end > start, kinds[Int(end[-1])] & Kind.space != 0 { end -= 1 }
        if end - start < 4 || end[-1] != UInt8(ascii: ">") { return false }
        // Characters that XML has not, and the end of a CDATA section, which has no place in text.
        if shardmill_has_no_place_in_xml(start, end - start) { return false }
        depth = 0
        declarationCount = 0
        uris.update(repeating: nil, count: XMLScanner.mostPrefixes)
        uris[1] = xmlNamespace
        guard var place = skipDeclaration(start, end) else { return false }
        // Before and behind the root stand white space, comments and processing instructions only.
        guard let root = skipOutside(place, end), root < end else { return false }
        place = root
        guard let behind = element(place, end) else { return false }
        return skipOutside(behind, end) == end
    }

    /// The first byte of a kind from `start` on: there is one. `mask` finds bytes of the kind among sixteen.
    @inline(__always)
    private func next(_ start: Byte, _ end: Byte, _ kind: UInt8, _ mask: (Byte) -> UInt32) -> Byte {
        var place = start
        while end - place >= 16 {
            let hits = mask(place)
            if hits != 0 { return place + hits.trailingZeroBitCount }
            place += 16
        }
        while kinds[Int(place.pointee)] & kind == 0 { place += 1 }
        return place
    }

    /// The root and all in it; past its end.
    private func element(_ start: Byte, _ end: Byte) -> Byte? {
        var place = start
        while true {
            // At a `<`, which is not the last byte.
            switch place[1] {
            case UInt8(ascii: "/"):
                guard let behind = endTag(place + 2, end) else { return nil }
                place = behind
                if depth == 0 { return place }
            case UInt8(ascii: "!"), UInt8(ascii: "?"):
                guard let behind = skipMarkup(place, end) else { return nil }
                place = behind
            default:
                guard let behind = startTag(place + 1, end) else { return nil }
                place = behind
                if depth == 0 { return place }
            }
            guard let next = text(place, end) else { return nil }
            place = next
        }
    }

    private func endTag(_ start: Byte, _ end: Byte) -> Byte? {
        // An end tag in the place of the root.
        if depth == 0 { return nil }
        let element = open[depth &- 1]
        if element.count >= end - start || memcmp(start, element.name, element.count) != 0 { return nil }
        var place = start + element.count
        while kinds[Int(place.pointee)] & Kind.space != 0 { place += 1 }
        if place.pointee != UInt8(ascii: ">") { return nil }
        depth &-= 1
        events.end(events.state, element.local, element.prefix, element.uri)
        if element.declarations > 0 { endDeclarations(element.declarations) }
        return place + 1
    }

    /// Text up to the next `<`; nil where the text does not go on so.
    @inline(__always)
    private func text(_ start: Byte, _ end: Byte) -> Byte? {
        if start >= end { return nil }
        var place = start
        var run = start
        while true {
            place = next(place, end, Kind.textStop, shardmill_text_stops)
            let byte = place.pointee
            if byte == UInt8(ascii: "<") {
                if place > run { send(run, place) }
                return place
            }
            if byte == UInt8(ascii: ">") {
                place += 1
                if place >= end { return nil }
                continue
            }
            if place > run { send(run, place) }
            if byte == 0x0D {
                // A line end of two bytes is one line feed, and so is a carriage return alone.
                place += 1
                run = place
                if place.pointee != 0x0A { sendByte(0x0A) }
            } else {
                scratchCount = 0
                guard let behind = reference(place) else { return nil }
                place = behind
                run = place
                events.characters(events.state, scratch, Int32(scratchCount))
            }
        }
    }

    private func send(_ start: Byte, _ end: Byte) {
        var start = start
        while end - start > 1 << 30 {
            events.characters(events.state, start, 1 << 30)
            start += 1 << 30
        }
        events.characters(events.state, start, Int32(end - start))
    }

    private func sendByte(_ byte: UInt8) {
        scratch[0] = byte
        events.characters(events.state, scratch, 1)
    }

    /// A start tag from its name on; past its end.
    private func startTag(_ start: Byte, _ end: Byte) -> Byte? {
        var place = start
        place = next(place, end, Kind.nameEnd, shardmill_name_ends)
        let nameCount = place - start
        guard let name = lookup(start, nameCount, end), name.pointee.declares <= 0 else { return nil }
        var attributeCount = 0
        var declared = 0
        var isEmpty = false
        scratchCount = 0
        while true {
            let before = place
            while kinds[Int(place.pointee)] & Kind.space != 0 { place += 1 }
            if place.pointee == UInt8(ascii: ">") {
                place += 1
                break
            }
            if place.pointee == UInt8(ascii: "/") {
                if place[1] != UInt8(ascii: ">") { return nil }
                isEmpty = true
                place += 2
                break
            }
            let attribute = place
            if place == before { return nil }
            place = next(place, end, Kind.nameEnd, shardmill_name_ends)
            guard let attributeName = lookup(attribute, place - attribute, end) else { return nil }
            while kinds[Int(place.pointee)] & Kind.space != 0 { place += 1 }
            if place.pointee != UInt8(ascii: "=") { return nil }
            place += 1
            while kinds[Int(place.pointee)] & Kind.space != 0 { place += 1 }
            let quote = place.pointee
            if quote != 0x22 && quote != 0x27 { return nil }
            place += 1
            var value = place
            var valueEnd = value
            while true {
                place = next(place, end, Kind.valueStop, shardmill_value_stops)
                let byte = place.pointee
                if byte == quote {
                    valueEnd = place
                    break
                }
                if byte == UInt8(ascii: "<") { return nil }
                if byte == UInt8(ascii: ">") || byte == 0x22 || byte == 0x27 {
                    place += 1
                    if place >= end { return nil }
                    continue
                }
                guard let decoded = decodedValue(value, place, quote, end) else { return nil }
                value = decoded.start
                valueEnd = decoded.end
                place = decoded.quote
                break
            }
            place += 1
            if attributeName.pointee.declares >= 0 {
                if !declare(attributeName.pointee.declares, value, valueEnd, declared) { return nil }
                declared += 1
                continue
            }
            if attributeCount == XMLScanner.mostAttributes { return nil }
            let slot = attributes + 5 &* attributeCount
            slot[0] = attributeName.pointee.local
            slot[1] = attributeName.pointee.prefix
            slot[3] = value
            slot[4] = valueEnd
            attributePrefixes[attributeCount] = attributeName.pointee.prefixIndex
            attributeCount &+= 1
        }
        let uri = uris[name.pointee.prefixIndex]
        if uri == nil, name.pointee.prefixIndex != 0 { return nil }
        if attributeCount > 0, !bindAttributes(attributeCount) { return nil }
        guard let local = name.pointee.local else { return nil }
        events.start(
            events.state, local, name.pointee.prefix, uri, 0, nil, Int32(attributeCount), 0, attributes)
        if isEmpty {
            events.end(events.state, local, name.pointee.prefix, uri)
            if declared > 0 { endDeclarations(declared) }
            return place
        }
        if depth == XMLScanner.deepest { return nil }
        open[depth] = Open(
            name: start, count: nameCount, local: local, prefix: name.pointee.prefix, uri: uri, declarations: declared)
        depth &+= 1
        return place
    }
}
