/// Finds e-mail addresses: a local part of RFC 5321's length before each `@`, a domain of two or more labels behind it.
///
/// At each `@` at most 64 bytes are looked at before and 253 behind, so the pass is linear.
struct EmailScanner {
    private let bytes: TextBytes
    private let includesExamples: Bool

    init(_ bytes: TextBytes, includesExamples: Bool) {
        self.bytes = bytes
        self.includesExamples = includesExamples
    }

    func scan(_ matches: inout [PersonalDataMatch]) {
        var position = 0
        var decided = 0
        while let at = bytes.next(UInt8(ascii: "@"), from: position) {
            position = at + 1
            guard let end = domainEnd(from: at + 1), let start = localStart(before: at, after: decided),
                includesExamples || !isExample(at + 1..<end)
            else { continue }
            matches.append(PersonalDataMatch(kind: .email, range: start..<end))
            position = end
            decided = end
        }
    }

    /// Where the local part before `at` begins; nil where there is none, or where a scheme before it says that this is no mail.
    private func localStart(before at: Int, after decided: Int) -> Int? {
        var start = at
        while start > decided {
            let byte = bytes[start - 1]
            if EmailScanner.isLocal(byte) {
                // Dots in a row are the leaders of a table of contents.
                if byte == UInt8(ascii: "."), bytes[start] == byte { break }
                start -= 1
            } else if byte & 0xC0 == 0x80, bytes[start - 2] &- 0xC3 < 7 {
                start -= 2
            } else {
                break
            }
            if at - start > 64 { return nil }
        }
        while start < at, !EmailScanner.isFirst(bytes[start]) { start += 1 }
        if start == at || bytes[at - 1] == UInt8(ascii: ".") { return nil }
        if at - start == 3, bytes.lowercased(start..<at) == "git" { return nil }
        let before = bytes[start - 1]
        if before == UInt8(ascii: "/"), bytes[start - 2] == before { return nil }
        if before == UInt8(ascii: "<"), isIdentifier(before: start - 1) { return nil }
        if before == UInt8(ascii: ":") {
            let word = bytes.lowercased(bytes.word(before: start - 1))
            if EmailScanner.otherSchemes.contains(word) || isPassword(start) { return nil }
        }
        return start
    }

    /// Whether the bracket at `bracket` stands behind the name of a field such as `Content-ID:`.
    private func isIdentifier(before bracket: Int) -> Bool {
        var index = bracket
        while bracket - index < 3, bytes[index - 1] == UInt8(ascii: " ") { index -= 1 }
        return bytes[index - 1] == UInt8(ascii: ":") && bytes[index - 2] | 0x20 == UInt8(ascii: "d")
            && bytes[index - 3] | 0x20 == UInt8(ascii: "i") && bytes[index - 4] == UInt8(ascii: "-")
    }

    /// Whether what stands before the colon before `start` is the user of a URL.
    private func isPassword(_ start: Int) -> Bool {
        var index = start - 2
        while start - index < 64, EmailScanner.isLocal(bytes[index]), bytes[index] != UInt8(ascii: "/") { index -= 1 }
        return bytes[index] == UInt8(ascii: "/") && bytes[index - 1] == UInt8(ascii: "/")
    }

    /// Where the domain that begins at `start` ends; nil where it is none.
    private func domainEnd(from start: Int) -> Int? {
        var end: Int?
        var label = start
        var labels = 0
        while true {
            var index = label
            while index - label < 64, TextBytes.isAlphanumeric(bytes[index]) || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            if index == label || index - label > 63 || bytes[label] == UInt8(ascii: "-") { break }
            var last = index
            while bytes[last - 1] == UInt8(ascii: "-") { last -= 1 }
            labels += 1
            if labels > 1, isTopLevel(label..<last) { end = last }
            if last != index || bytes[index] != UInt8(ascii: ".") || index - start > 253 { break }
            label = index + 1
        }
        guard let end else { return nil }
        // A name that goes on is another thing.
        let next = bytes[end]
        if next == UInt8(ascii: "<"), TextBytes.isUpper(bytes[end + 1]) { return nil }
        if next == UInt8(ascii: "_") || next == UInt8(ascii: "@") || bytes.isWord(at: end) { return nil }
        if next == UInt8(ascii: "."), TextBytes.isAlphanumeric(bytes[end + 1]) { return nil }
        return end
    }

    /// Whether a label can be the last: letters, at least two, and no ending of a file.
    private func isTopLevel(_ label: Range<Int>) -> Bool {
        if label.count < 2 || label.contains(where: { !TextBytes.isLetter(bytes[$0]) }) {
            return label.count > 4 && bytes.lowercased(label.lowerBound..<label.lowerBound + 4) == "xn--"
        }
        return label.count > 5 || !EmailScanner.fileEndings.contains(bytes.lowercased(label))
    }

    private func isExample(_ domain: Range<Int>) -> Bool {
        let labels = bytes.lowercased(domain).split(separator: ".")
        guard let top = labels.last, labels.count > 1 else { return true }
        if EmailScanner.exampleTops.contains(String(top)) { return true }
        return EmailScanner.exampleDomains.contains("\(labels[labels.count - 2]).\(top)")
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        TextBytes.isAlphanumeric(byte) || localMarks.contains(byte)
    }

    /// Marks before a name are around it.
    private static func isFirst(_ byte: UInt8) -> Bool {
        TextBytes.isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte >= 0xC3
    }

    private static let localMarks: [UInt8] = Array("._%+-'&".utf8)
    /// Addresses of these are of services, not of mail.
    private static let otherSchemes: Set<String> = [
        "sip", "sips", "pres", "im", "xmpp", "ssh", "sftp", "acct", "session", "cid", "mid", "jabber", "msrp", "msrps",
    ]
    private static let fileEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "svg", "json", "html", "htm", "xml", "yaml", "yml", "txt", "exe", "dll", "css",
        "csv", "pdf", "doc", "docx", "tar", "bin", "conf", "log", "swift", "java", "class",
    ]
    /// Domains for documents and tests (RFC 2606, RFC 6761), those of no network outside of an operator's, and names that
    /// stand for any other.
    private static let exampleTops: Set<String> = [
        "example", "test", "invalid", "localhost", "local", "localdomain", "lan", "internal", "arpa",
    ]
    private static let exampleDomains: Set<String> = [
        "example.com", "example.net", "example.org", "example.edu", "3gppnetwork.org", "home1.net", "home2.net",
        "visited1.net", "visited2.net",
        "domain.com", "mydomain.com", "yourdomain.com", "operator.com", "company.com",
    ]
}
