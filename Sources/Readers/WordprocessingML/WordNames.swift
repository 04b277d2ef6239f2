/// Element names by the address of their one copy in a parser's dictionary: a lookup is a few instructions, no comparison of bytes.
struct WordNames {
    private struct Slot {
        var key: UInt = 0
        var main = WordElement.other
        var mathematics = WordElement.other
        var compatibility = WordElement.other
        var package = WordElement.other
        var office = WordElement.other
        var annotation = WordElement.other
        var auxiliary = WordElement.other
    }

    private static let size = 512
    /// Owned by the parser that fills it; `deallocate` ends it.
    private let slots: UnsafeMutablePointer<Slot>
    private let main: UnsafePointer<UInt8>
    private let mainStrict: UnsafePointer<UInt8>
    private let main2003: UnsafePointer<UInt8>
    private let mathematics: UnsafePointer<UInt8>
    private let mathematicsStrict: UnsafePointer<UInt8>
    private let compatibility: UnsafePointer<UInt8>
    private let package: UnsafePointer<UInt8>
    private let office: UnsafePointer<UInt8>
    private let annotation: UnsafePointer<UInt8>
    private let auxiliary: UnsafePointer<UInt8>

    /// Attribute names.
    let val, fieldCharacterType, type, char, font, name, identifier, author, ascii, highAnsi, program,
        dropCap: UnsafePointer<UInt8>

    init(_ parser: XMLPushParser) {
        slots = .allocate(capacity: WordNames.size)
        slots.initialize(repeating: Slot(), count: WordNames.size)
        main = parser.interned(WordNamespaces.main[0])
        mainStrict = parser.interned(WordNamespaces.main[1])
        main2003 = parser.interned(WordNamespaces.main[2])
        mathematics = parser.interned(WordNamespaces.mathematics[0])
        mathematicsStrict = parser.interned(WordNamespaces.mathematics[1])
        compatibility = parser.interned(WordNamespaces.compatibility)
        package = parser.interned(WordNamespaces.flatPackage)
        office = parser.interned(WordNamespaces.office)
        annotation = parser.interned(WordNamespaces.annotation)
        auxiliary = parser.interned(WordNamespaces.auxiliary)
        identifier = parser.interned("id")
        author = parser.interned("author")
        ascii = parser.interned("ascii")
        highAnsi = parser.interned("hAnsi")
        program = parser.interned("ProgID")
        dropCap = parser.interned("dropCap")
        val = parser.interned("val")
        fieldCharacterType = parser.interned("fldCharType")
        type = parser.interned("type")
        char = parser.interned("char")
        font = parser.interned("font")
        name = parser.interned("name")
        for (name, element) in WordElement.mainNames { slot(parser.interned(name)).pointee.main = element }
        for (name, element) in WordElement.mathematicsNames {
            slot(parser.interned(name)).pointee.mathematics = element
        }
        for (name, element) in WordElement.compatibilityNames {
            slot(parser.interned(name)).pointee.compatibility = element
        }
        for (name, element) in WordElement.annotationNames {
            slot(parser.interned(name)).pointee.annotation = element
        }
        for (name, element) in WordElement.auxiliaryNames {
            slot(parser.interned(name)).pointee.auxiliary = element
        }
        for (name, element) in WordElement.officeNames { slot(parser.interned(name)).pointee.office = element }
        for (name, element) in WordElement.packageNames { slot(parser.interned(name)).pointee.package = element }
    }

    func deallocate() { slots.deallocate() }

    /// The slot of a key, filled in where it is new. The table holds some 130 names, so it never fills.
    private func slot(_ name: UnsafePointer<UInt8>) -> UnsafeMutablePointer<Slot> {
        let key = UInt(bitPattern: name)
        var index = WordNames.index(key)
        while slots[index].key != key, slots[index].key != 0 { index = (index &+ 1) & (WordNames.size - 1) }
        slots[index].key = key
        return slots + index
    }

    @inline(__always) private static func index(_ key: UInt) -> Int {
        Int(truncatingIfNeeded: (key ^ key >> 9) & UInt(size - 1))
    }

    /// The element of a name in a namespace, both as the parser gave them.
    @inline(__always)
    func element(_ name: UnsafePointer<UInt8>?, _ namespace: UnsafePointer<UInt8>?) -> WordElement {
        let key = UInt(bitPattern: name)
        var index = WordNames.index(key)
        while slots[index].key != key {
            if slots[index].key == 0 { return .other }
            index = (index &+ 1) & (WordNames.size - 1)
        }
        if namespace == main || namespace == mainStrict { return slots[index].main }
        if namespace == mathematics || namespace == mathematicsStrict { return slots[index].mathematics }
        if namespace == compatibility { return slots[index].compatibility }
        if namespace == main2003 { return slots[index].main }
        if namespace == annotation { return slots[index].annotation }
        if namespace == auxiliary { return slots[index].auxiliary }
        if namespace == office { return slots[index].office }
        if namespace == package { return slots[index].package }
        return .other
    }
}
