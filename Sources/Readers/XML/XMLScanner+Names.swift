import CXML2
import Glibc

/// Names, their prefixes, and what those stand for.
extension XMLScanner {
    /// The entry of a name; nil for one that is no plain qualified name, or one too many.
    @inline(__always)
    func lookup(_ start: Byte, _ count: Int, _ end: Byte) -> UnsafeMutablePointer<Name>? {
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

    func add(
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
    func prefixIndex(_ prefix: Byte?) -> Int? {
        guard let prefix else { return nil }
        if let index = prefixes.firstIndex(of: prefix) { return index }
        // All that begin so are reserved.
        let isReserved = strncasecmp(UnsafeRawPointer(prefix).assumingMemoryBound(to: CChar.self), "xml", 3) == 0
        if isReserved || prefixes.count == XMLScanner.mostPrefixes { return nil }
        prefixes.append(prefix)
        return prefixes.count - 1
    }

    /// Fills in the namespaces of the attributes; false for a prefix without one and for two attributes of one name.
    @inline(__always)
    func bindAttributes(_ count: Int) -> Bool {
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
    func declare(_ prefixIndex: Int, _ value: Byte, _ end: Byte, _ declared: Int) -> Bool {
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

    func endDeclarations(_ count: Int) {
        for _ in 0..<count {
            declarationCount -= 1
            let ended = declarations[declarationCount]
            uris[ended.prefixIndex] = ended.former
        }
    }
}
