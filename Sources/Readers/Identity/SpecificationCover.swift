import Documents
import Files

/// What the cover of a 3GPP or ETSI document says of it.
struct SpecificationCover {
    private(set) var metadata = Metadata()

    /// Reads the cover's identity lines (`3GPP TS 23.501 V18.5.0 (2024-03)`) and title lines.
    init(identity: [String], title: [String]) {
        readIdentity(SpecificationCover.words(identity.joined(separator: " ")))
        readTitle(title)
    }

    private static func words(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isWhitespace)
    }

    private mutating func readIdentity(_ words: [Substring]) {
        guard let kind = words.firstIndex(where: { ["TS", "TR", "EN", "ES", "EG", "GS", "GR"].contains($0) }),
            kind + 1 < words.count
        else { return }
        let publisher = words[..<kind].last { $0 == "3GPP" || $0 == "ETSI" }
        metadata.publisher = publisher.map(String.init)
        let isETSI = publisher == "ETSI"
        if isETSI, kind + 2 < words.count {
            let number = String(words[kind + 1]) + String(words[kind + 2])
            metadata.specification =
                SpecificationNumber.canonical(digits: number, isETSI: true) ?? "\(words[kind + 1]) \(words[kind + 2])"
        } else {
            metadata.specification = SpecificationNumber.canonical(digits: String(words[kind + 1]), isETSI: false)
        }
        for word in words[(kind + 1)...] {
            if metadata.version == nil, word.first == "V" || word.first == "v",
                let version = SpecificationCover.version(word)
            {
                metadata.version = version
                metadata.release = SpecificationNumber.release(ofVersion: version)
            } else if metadata.date == nil, let date = SpecificationCover.date(word) {
                metadata.date = date
            }
        }
    }

    private static func version(_ word: Substring) -> String? {
        let numbers = word.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(SpecificationNumber.isDigit) })
        else { return nil }
        return numbers.joined(separator: ".")
    }

    /// `(2024-03)` as `2024-03`.
    private static func date(_ word: Substring) -> String? {
        let inner = word.drop { $0 == "(" }.prefix { $0 != ")" }
        let parts = inner.split(separator: "-", omittingEmptySubsequences: false)
        guard word.first == "(", parts.count == 2, parts[0].utf8.count == 4, let year = Int(parts[0]),
            let month = Int(parts[1]), year > 1980, month >= 1, month <= 12
        else { return nil }
        return parts[0] + (month < 10 ? "-0" : "-") + String(month)
    }

    /// The title without the publisher's and the group's names and without the release, which is kept for itself.
    private mutating func readTitle(_ lines: [String]) {
        var pieces: [String] = []
        for piece in lines.joined(separator: " \n").split(whereSeparator: { $0 == ";" }) {
            var text = SpecificationCover.words(String(piece)).joined(separator: " ")
            if let start = text.range(ofRelease: ()) {
                let words = text[start].split(whereSeparator: { " ()".contains($0) })
                if words.count == 2 { metadata.release = String(words[1]) }
                text.removeSubrange(start)
                text = SpecificationCover.words(text).joined(separator: " ")
            }
            let isFrame =
                text.hasPrefix("3rd Generation Partnership Project") || text.hasPrefix("Technical Specification Group")
            if let group = WorkingGroup.group(ofCoverLine: text) { metadata.other["working_group"] = .string(group) }
            if !text.isEmpty, !isFrame { pieces.append(text) }
        }
        if !pieces.isEmpty { metadata.title = pieces.joined(separator: "; ") }
    }
}

extension String {
    /// Where `(Release 18)` stands.
    fileprivate func range(ofRelease: Void) -> Range<String.Index>? {
        var start = startIndex
        while let open = self[start...].firstIndex(of: "(") {
            if self[open...].lowercased().hasPrefix("(release "), let close = self[open...].firstIndex(of: ")") {
                return open..<index(after: close)
            }
            start = index(after: open)
        }
        return nil
    }
}
