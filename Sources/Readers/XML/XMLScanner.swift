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
    private struct Name {
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

    private struct Declaration {
        var prefixIndex: Int
        var former: Byte?
    }

    private static let slots = 1024
    private static let mostNames = 600
    private static let mostPrefixes = 64
    private static let mostAttributes = 64
    private static let mostDeclarations = 1024
    private static let longestName = 256
    private static let deepest = 1024
    private static let scratchBytes = 1 << 16

    private enum Kind {
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

    private let dictionary: xmlDictPtr
    private let events: Events
    private let kinds: UnsafeMutablePointer<UInt8>
    private let names: UnsafeMutablePointer<Name>
    private let open: UnsafeMutablePointer<Open>
    private let declarations: UnsafeMutablePointer<Declaration>
    private let attributes: UnsafeMutablePointer<Byte?>
    private let attributePrefixes: UnsafeMutablePointer<Int>
    private let scratch: UnsafeMutablePointer<UInt8>
    /// What each prefix stands for.
    private let uris: UnsafeMutablePointer<Byte?>
    /// Prefixes by number: none, `xml`, and those that occurred.
    private var prefixes: [Byte?]
    private var nameCount = 0
    private var depth = 0
    private var declarationCount = 0
    private var scratchCount = 0
    private let xmlNamespace: Byte

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

    // MARK: Outside the root

    /// Past an XML declaration in its plain form, if there is one; nil for any other form.
    private func skipDeclaration(_ start: Byte, _ end: Byte) -> Byte? {
        guard end - start > 6, memcmp(start, "<?xml", 5) == 0, kinds[Int(start[5])] & Kind.name == 0 else {
            return start
        }
        var place = start + 5
        var last = 0
        while true {
            let before = place
            while kinds[Int(place.pointee)] & Kind.space != 0 { place += 1 }
            if place.pointee == UInt8(ascii: "?") { break }
            if place == before { return nil }
            let name = place
            while kinds[Int(place.pointee)] & Kind.nameStart != 0 { place += 1 }
            let number = pseudoAttribute(name, place - name)
            if last == 0 ? number != 1 : number <= last { return nil }
            if place.pointee != UInt8(ascii: "=") { return nil }
            let quote = place[1]
            if quote != 0x22 && quote != 0x27 { return nil }
            let value = place + 2
            place = value
            while kinds[Int(place.pointee)] & Kind.name != 0 { place += 1 }
            if place.pointee != quote || !isAllowed(value, place - value, number) { return nil }
            last = number
            place += 1
        }
        return last > 0 && place[1] == UInt8(ascii: ">") ? place + 2 : nil
    }

    /// 1 for `version`, which must come first, 2 and 3 for those that may follow; 0 for others.
    private func pseudoAttribute(_ name: Byte, _ count: Int) -> Int {
        if count == 7, memcmp(name, "version", 7) == 0 { return 1 }
        if count == 8, memcmp(name, "encoding", 8) == 0 { return 2 }
        return count == 10 && memcmp(name, "standalone", 10) == 0 ? 3 : 0
    }

    private func isAllowed(_ value: Byte, _ count: Int, _ number: Int) -> Bool {
        switch number {
        case 1: count == 3 && memcmp(value, "1.0", 3) == 0
        case 2:
            count > 0 && value.pointee != 0x5F && kinds[Int(value.pointee)] & Kind.nameStart != 0
                && memchr(value, 0x3A, count) == nil
        default: count == 3 && memcmp(value, "yes", 3) == 0 || count == 2 && memcmp(value, "no", 2) == 0
        }
    }

    /// Past white space, comments and processing instructions.
    private func skipOutside(_ start: Byte, _ end: Byte) -> Byte? {
        var place = start
        while place < end {
            if kinds[Int(place.pointee)] & Kind.space != 0 {
                place += 1
            } else if place.pointee == UInt8(ascii: "<"), place[1] == UInt8(ascii: "!") || place[1] == UInt8(ascii: "?")
            {
                guard let behind = skipMarkup(place, end) else { return nil }
                place = behind
            } else {
                return place.pointee == UInt8(ascii: "<") ? place : nil
            }
        }
        return place
    }

    /// Past a comment or a processing instruction; nil for declarations and CDATA sections.
    private func skipMarkup(_ place: Byte, _ end: Byte) -> Byte? {
        if place[1] == UInt8(ascii: "!") {
            guard end - place >= 7, place[2] == UInt8(ascii: "-"), place[3] == UInt8(ascii: "-"),
                let hit = memmem(place + 4, end - place - 4, "--", 2)
            else { return nil }
            let close = hit.assumingMemoryBound(to: UInt8.self)
            return close + 2 < end && close[2] == UInt8(ascii: ">") ? Byte(close) + 3 : nil
        }
        let name = place + 2
        guard kinds[Int(name.pointee)] & Kind.nameStart != 0 else { return nil }
        var behind = name
        while kinds[Int(behind.pointee)] & Kind.name != 0 {
            // Names with a colon are no names of instructions to a parser that knows namespaces.
            if behind.pointee == UInt8(ascii: ":") { return nil }
            behind += 1
        }
        if behind - name == 3, name[0] | 0x20 == 0x78, name[1] | 0x20 == 0x6D, name[2] | 0x20 == 0x6C { return nil }
        let isBare = behind.pointee == UInt8(ascii: "?")
        guard isBare || kinds[Int(behind.pointee)] & Kind.space != 0, let hit = memmem(behind, end - behind, "?>", 2)
        else { return nil }
        let close = Byte(hit.assumingMemoryBound(to: UInt8.self))
        return isBare && close != behind ? nil : close + 2
    }

    // MARK: Elements

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

    private func endDeclarations(_ count: Int) {
        for _ in 0..<count {
            declarationCount -= 1
            let ended = declarations[declarationCount]
            uris[ended.prefixIndex] = ended.former
        }
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

    /// Puts what the reference at `place` stands for behind what `scratch` holds; past its end. There must be room for four bytes.
    private func reference(_ place: Byte) -> Byte? {
        // No byte of a reference is `>`: comparing byte by byte stops in time.
        func isNext(_ name: StaticString) -> Bool {
            for offset in 0..<name.utf8CodeUnitCount where place[1 + offset] != name.utf8Start[offset] { return false }
            return true
        }
        func put(_ byte: UInt8, _ count: Int) -> Byte {
            scratch[scratchCount] = byte
            scratchCount += 1
            return place + count
        }
        switch place[1] {
        case UInt8(ascii: "l"): return isNext("lt;") ? put(0x3C, 4) : nil
        case UInt8(ascii: "g"): return isNext("gt;") ? put(0x3E, 4) : nil
        case UInt8(ascii: "q"): return isNext("quot;") ? put(0x22, 6) : nil
        case UInt8(ascii: "a"): return isNext("amp;") ? put(0x26, 5) : isNext("apos;") ? put(0x27, 6) : nil
        case UInt8(ascii: "#"): return numericReference(place + 2)
        default: return nil
        }
    }

    private func numericReference(_ start: Byte) -> Byte? {
        let isHexadecimal = start.pointee == UInt8(ascii: "x")
        var place = isHexadecimal ? start + 1 : start
        let first = place
        var value: UInt32 = 0
        while place - first < 8 {
            let byte = place.pointee
            if byte >= 0x30, byte <= 0x39 {
                value = value &* (isHexadecimal ? 16 : 10) &+ UInt32(byte - 0x30)
            } else if isHexadecimal, byte | 0x20 >= 0x61, byte | 0x20 <= 0x66 {
                value = value &* 16 &+ UInt32((byte | 0x20) - 0x57)
            } else {
                break
            }
            place += 1
        }
        guard place > first, place.pointee == UInt8(ascii: ";"), let scalar = Unicode.Scalar(value) else { return nil }
        let isAllowed =
            value >= 0x20 && value < 0xFFFE || value == 0x09 || value == 0x0A || value == 0x0D || value > 0xFFFF
        guard isAllowed, let encoded = UTF8.encode(scalar) else { return nil }
        for byte in encoded {
            scratch[scratchCount] = byte
            scratchCount += 1
        }
        return place + 1
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

    /// Fills in the namespaces of the attributes; false for a prefix without one and for two attributes of one name.
    @inline(__always)
    private func bindAttributes(_ count: Int) -> Bool {
        for index in 0..<count {
            let slot = attributes + 5 &* index
            let prefix = attributePrefixes[index]
            let uri = prefix == 0 ? nil : uris[prefix]
            if uri == nil, prefix != 0 { return false }
            slot[2] = uri
            for earlier in 0..<index {
                let other = attributes + 5 &* earlier
                if other[0] == slot[0], other[2] == uri || other[1] == slot[1] { return false }
            }
        }
        return true
    }

    /// Takes a declaration of a namespace; false for those that need a closer look.
    private func declare(_ prefixIndex: Int, _ value: Byte, _ end: Byte, _ declared: Int) -> Bool {
        let count = end - value
        if declarationCount == XMLScanner.mostDeclarations || count > XMLScanner.scratchBytes { return false }
        if prefixIndex == 1 || count == 0 && prefixIndex != 0 { return false }
        for index in 0..<declared where declarations[declarationCount - 1 - index].prefixIndex == prefixIndex {
            return false
        }
        var uri: Byte?
        if count > 0 {
            uri = xmlDictLookup(dictionary, value, Int32(count))
            let isReserved =
                uri == xmlNamespace || count == 29 && memcmp(value, "http://www.w3.org/2000/xmlns/", 29) == 0
            if uri == nil || isReserved { return false }
        }
        declarations[declarationCount] = Declaration(prefixIndex: prefixIndex, former: uris[prefixIndex])
        declarationCount += 1
        uris[prefixIndex] = uri
        return true
    }

    /// A value with references or line ends, in `scratch`; it begins at `start`, and `stop` is the first byte that needs work.
    private func decodedValue(
        _ start: Byte, _ stop: Byte, _ quote: UInt8, _ end: Byte
    ) -> (start: Byte, end: Byte, quote: Byte)? {
        let first = scratchCount
        var place = start
        while place.pointee != quote {
            // Room for the longest scalar.
            if scratchCount + 8 > XMLScanner.scratchBytes { return nil }
            let byte = place.pointee
            switch byte {
            case UInt8(ascii: "<"): return nil
            case UInt8(ascii: "&"):
                let before = scratchCount
                guard let behind = reference(place) else { return nil }
                place = behind
                if scratch[before] == UInt8(ascii: "&") {
                    // libxml2, which replaces no entities here, leaves an ampersand in a value as a reference.
                    for byte in "#38;".utf8 {
                        scratch[scratchCount] = byte
                        scratchCount += 1
                    }
                }
                continue
            case 0x0D:
                // A line end of two bytes is one space.
                if place[1] == 0x0A { place += 1 }
                scratch[scratchCount] = 0x20
            case 0x09, 0x0A: scratch[scratchCount] = 0x20
            default: scratch[scratchCount] = byte
            }
            scratchCount += 1
            place += 1
            if place >= end { return nil }
        }
        return (Byte(scratch + first), Byte(scratch + scratchCount), place)
    }

    // MARK: Names

    /// The entry of a name; nil for one that is no plain qualified name, or one too many.
    @inline(__always)
    private func lookup(_ start: Byte, _ count: Int, _ end: Byte) -> UnsafeMutablePointer<Name>? {
        // An empty slot has no name.
        if count == 0 { return nil }
        let raw = UnsafeRawPointer(start)
        var first: UInt64
        var last: UInt64 = 0
        if end - start >= 8 {
            first = raw.loadUnaligned(as: UInt64.self)
            if count < 8 { first &= (1 &<< (8 &* UInt64(count))) &- 1 }
        } else {
            first = 0
            for index in 0..<count { first |= UInt64(start[index]) &<< (8 &* UInt64(index)) }
        }
        if count > 8 { last = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) }
        var hash = (first ^ last &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)) &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash &>> 32
        var slot = Int(truncatingIfNeeded: hash) & (XMLScanner.slots &- 1)
        while true {
            let name = names + slot
            if name.pointee.count == count, name.pointee.first == first, name.pointee.last == last,
                count <= 16 || memcmp(name.pointee.place!, start, count) == 0
            {
                return name
            }
            if name.pointee.count == 0 { return add(name, start, count, first, last) }
            slot = (slot &+ 1) & (XMLScanner.slots &- 1)
        }
    }

    private func add(
        _ name: UnsafeMutablePointer<Name>, _ start: Byte, _ count: Int, _ first: UInt64, _ last: UInt64
    ) -> UnsafeMutablePointer<Name>? {
        if nameCount == XMLScanner.mostNames || count > XMLScanner.longestName { return nil }
        if kinds[Int(start.pointee)] & Kind.nameStart == 0 { return nil }
        for index in 1..<count where kinds[Int(start[index])] & Kind.name == 0 { return nil }
        var colon = -1
        for index in 0..<count where start[index] == UInt8(ascii: ":") {
            if colon >= 0 { return nil }
            colon = index
        }
        // Behind the colon a name begins anew.
        if colon >= 0, colon + 1 == count || kinds[Int(start[colon + 1])] & Kind.nameStart == 0 { return nil }
        var entry = Name()
        entry.first = first
        entry.last = last
        entry.count = count
        // The text may end before the scanner does: the copy of the dictionary stays.
        guard let whole = xmlDictLookup(dictionary, start, Int32(count)) else { return nil }
        entry.place = whole
        if colon < 0 {
            entry.local = whole
            if count == 5, memcmp(start, "xmlns", 5) == 0 { entry.declares = 0 }
        } else {
            let rest = Int32(count - colon - 1)
            entry.local = xmlDictLookup(dictionary, start + colon + 1, rest)
            if colon == 5, memcmp(start, "xmlns", 5) == 0 {
                guard let index = prefixIndex(entry.local) else { return nil }
                entry.declares = index
            } else {
                entry.prefix = xmlDictLookup(dictionary, start, Int32(colon))
                guard let index = prefixIndex(entry.prefix) else { return nil }
                entry.prefixIndex = index
            }
            if entry.local == nil { return nil }
        }
        name.pointee = entry
        nameCount += 1
        return name
    }

    /// The number of a prefix; nil for one too many.
    private func prefixIndex(_ prefix: Byte?) -> Int? {
        guard let prefix else { return nil }
        if let index = prefixes.firstIndex(of: prefix) { return index }
        // All that begin so are reserved.
        let isReserved = strncasecmp(UnsafeRawPointer(prefix).assumingMemoryBound(to: CChar.self), "xml", 3) == 0
        if isReserved || prefixes.count == XMLScanner.mostPrefixes { return nil }
        prefixes.append(prefix)
        return prefixes.count - 1
    }
}
