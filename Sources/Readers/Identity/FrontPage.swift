import CKernels
import Documents
import Files
import Glibc

/// What the first lines of a text say of it, where its format said nothing: a line that is a publisher's identity and nothing else
/// (`3GPP TS 38.211 V18.7.0 (2025-06)`), and the title on the lines behind it.
struct FrontPage {
    /// How far into a text a cover reaches.
    private static let window = 4096
    private static let mostLines = 60
    private static let mostTitleLines = 14

    /// What was found; nil for a text that does not begin like a specification.
    let metadata: Metadata

    init?(_ text: [UInt8]) {
        guard FrontPage.mayHoldIdentity(text) else { return nil }
        var lines: [String] = []
        for line in String(decoding: text.prefix(FrontPage.window), as: UTF8.self).split(separator: "\n") {
            let cell = FrontPage.unmarked(line)
            if !cell.isEmpty { lines.append(cell) }
            if lines.count >= FrontPage.mostLines { break }
        }
        guard let place = lines.firstIndex(where: FrontPage.isIdentity) else { return nil }
        var metadata = SpecificationCover(
            identity: [lines[place]], title: FrontPage.title(lines[(place + 1)...])
        ).metadata
        if metadata.publisher == "ETSI" {
            if let group = WorkingGroup.group(ofReferenceIn: lines.joined(separator: "\n")) {
                metadata.other["working_group"] = .string(group)
            }
            // Only what 3GPP makes belongs to a release.
            if metadata.specification?.contains(" ") == true { metadata.release = nil }
        }
        self.metadata = metadata
    }

    /// Nearly every text is passed over without being decoded.
    private static func mayHoldIdentity(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return false }
            let count = min(text.count, FrontPage.window)
            var index = 0
            while true {
                index += shardmill_find_either(base + index, count - index, UInt8(ascii: "3"), UInt8(ascii: "E"))
                if begins("3GPP T", base + index, count - index) || begins("ETSI ", base + index, count - index) {
                    return true
                }
                if index >= count { return false }
                index += 1
            }
        }
    }

    private static func begins(_ text: StaticString, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        count >= text.utf8CodeUnitCount && memcmp(bytes, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// A line without marks of Markdown around it; of a table row the first cell.
    private static func unmarked(_ line: Substring) -> String {
        let cell = line.split(separator: "|").first { $0.contains { !" -:".contains($0) } } ?? ""
        var text = cell.filter { !("\u{E000}"..."\u{F8FF}").contains($0) }.drop { " #*_>+=-".contains($0) }
        while let last = text.last, " *_\\+=-\r".contains(last) { text.removeLast() }
        return String(text)
    }

    /// Whether a line names publisher, kind, number and version, and holds no more than the date and a page number beside them.
    private static func isIdentity(_ line: String) -> Bool {
        if line.utf8.count > 80 { return false }
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count >= 4, words.count <= 7, ["3GPP", "ETSI"].contains(words[0]),
            ["TS", "TR", "EN", "ES", "EG", "GS", "GR"].contains(words[1])
        else { return false }
        return words.dropFirst(2).allSatisfy { word in
            let digits = word.drop { "Vv(".contains($0) }
            return digits.first?.isNumber == true && word.allSatisfy { $0.isNumber || ".-()Vv".contains($0) }
        } && words.contains { $0.first == "V" || $0.first == "v" }
    }

    /// The lines of the title: up to the release, or the kind of deliverable. None where neither follows.
    private static func title(_ lines: ArraySlice<String>) -> [String] {
        let kinds = ["technical specification", "technical report", "european standard", "group specification"]
        var title: [String] = []
        for line in lines.prefix(mostTitleLines) {
            let folded = line.lowercased()
            if folded.hasPrefix("(release") || folded.contains("(release ") { return title + [line] }
            if kinds.contains(where: { folded == $0 || folded.hasPrefix($0 + "|") }) {
                if title.isEmpty { continue }
                return title
            }
            title.append(line)
        }
        return []
    }
}
