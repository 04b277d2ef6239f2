import CXML2
import Glibc

/// What stands before and behind the root, and what is no element.
extension XMLScanner {
    /// Past an XML declaration in its plain form, if there is one; nil for any other form.
    func skipDeclaration(_ start: Byte, _ end: Byte) -> Byte? {
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
    func pseudoAttribute(_ name: Byte, _ count: Int) -> Int {
        if count == 7, memcmp(name, "version", 7) == 0 { return 1 }
        if count == 8, memcmp(name, "encoding", 8) == 0 { return 2 }
        return count == 10 && memcmp(name, "standalone", 10) == 0 ? 3 : 0
    }

    func isAllowed(_ value: Byte, _ count: Int, _ number: Int) -> Bool {
        switch number {
        case 1: count == 3 && memcmp(value, "1.0", 3) == 0
        case 2:
            count > 0 && value.pointee != 0x5F && kinds[Int(value.pointee)] & Kind.nameStart != 0
                && memchr(value, 0x3A, count) == nil
        default: count == 3 && memcmp(value, "yes", 3) == 0 || count == 2 && memcmp(value, "no", 2) == 0
        }
    }

    /// Past white space, comments and processing instructions.
    func skipOutside(_ start: Byte, _ end: Byte) -> Byte? {
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
    func skipMarkup(_ place: Byte, _ end: Byte) -> Byte? {
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
}
