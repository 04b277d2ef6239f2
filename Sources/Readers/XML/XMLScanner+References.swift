/// References and the values that hold them.
extension XMLScanner {
    /// Puts what the reference at `place` stands for behind what `scratch` holds; past its end. There must be room for four bytes.
    func reference(_ place: Byte) -> Byte? {
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

    func numericReference(_ start: Byte) -> Byte? {
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

    /// A value with references or line ends, in `scratch`; it begins at `start`, and `stop` is the first byte that needs work.
    func decodedValue(
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
}
