import CKernels
import CXML2
import Documents
import Files
import Glibc

/// Reads the pages of a MediaWiki dump (`pages-articles.xml`) one after the other, in memory of one page.
///
/// Dumps are written by a program in one shape: between `<page>` and `</page>` stand elements that hold text only, with `<`, `>` and `&`
/// escaped. So a page is cut out by its tags and its fields by theirs. Articles are read (namespace 0, model `wikitext`, the last
/// revision); redirects, pages of other namespaces and of other models are passed over by name.
struct MediaWikiReader {
    private let context: ReadContext

    init(_ context: ReadContext) { self.context = context }

    /// The fields of one page that matter, their text decoded.
    struct Page {
        var title: [UInt8] = []
        var id = ""
        var namespace = "0"
        var model = "wikitext"
        var timestamp = ""
        var isRedirect = false
        /// The text of the last revision as it stands in the dump.
        var rawText: UnsafeRawBufferPointer?
    }

    /// Emits a document for every article of the stream.
    func read(
        _ stream: ByteStream, emit: (Document) throws -> Void, reject: (Rejection) throws -> Void
    ) throws {
        var window: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var pages = 0
        var scanned = 0
        var namespaces = WikiNamespaces()
        while true {
            let count = try chunk.withUnsafeMutableBytes { try stream.read(into: $0) }
            if count == 0 { break }
            window += chunk[..<count]
            var consumed = 0
            try window.withUnsafeBytes { bytes in
                var from = scanned
                while let end = MediaWikiReader.find("</page>", in: bytes, from: from) {
                    let slice = UnsafeRawBufferPointer(rebasing: bytes[consumed..<end])
                    pages += 1
                    if pages == 1 { MediaWikiReader.addDroppedNamespaces(before: slice, to: &namespaces) }
                    try readPage(slice, number: pages, namespaces, emit: emit, reject: reject)
                    consumed = end + 7
                    from = consumed
                }
            }
            window.removeFirst(consumed)
            scanned = max(0, window.count - 6)
            if window.count > context.options.maximumMemberBytes {
                throw ReadFailure.bound(
                    path: context.name, what: "bytes of one page", limit: context.options.maximumMemberBytes,
                    advice: "the dump is damaged")
            }
        }
        let rest = window.withUnsafeBytes { MediaWikiReader.find("<page>", in: $0, from: 0) }
        if rest != nil {
            try reject(
                context.rejection(
                    ReadFailure.malformed(
                        path: context.name, place: "page \(pages + 1)", expected: "</page>",
                        found: "the end of the file")))
        }
        if pages == 0 { throw ReadFailure.empty(path: context.name, what: "a dump without pages") }
    }

    private func readPage(
        _ slice: UnsafeRawBufferPointer, number: Int, _ namespaces: WikiNamespaces, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        guard var start = MediaWikiReader.find("<page>", in: slice, from: 0) else { return }
        // A page that begins inside another one: the outer one was cut.
        while let next = MediaWikiReader.find("<page>", in: slice, from: start + 6) {
            try reject(
                context.rejection(
                    ReadFailure.malformed(
                        path: context.name, place: "page \(number)", expected: "</page>", found: "<page>: it was cut")))
            start = next
        }
        let bytes = UnsafeRawBufferPointer(rebasing: slice[(start + 6)...])
        let page: Page
        do { page = try MediaWikiReader.page(bytes, name: context.name, number: number) } catch {
            return try reject(context.rejection(error))
        }
        let title = String(decoding: page.title, as: UTF8.self)
        var place = context
        place.place = context.place.isEmpty ? "page-\(page.id)" : "\(context.place)!page-\(page.id)"
        func passOver(_ rule: String, _ value: String, _ threshold: String) throws {
            try reject(
                Rejection(
                    id: place.identifier, source: context.input.source, path: place.name, rule: rule,
                    value: "\(title): \(value)", threshold: threshold))
        }
        if page.isRedirect { return try passOver(Rejection.redirectRule, "a redirect", "an article") }
        if page.namespace != "0" {
            return try passOver(Rejection.otherNamespaceRule, "namespace \(page.namespace)", "namespace 0")
        }
        if page.model != "wikitext" {
            return try passOver(Rejection.otherModelRule, "model \(page.model)", "wikitext")
        }
        guard let raw = page.rawText else {
            return try passOver(Rejection.emptyPageRule, "no text", "a page with text")
        }
        try emitArticle(page, raw, title, place, namespaces, emit, passOver)
    }

