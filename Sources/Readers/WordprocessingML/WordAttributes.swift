/// The attributes of one start tag, as libxml2 gives them: five pointers each. Valid inside the handler only.
struct WordAttributes {
    let count: Int
    let pointers: UnsafeMutablePointer<UnsafePointer<UInt8>?>?

    /// The value of the attribute with this interned name, in any namespace; nil where there is none.
    func value(_ name: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard let pointers else { return nil }
        for index in 0..<count where pointers[index * 5] == name {
            guard let start = pointers[index * 5 + 3], let end = pointers[index * 5 + 4] else { return nil }
            return UnsafeBufferPointer(start: start, count: end - start)
        }
        return nil
    }

    /// Whether the attribute has exactly this value.
    func equals(_ name: UnsafePointer<UInt8>, _ text: StaticString) -> Bool {
        guard let value = value(name), value.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<value.count where value[index] != text.utf8Start[index] { return false }
        return true
    }

    /// The attribute as an integer that 32 bits hold; nil where it is none.
    func integer(_ name: UnsafePointer<UInt8>) -> Int? {
        guard let value = value(name), !value.isEmpty, value.count < 12 else { return nil }
        return Int32(String(decoding: value, as: UTF8.self)).map { Int($0) }
    }

    /// The attribute as a number within 0 ... 10,000; nil where it is none.
    func number(_ name: UnsafePointer<UInt8>) -> Int? {
        guard let value = value(name), !value.isEmpty, value.count < 6 else { return nil }
        var number = 0
        for byte in value {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return min(number, 10_000)
    }

    /// Whether a switch like `<w:tblHeader w:val="0"/>` is on: it is without a value.
    func isOn(_ name: UnsafePointer<UInt8>) -> Bool {
        !(equals(name, "0") || equals(name, "false") || equals(name, "off") || equals(name, "none"))
    }
}
