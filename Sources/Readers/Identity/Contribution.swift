import Documents
import Files

/// What the first lines of a meeting document of 3GPP say of it: its number, group and meeting, and of a change request what it changes.
struct Contribution {
    private static let window = 3072
    /// Group and meeting stand on the first lines.
    private static let head = 400

    /// What was found; nil for a text that does not begin like one.
    let metadata: Metadata

    init?(_ text: [UInt8]) {
        guard Contribution.mayName(text) else { return nil }
        let front = String(decoding: text.prefix(Contribution.window), as: UTF8.self)
        let head = String(decoding: text.prefix(Contribution.head), as: UTF8.self)
        let words = head.split { $0.isWhitespace || $0 == "|" || $0 == "," }.map(String.init)
        guard let place = words.firstIndex(where: { $0.first == "#" && $0.dropFirst().first?.isNumber == true }),
            let group = Contribution.group(words[..<place])
        else { return nil }
        var metadata = Metadata()
        metadata.publisher = "3GPP"
        metadata.other["working_group"] = .string(group)
        metadata.other["meeting"] = .string(String(words[place].dropFirst()))
        let number = words.first(where: Contribution.isNumber)
        if let number { metadata.other["document_number"] = .string(number) }
        metadata.other["document_type"] = .string(number == nil ? "meeting document" : "contribution")
        for line in front.split(separator: "\n") where line.hasPrefix("Title:") && metadata.title == nil {
            let title = line.dropFirst(6).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !title.isEmpty { metadata.title = title }
        }
        if front.contains("CR-Form") { Contribution.readChange(front, &metadata) }
        self.metadata = metadata
    }

    /// Nearly every text is passed over without being decoded: the number of a meeting stands behind a `#`, in whatever digits.
    private static func mayName(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            for index in 0..<max(0, min(text.count - 1, head)) where text[index] == UInt8(ascii: "#") {
                if SpecificationNumber.isDigit(text[index + 1]) || text[index + 1] >= 0x80 { return true }
            }
            return false
        }
    }

    /// `3GPP TSG RAN WG1`, `SA WG2 Meeting`, `3GPP TSG-SA2 Meeting`: the group the words before the number of the meeting end with.
    private static func group(_ words: ArraySlice<String>) -> String? {
        let names = ["RAN", "SA", "CT", "GERAN", "CN"]
        var found: String?
        for word in words.suffix(6) {
            let parts = word.split(separator: "-").map(String.init)
            for part in parts {
                let name = String(part.prefix { $0.isLetter })
                let rest = part.dropFirst(name.count)
                if names.contains(name), rest.isEmpty || rest.count == 1 && rest.first?.isNumber == true {
                    found = part
                } else if name == "WG", rest.count == 1, let group = found, group.last?.isLetter == true {
                    found = group + rest
                } else if !["GPP", "TSG", "WG", "Meeting", "meeting"].contains(name), part != "3GPP", found != nil {
                    found = nil
                }
            }
        }
        return found
    }

    /// `S2-1812226`, `RP-230100`.
    private static func isNumber(_ word: String) -> Bool {
        let parts = word.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count == 2, "RSCNGT".contains(parts[0].first ?? " "),
            let last = parts[0].last, last == "P" || last.isNumber, parts[1].utf8.count >= 6, parts[1].utf8.count <= 8
        else { return false }
        return parts[1].utf8.allSatisfy(SpecificationNumber.isDigit)
    }

    /// The row `23.501 | CR | 0836 | rev | - | Current version: | 15.4.0`.
    private static func readChange(_ front: String, _ metadata: inout Metadata) {
        metadata.other["document_type"] = .string("change request")
        let cells = front.split { $0 == "|" || $0 == "\n" || $0 == "<" || $0 == ">" || $0 == "\t" }
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.filter { !$0.isEmpty }
        if let mark = cells.firstIndex(of: "CR"), mark > 0,
            let changed = SpecificationNumber.canonical(digits: cells[mark - 1], isETSI: false)
        {
            metadata.other["changes"] = .string(changed)
            if mark + 1 < cells.count { metadata.other["change_request"] = .string(cells[mark + 1]) }
        }
        if let mark = cells.firstIndex(of: "Current version:"), mark + 1 < cells.count,
            cells[mark + 1].split(separator: ".").count == 3
        {
            metadata.other["changes_version"] = .string(cells[mark + 1])
        }
        if let mark = cells.firstIndex(of: "Title:"), let title = cells[(mark + 1)...].first(where: { !isMarkup($0) }) {
            metadata.title = title
        }
        if let release = cells.first(where: { $0.hasPrefix("Rel-") && $0.utf8.count <= 6 }) {
            metadata.release = String(release.dropFirst(4))
        }
    }

    private static func isMarkup(_ cell: String) -> Bool {
        cell.hasPrefix("/t") || cell.hasPrefix("td") || cell.hasPrefix("tr") || cell == "br"
    }
}
