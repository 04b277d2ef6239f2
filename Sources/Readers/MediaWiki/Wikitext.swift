import CKernels
import Documents
import Glibc

/// The text of a wiki page as Markdown: headings, lists, tables, code and formulas are kept; templates, references, files and
/// categories are taken out and counted.
///
/// Templates cannot be expanded without their definitions. Constructs over several lines are taken out first; what must not be
/// touched again (`<nowiki>`, `<math>`, code) is set aside and stands for itself as a number between two control characters; those of
/// the text itself are taken out first. Every search for an end is bounded or done once a page, so time is linear in the text.
struct Wikitext {
    /// A stretch of the page. The bytes belong to an array that `convert` holds for as long as it runs.
    typealias Text = Slice<UnsafeBufferPointer<UInt8>>

    var writer = MarkupWriter()
    var counts = MarkupCounts()
    private var source: [UInt8]
    private let title: [UInt8]
    var swallowedAppend: Int

    enum Aside {
        case plain([UInt8])
        case formula([UInt8])
        case code([UInt8])

        var content: [UInt8] {
            switch self {
            case .plain(let content), .formula(let content), .code(let content): content
            }
        }
    }
    var asides: [Aside] = []
    var paragraph: [UInt8] = []
    /// The memory of the text of one line, kept from line to line.
    var lineText: [UInt8] = []
    var numbers: [Int] = []

    /// A table that is being read.
    struct OpenTable {
        var table = MarkupTable()
        /// Whether tags opened it, not the marks of wikitext.
        let isHTML: Bool
        /// Tables in HTML in this one that a mark of it ended, whose end tags may follow.
        var endedInside = 0
    }
    /// One inside the other, the innermost last.
    var tables: [OpenTable] = []

    static let asideStart: UInt8 = 0x01
    static let asideEnd: UInt8 = 0x02
    /// Begins a line that a tag of a table in HTML began: see `TableMark`.
    static let tableMark: UInt8 = 0x03
    /// Templates and tables inside one another are followed this deep; deeper ones are text.
    static let deepest = 64

    let droppedNamespaces: WikiNamespaces
    /// What is known of the text whose links were looked at last.
    var lastLinkEnd: (text: Range<Int>, place: Int) = (0..<0, -1)

    init(_ source: [UInt8], title: [UInt8], droppedNamespaces: WikiNamespaces, swallowedAppend: Int) {
        self.droppedNamespaces = droppedNamespaces
        self.source = source
        self.title = title
        self.swallowedAppend = swallowedAppend
    }

    static func visible(_ bytes: Text) -> Int {
        MarkupTextCounter.scalars(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes))).visible
    }

    /// Visible scalars of text that is taken out, with those of what was set aside in it.
    func scalars(_ text: Text) -> Int {
        guard let first = Wikitext.first(Wikitext.asideStart, in: text, from: text.startIndex) else {
            return Wikitext.visible(text)
        }
        var count = Wikitext.visible(text[..<first])
        var rest = text[first...]
        while let mark = rest.popFirst() {
            if mark != Wikitext.asideStart {
                let plain = rest.prefix { $0 != Wikitext.asideStart }
                count += Wikitext.visible(text[rest.startIndex - 1..<plain.endIndex])
                rest = rest[plain.endIndex...]
                continue
            }
            let digits = rest.prefix { $0 != Wikitext.asideEnd }
            if let number = Int(String(decoding: digits, as: UTF8.self)), asides.indices.contains(number) {
                count += Wikitext.visible(asides[number].content)
            }
            rest = rest[digits.endIndex...].dropFirst()
        }
        return count
    }

    static func visible(_ bytes: [UInt8]) -> Int { MarkupTextCounter.scalars(bytes).visible }

    /// The first of some bytes from `start` on; nil where there is none before the end of the text.
    static func first(_ byte: UInt8, in text: Text, from start: Int) -> Int? {
        guard start < text.endIndex, let base = text.base.baseAddress,
            let hit = memchr(base + start, Int32(byte), text.endIndex - start)
        else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(hit))
    }

    static func append(_ text: Text, to out: inout [UInt8]) {
        out.append(contentsOf: UnsafeBufferPointer(rebasing: text))
    }

    /// Converts the whole page.
    mutating func convert() {
        let controls = source.withUnsafeBufferPointer { bytes -> Int in
            bytes.baseAddress.map { shardmill_count_controls($0, bytes.count) } ?? 0
        }
        if controls > 0 {
            counts.remove(.controlCharacters, controls)
            source.removeAll { $0 < 0x20 && !MarkupTextCounter.isWhite($0) }
        }
        if !title.isEmpty {
            counts.add(.title, Wikitext.visible(title))
            writer.write(.heading, level: 1, title, &counts)
        }
        var source: [UInt8] = []
        swap(&source, &self.source)
        var lines = source.withUnsafeBufferPointer { stripped($0) }
        joinLinks(&lines)
        lines.withUnsafeBufferPointer { bytes -> Void in
            let text = bytes[...]
            var start = 0
            while start <= text.count {
                let end = Wikitext.first(0x0A, in: text, from: start) ?? text.count
                line(text[start..<end])
                start = end + 1
            }
        }
        flush()
        while !tables.isEmpty { endTable() }
        writer.flushCode(&counts)
        // A page of templates alone has no text of its own.
        if writer.spans.count <= 1 { writer = MarkupWriter() }
    }

    /// The text, which is then empty here.
    mutating func takeText() -> [UInt8] { writer.takeText() }

    static func begins(_ text: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        index + text.utf8CodeUnitCount <= bytes.count
            && memcmp(bytes.baseAddress! + index, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    static func begins(_ text: StaticString, _ line: Text) -> Bool {
        line.count >= text.utf8CodeUnitCount && begins(text, line.base, line.startIndex)
    }

    static func beginsIgnoringCase(
        _ text: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int
    ) -> Bool {
        guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount
        where MarkupTextCounter.lowered(bytes[index + offset]) != text.utf8Start[offset] { return false }
        return true
    }

    /// Where `text`, which begins with a sign that has no case, stands next.
    static func find(
        _ text: StaticString, in bytes: UnsafeBufferPointer<UInt8>, from start: Int, ignoringCase: Bool = false
    ) -> Int? {
        var index = start
        while let hit = Wikitext.first(text.utf8Start[0], in: bytes[...], from: index) {
            if ignoringCase ? Wikitext.beginsIgnoringCase(text, bytes, hit) : Wikitext.begins(text, bytes, hit) {
                return hit
            }
            index = hit + 1
        }
        return nil
    }
}
