import Glibc

/// The attributes of one start tag, in the form the parser gives them; valid inside the event.
struct MarkupAttributes {
    /// libxml2's five pointers an attribute: name, prefix, namespace, start and end of the value.
    var structured: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    var count = 0
    /// libxml2's HTML form: name and value in turn, nil at the end.
    var flat: UnsafeMutablePointer<UnsafePointer<UInt8>?>?

    /// The value of the attribute with this local name, nil where there is none.
    func value(_ name: StaticString) -> String? {
        if let structured {
            for index in 0..<count {
                guard let key = structured[index * 5], equal(key, name), let start = structured[index * 5 + 3],
                    let end = structured[index * 5 + 4]
                else { continue }
                let text = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
                return text.utf8.contains(UInt8(ascii: "&")) ? MarkupAttributes.resolved(text) : text
            }
        }
        var index = 0
        while let flat, let key = flat[index] {
            if equal(key, name) { return flat[index + 1].map { String(cString: $0) } ?? "" }
            index += 2
        }
        return nil
    }

    /// A whole number, nil where there is none.
    func number(_ name: StaticString) -> Int? { value(name).flatMap { Int($0) } }

    private func equal(_ key: UnsafePointer<UInt8>, _ name: StaticString) -> Bool {
        strlen(UnsafeRawPointer(key).assumingMemoryBound(to: CChar.self)) == name.utf8CodeUnitCount
            && memcmp(key, name.utf8Start, name.utf8CodeUnitCount) == 0
    }

    /// The parser leaves references to entities of the document's own as they are.
    private static func resolved(_ text: String) -> String {
        var out = ""
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "&") {
            out += rest[..<start]
            rest = rest[start...]
            guard let end = rest.firstIndex(of: ";"),
                let character = NamedCharacters.text(of: String(rest[rest.index(after: start)..<end]))
            else {
                out += "&"
                rest = rest.dropFirst()
                continue
            }
            out += character
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }
}