    /// Adds what a dump calls its namespaces of files, media and categories, from what stands before its first page.
    private static func addDroppedNamespaces(before slice: UnsafeRawBufferPointer, to namespaces: inout WikiNamespaces)
    {
        let end = min(find("<page>", in: slice, from: 0) ?? slice.count, 1 << 16)
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: slice[..<end]), as: UTF8.self)
        for key in ["6", "14", "-2"] {
            guard let start = text.firstRange(of: "<namespace key=\"\(key)\""),
                let open = text[start.upperBound...].firstIndex(of: ">"),
                let close = text[open...].firstRange(of: "</namespace>")
            else { continue }
            let name = text[text.index(after: open)..<close.lowerBound]
            if !name.isEmpty, !name.contains("<") { namespaces.insert(String(name)) }
        }
    }

    private func emitArticle(
        _ page: Page, _ raw: UnsafeRawBufferPointer, _ title: String, _ place: ReadContext,
        _ namespaces: WikiNamespaces, _ emit: (Document) throws -> Void,
        _ passOver: (String, String, String) throws -> Void
    ) throws {
        if let offset = UTF8Validation.firstBadByte(raw) {
            return try passOver("encoding", "byte \(offset) of the text", "UTF-8")
        }
        let text = MediaWikiReader.decoded(raw)
        let redirect = "#redirect".utf8
        if text.count >= redirect.count,
            text.prefix(redirect.count).elementsEqual(redirect, by: { MarkupTextCounter.lowered($0) == $1 })
        {
            return try passOver(Rejection.redirectRule, "a redirect", "an article")
        }
        var wikitext = Wikitext(
            text, title: page.title, droppedNamespaces: namespaces, swallowedAppend: context.options.swallowedAppend)
        wikitext.convert()
        if wikitext.writer.text.isEmpty {
            return try passOver(Rejection.emptyPageRule, "no text of its own", "a page with text")
        }
        var document = place.document()
        // The title is no part of the text of a page: it is put in.
        document.ledger = wikitext.counts.ledger(
            source: MarkupTextCounter.count(field: raw), text: wikitext.writer.text)
        document.spans = wikitext.writer.spans
        document.metadata.title = title
        if page.timestamp.utf8.count >= 10 { document.metadata.date = String(page.timestamp.prefix(10)) }
        document.metadata.other["page"] = .string(page.id)
        try document.emitDivided(
            wikitext.takeText(), input: context.input, place: place.place,
            limit: context.options.maximumDocumentBytes, emit)
    }

    /// The fields of a page. `bytes` is what stands between its tags.
    static func page(_ bytes: UnsafeRawBufferPointer, name: String, number: Int) throws -> Page {
        var page = Page()
        func malformed(_ expected: String, _ found: String) -> ReadFailure {
            .malformed(path: name, place: "page \(number)", expected: expected, found: found)
        }
        guard let title = content("title", in: bytes, from: 0) else { throw malformed("a <title>", "none") }
        page.title = decoded(UnsafeRawBufferPointer(rebasing: bytes[title]))
        if page.title.withUnsafeBytes({ UTF8Validation.firstBadByte($0) }) != nil {
            throw malformed("UTF-8", "other bytes in the title")
        }
        func text(_ field: StaticString, from start: Int = 0) -> String? {
            content(field, in: bytes, from: start).map {
                String(decoding: decoded(UnsafeRawBufferPointer(rebasing: bytes[$0])), as: UTF8.self)
            }
        }
        page.id = text("id") ?? "\(number)"
        page.namespace = text("ns") ?? "0"
        // The last revision is the one that counts.
        var revision = 0
        var next = find("<revision", in: bytes, from: 0)
        while let found = next {
            revision = found
            next = find("<revision", in: bytes, from: found + 9)
        }
        if let redirect = find("<redirect", in: bytes, from: 0), redirect < max(revision, 1) { page.isRedirect = true }
        page.model = text("model", from: revision) ?? "wikitext"
        page.timestamp = text("timestamp", from: revision) ?? ""
        if let range = content("text", in: bytes, from: revision) {
            page.rawText = UnsafeRawBufferPointer(rebasing: bytes[range])
        } else if !isEmptyText(bytes, revision) {
            throw malformed("a <text> that holds text only", "none")
        }
        return page
    }

    /// Whether the text of a page is an empty element.
    private static func isEmptyText(_ bytes: UnsafeRawBufferPointer, _ revision: Int) -> Bool {
        guard let start = find("<text", in: bytes, from: revision),
            let close = bytes[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return false }
        return bytes[close - 1] == UInt8(ascii: "/") || bytes[(close + 1)...].starts(with: "</text>".utf8)
    }

    /// What stands between the first tags of this name; nil where the element is missing or has no content.
    private static func content(_ name: StaticString, in bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int>?
    {
        var position = start
        while position < bytes.count,
            let hit = memchr(bytes.baseAddress! + position, 0x3C, bytes.count - position)
        {
            let open = bytes.baseAddress!.distance(to: UnsafeRawPointer(hit))
            position = open + 1
            let end = position + name.utf8CodeUnitCount
            guard end < bytes.count, memcmp(bytes.baseAddress! + position, name.utf8Start, name.utf8CodeUnitCount) == 0,
                bytes[end] == UInt8(ascii: ">") || bytes[end] == 0x20 || bytes[end] == UInt8(ascii: "/")
            else { continue }
            guard let close = bytes[end...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
            if bytes[close - 1] == UInt8(ascii: "/") { return nil }
            // Content ends at the next tag, which must be the element's own end; CDATA sections belong to it.
            var last = close + 1
            while let next = find("<", in: bytes, from: last) {
                last = next
                guard bytes[next...].starts(with: "<![CDATA[".utf8) else { break }
                last = find("]]>", in: bytes, from: next).map { $0 + 3 } ?? bytes.count
            }
            guard last + 1 < bytes.count, bytes[last] == UInt8(ascii: "<"), bytes[last + 1] == UInt8(ascii: "/") else {
                return nil
            }
            return close + 1..<last
        }
        return nil
    }

    static func find(_ text: StaticString, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        // In a dump the first byte of a tag is rare, because text has it escaped: looking for it alone is several times as fast.
        let base = bytes.baseAddress
        let length = text.utf8CodeUnitCount
        var index = start
        while index + length <= bytes.count, let base,
            let hit = memchr(base + index, Int32(text.utf8Start[0]), bytes.count - length + 1 - index)
        {
            index = base.distance(to: UnsafeRawPointer(hit))
            if memcmp(hit, text.utf8Start, length) == 0 { return index }
            index += 1
        }
        return nil
    }

    /// Text with the five references of XML resolved and numeric ones too; any other `&` stands for itself. CDATA sections give what
    /// they hold.
    static func decoded(_ raw: UnsafeRawBufferPointer) -> [UInt8] {
        if find("<![CDATA[", in: raw, from: 0) == nil { return resolved(raw) }
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var position = 0
        while let section = find("<![CDATA[", in: raw, from: position) {
            out += resolved(UnsafeRawBufferPointer(rebasing: raw[position..<section]))
            let end = find("]]>", in: raw, from: section) ?? raw.count
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[min(section + 9, end)..<end]))
            position = min(raw.count, end + 3)
        }
        out += resolved(UnsafeRawBufferPointer(rebasing: raw[position...]))
        return out
    }

    private static func resolved(_ raw: UnsafeRawBufferPointer) -> [UInt8] {
        guard let base = raw.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return [] }
        return [UInt8](unsafeUninitializedCapacity: raw.count + 16) { buffer, count in
            var position = 0
            while position < raw.count {
                var written = 0
                position += shardmill_resolve_references(
                    base + position, raw.count - position, buffer.baseAddress! + count, &written)
                count += written
                if position == raw.count { return }
                // What a reference stands for is never longer than the reference.
                if let (length, scalar) = numericReference(raw, position) {
                    for byte in String(Character(scalar)).utf8 {
                        buffer[count] = byte
                        count += 1
                    }
                    position += length
                } else {
                    buffer[count] = UInt8(ascii: "&")
                    count += 1
                    position += 1
                }
            }
        }
    }

    private static func numericReference(
        _ raw: UnsafeRawBufferPointer, _ start: Int
    ) -> (length: Int, Unicode.Scalar)? {
        guard start + 3 < raw.count, raw[start + 1] == UInt8(ascii: "#"),
            let end = raw[start..<min(raw.count, start + 12)].firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        var digits = String(decoding: raw[start + 2..<end], as: UTF8.self)
        let isHexadecimal = digits.hasPrefix("x")
        if isHexadecimal { digits.removeFirst() }
        // A sign is no digit.
        if digits.hasPrefix("+") { return nil }
        guard let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), let scalar = Unicode.Scalar(value) else {
            return nil
        }
        return (end + 1 - start, scalar)
    }
}
