/// What a block of code is written in, as far as its beginning shows it.
enum CodeLanguage {
    /// How many bytes are looked at.
    private static let sample = 4096

    /// `asn1`, `json`, `yaml` or `xml`; empty where it is none of them.
    static func name(_ code: UnsafeRawBufferPointer) -> String {
        let text = UnsafeRawBufferPointer(rebasing: code.prefix(sample))
        guard let first = text.firstIndex(where: { $0 > 0x20 }) else { return "" }
        switch text[first] {
        case UInt8(ascii: "<"):
            return holds("</", text) || holds("/>", text) || holds("<?xml", text) ? "xml" : ""
        case UInt8(ascii: "{"), UInt8(ascii: "["): if holds("\":", text) || holds("\" :", text) { return "json" }
        default: break
        }
        // BNF has the same sign, behind names in angle brackets.
        if holds("::=", text), !holds("> ::=", text), !holds(">::=", text) { return "asn1" }
        return isYAML(text, first) ? "yaml" : ""
    }

    private static func holds(_ words: StaticString, _ text: UnsafeRawBufferPointer) -> Bool {
        let count = words.utf8CodeUnitCount
        if text.count < count { return false }
        for start in 0...(text.count - count) where text[start] == words.utf8Start[0] {
            var index = 1
            while index < count, text[start + index] == words.utf8Start[index] { index += 1 }
            if index == count { return true }
        }
        return false
    }

    /// Whether the first lines are keys with a colon, one of them indented below another.
    private static func isYAML(_ text: UnsafeRawBufferPointer, _ first: Int) -> Bool {
        var keys = 0
        var nested = 0
        var lines = 0
        var start = first
        while start < text.count, lines < 12 {
            var end = start
            while end < text.count, text[end] != 0x0A { end += 1 }
            let line = text[start..<end]
            start = end + 1
            guard let head = line.firstIndex(where: { $0 != 0x20 && $0 != UInt8(ascii: "-") }) else { continue }
            if text[head] == UInt8(ascii: "#") { continue }
            lines += 1
            let rest = line[head...]
            let colon = rest.firstIndex { !isKey($0) }
            guard let colon, text[colon] == UInt8(ascii: ":"), colon > head,
                colon + 1 == end || text[colon + 1] == 0x20
            else { continue }
            keys += 1
            if head > line.startIndex { nested += 1 }
        }
        return keys >= 2 && nested >= 1 && keys * 3 >= lines * 2
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "$")
            || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
    }
}
