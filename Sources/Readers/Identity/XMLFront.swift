import Documents
import Files

/// What the front of an RFC or of an article says of it: number or DOI, publisher, date, licence. The first bytes are looked at as text,
/// because the reader takes the front out; nothing of it decides about the document's text.
struct XMLFront {
    /// How far the front is looked at.
    private static let window = 1 << 16

    private let text: Substring

    init(_ bytes: UnsafeRawBufferPointer) {
        text = XMLFront.withoutComments(String(decoding: bytes.prefix(XMLFront.window), as: UTF8.self)[...])
    }

    /// Tags in comments are none.
    private static func withoutComments(_ text: Substring) -> Substring {
        var out = ""
        var rest = text
        while let open = rest.firstRange(of: "<!--") {
            out += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "-->") else { return out[...] }
            rest = rest[close.upperBound...]
        }
        return out.isEmpty ? rest : (out + rest)[...]
    }

    /// The text with the references in it resolved; an unknown one stands for itself.
    private static func resolved(_ text: String) -> String {
        if !text.utf8.contains(UInt8(ascii: "&")) { return text }
        var out = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            out += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            guard let end = rest.prefix(40).firstIndex(of: ";"), let characters = characters(of: rest[..<end]) else {
                out += "&"
                continue
            }
            out += characters
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }

    private static func characters(of name: Substring) -> String? {
        guard name.first == "#" else { return NamedCharacters.text(of: String(name)) }
        let isHexadecimal = name.dropFirst().first == "x"
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        // A number's text may have a sign; a reference may not.
        guard digits.utf8.first.map({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) == true,
            let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value >= 0x20
        else { return nil }
        return Unicode.Scalar(value).map { String($0) }
    }

    /// Of RFC XML: the number of an RFC, or the name and version of a draft.
    var requestForComments: Metadata {
        var metadata = Metadata()
        guard let root = tag("rfc", in: text) else { return metadata }
        if let number = root.value("number").flatMap({ Int($0) }), number > 0 {
            metadata.publisher = "IETF"
            metadata.specification = "RFC \(number)"
        } else if let name = root.value("docName"), name.hasPrefix("draft-"), name.utf8.count < 200 {
            metadata.publisher = "IETF"
            metadata.specification = name
            if let dash = name.lastIndex(of: "-"), name[dash...].utf8.count == 3,
                name[name.index(after: dash)...].utf8.allSatisfy(SpecificationNumber.isDigit)
            {
                metadata.specification = String(name[..<dash])
                metadata.version = String(name[name.index(after: dash)...])
            }
        }
        if let date = tag("date", in: text) {
            metadata.date = XMLFront.date(year: date.value("year"), month: date.value("month"), day: date.value("day"))
        }
        return metadata
    }

    /// Of JATS: publisher, date of publication, DOI, licence.
    var article: Metadata {
        var metadata = Metadata()
        let end = text.firstRange(of: "</front>")?.lowerBound ?? text.endIndex
        let front = text[..<end]
        metadata.publisher = content("publisher-name", in: front)
        // Of several dates the first is the journal's own.
        if let open = front.firstRange(of: "<pub-date"),
            let close = front[open.lowerBound...].firstRange(of: "</pub-date>")
        {
            let date = front[open.lowerBound..<close.lowerBound]
            metadata.date = XMLFront.date(
                year: content("year", in: date), month: content("month", in: date), day: content("day", in: date))
        }
        if let open = front.firstRange(of: "pub-id-type=\"doi\">"),
            let close = front[open.upperBound...].firstIndex(of: "<")
        {
            let doi = String(front[open.upperBound..<close])
            if doi.hasPrefix("10."), doi.utf8.count < 200 { metadata.other["doi"] = .string(doi) }
        }
        if let licence = tag("license", in: front) {
            metadata.licence = licence.value("href") ?? licence.value("license-type")
        }
        return metadata
    }

    /// `2012-11`, `2021-05-27`, from numbers or English names of months.
    private static func date(year: String?, month: String?, day: String?) -> String? {
        guard let year, year.utf8.count == 4, let number = Int(year), number > 1900 else { return nil }
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        guard let month,
            let place = Int(month) ?? names.firstIndex(where: month.lowercased().hasPrefix).map({ $0 + 1 }),
            (1...12).contains(place)
        else { return year }
        guard let day, let number = Int(day), (1...31).contains(number) else { return "\(year)-\(two(place))" }
        return "\(year)-\(two(place))-\(two(number))"
    }

    /// The first start tag of that name.
    private func tag(_ name: String, in text: Substring) -> StartTag? {
        var rest = text
        while let open = rest.firstRange(of: "<" + name) {
            let after = rest[open.upperBound...]
            guard let end = after.firstIndex(of: ">") else { return nil }
            if let next = after.first, next.isWhitespace || next == ">" || next == "/" {
                return StartTag(text: after[..<end])
            }
            rest = after
        }
        return nil
    }

    /// The plain text of the first element of that name.
    private func content(_ name: String, in text: Substring) -> String? {
        guard let open = text.firstRange(of: "<" + name + ">"),
            let close = text[open.upperBound...].firstIndex(of: "<")
        else { return nil }
        let words = text[open.upperBound..<close].split(whereSeparator: \.isWhitespace)
        return words.isEmpty || close.utf16Offset(in: text) - open.upperBound.utf16Offset(in: text) > 200
            ? nil : XMLFront.resolved(words.joined(separator: " "))
    }

    /// The attributes of a start tag.
    private struct StartTag {
        let text: Substring

        /// The value of an attribute, whatever its prefix.
        func value(_ name: String) -> String? {
            var rest = text
            while let hit = rest.firstRange(of: name + "=") {
                let before = hit.lowerBound > text.startIndex ? text[text.index(before: hit.lowerBound)] : " "
                let after = rest[hit.upperBound...]
                if before.isWhitespace || before == ":", let quote = after.first, quote == "\"" || quote == "'",
                    let end = after.dropFirst().firstIndex(of: quote)
                {
                    let value = String(after[after.index(after: after.startIndex)..<end])
                    return value.isEmpty || value.utf8.count > 400 ? nil : XMLFront.resolved(value)
                }
                rest = after
            }
            return nil
        }
    }
}
