import Documents
import Files

/// What the first page says of a document, and whether it is a cover at all.
struct PDFCover {
    private(set) var metadata = Metadata()
    private var hasCover = false

    /// Kinds of deliverables as covers name them, and words that say the page is a cover and no title.
    private static let kinds = [
        "TECHNICAL SPECIFICATION", "TECHNICAL REPORT", "EUROPEAN STANDARD", "GROUP SPECIFICATION", "GROUP REPORT",
        "ETSI STANDARD", "ETSI GUIDE", "Technical Specification", "Technical Report",
    ]

    /// Reads the first page. It is a cover if it names a deliverable with its version in large letters and has no prose.
    mutating func take(_ page: PDFPage) -> Bool {
        var largest: Int16 = 0
        var prose = 0
        for element in page.elements where !element.isGone {
            largest = max(largest, element.font.size)
            if element.font.size < 20, element.width * 2 > page.width { prose += 1 }
        }
        if largest < 22 || prose > 12 { return false }
        var layout = PageLayout()
        var counts = PDFCounts()
        var copy = page
        layout.lay(&copy, body: .usual, &counts)
        var identity: [String] = []
        var title: [String] = []
        for line in layout.lines {
            let words = line.segments.map { String(decoding: layout.bytes(layout.segments[$0]), as: UTF8.self) }
            // A private-use character is decoration here.
            let text = words.joined(separator: " ").filter { !("\u{E000}"..."\u{F8FF}").contains($0) }
            if identity.isEmpty, PDFCover.isIdentity(text) {
                identity.append(text)
            } else if line.font.size >= 18, !text.isEmpty, !PDFCover.kinds.contains(text) {
                title.append(text)
            }
        }
        if identity.isEmpty { return false }
        hasCover = true
        metadata = PDFCover.metadata(identity, title)
        return true
    }

    /// The running header, which stands in where there is no cover.
    mutating func takeHeader(_ text: [UInt8]) {
        if hasCover || metadata.version != nil { return }
        let line = String(decoding: text, as: UTF8.self)
        if PDFCover.isIdentity(line) { metadata = PDFCover.metadata([line], []) }
    }

    /// Takes the work item from the page that holds it.
    mutating func takeReference(_ page: PDFPage) {
        var text: [UInt8] = []
        for element in page.elements { text += page.text[Int(element.start)..<Int(element.end)] + [0x0A] }
        if let group = WorkingGroup.group(ofReferenceIn: String(decoding: text, as: UTF8.self)) {
            metadata.other["working_group"] = .string(group)
        }
    }

    /// Whether a line names a deliverable and its version: `ETSI TS 138 211 V19.3.0 (2026-04)`.
    private static func isIdentity(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        guard let kind = words.firstIndex(where: { ["TS", "TR", "EN", "ES", "EG", "GS", "GR"].contains($0) }) else {
            return false
        }
        return words[kind...].contains { word in
            guard word.first == "V" || word.first == "v" else { return false }
            return word.dropFirst().split(separator: ".").count == 3
                && word.dropFirst().utf8.first.map { $0 &- 0x30 < 10 } == true
        }
    }

    private static func metadata(_ identity: [String], _ title: [String]) -> Metadata {
        // `(3GPP TS 38.211 version 19.3.0 Release 19)` repeats the identity under the title.
        let lines = title.filter { !($0.hasPrefix("(") && $0.contains(" version ")) && !$0.hasPrefix("Release ") }
        var metadata = SpecificationCover(identity: identity, title: lines).metadata
        // Only what 3GPP makes belongs to a release.
        if metadata.specification?.contains(" ") == true { metadata.release = nil }
        return metadata
    }

    /// Whether a page is the one with the publisher's address and the copyright notice.
    static func isCopyright(_ page: PDFPage) -> Bool {
        let marks: [StaticString] = [
            "Important notice", "Copyright Notification", "All rights reserved", "No part may be reproduced",
            "Notice of disclaimer", "Siret N", "Postal address",
        ]
        return marks.reduce(0) { $0 + (page.text.containsBytes($1) ? 1 : 0) } >= 3
    }
}
