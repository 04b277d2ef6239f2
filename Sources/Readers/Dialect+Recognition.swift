import CXML2
import Files
import Glibc

extension Dialect {
    /// How many decompressed bytes recognition looks at.
    static let sampleBytes = 1 << 16

    /// What the bytes in `sample`, the beginning of a file called `name`, are. A zip is taken for `.archive`; what stands inside
    /// decides later.
    init(sample: UnsafeRawBufferPointer, name: String) {
        if sample.isEmpty {
            self = .empty
        } else if let dialect = Dialect.byMagic(sample, name) {
            self = dialect
        } else {
            self = Dialect.byText(sample, name)
        }
    }

    private static func byMagic(_ sample: UnsafeRawBufferPointer, _ name: String) -> Dialect? {
        func begins(_ magic: [UInt8], at offset: Int = 0) -> Bool {
            sample.count >= offset + magic.count
                && sample[offset..<offset + magic.count].elementsEqual(magic)
        }
        if PathText.name(of: name).hasPrefix("~$") || isLockFile(sample) {
            return .unsupported(
                format: "Word lock file", advice: "it only says who has a document open; leave it out of the source")
        }
        if begins([0x50, 0x4B, 0x03, 0x04]) || begins([0x50, 0x4B, 0x05, 0x06]) || begins([0x50, 0x4B, 0x30, 0x30]) {
            return .archive
        }
        if begins([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) || begins(Array("ustar".utf8), at: 257) { return .archive }
        if begins([0xD0, 0xCF, 0x11, 0xE0]) { return compoundFile(sample) }
        if begins(Array("%PDF-".utf8)) { return .pdf }
        if begins(Array("PAR1".utf8)) { return .parquet }
        for (magic, format, advice) in foreignMagic where begins(magic) {
            return .unsupported(format: format, advice: advice)
        }
        if begins(Array("{\\rtf".utf8)) { return .unsupported(format: "RTF", advice: "save it as .docx") }
        return nil
    }

    private static let foreignMagic: [([UInt8], String, String)] = [
        ([0x89, 0x50, 0x4E, 0x47], "PNG image", "images hold no text; leave them out of the source"),
        ([0xFF, 0xD8, 0xFF], "JPEG image", "images hold no text; leave them out of the source"),
        (Array("GIF8".utf8), "GIF image", "images hold no text; leave them out of the source"),
        ([0x01, 0x00, 0x00, 0x00], "Windows metafile", "images hold no text; leave them out of the source"),
        ([0xD7, 0xCD, 0xC6, 0x9A], "Windows metafile", "images hold no text; leave them out of the source"),
        ([0x49, 0x49, 0x2A, 0x00], "TIFF image", "images hold no text; leave them out of the source"),
        ([0x7F, 0x45, 0x4C, 0x46], "ELF program", "leave it out of the source"),
        (Array("Rar!".utf8), "RAR archive", "unpack it or pack it as zip"),
    ]

    /// A Word owner file: 162 bytes, the length of a name, the name, and the name again in UTF-16 at byte 55.
    private static func isLockFile(_ sample: UnsafeRawBufferPointer) -> Bool {
        guard sample.count == 162, sample[0] > 0, sample[0] <= 53 else { return false }
        return sample[54] == sample[0] && sample[55] == 0 && sample[56] == sample[1]
    }

    /// What a binary Word document is called.
    static let legacyWord = "legacy Word .doc"

    private static func compoundFile(_ sample: UnsafeRawBufferPointer) -> Dialect {
        func holds(_ text: String) -> Bool {
            let wide = Array(text.utf8.flatMap { [$0, 0] as [UInt8] })
            return memmem(sample.baseAddress!, sample.count, wide, wide.count) != nil
        }
        if holds("EncryptedPackage") {
            return .unsupported(format: "encrypted Office document", advice: "save it without a password")
        }
        if holds("WordDocument") {
            return .unsupported(
                format: legacyWord,
                advice: "save it as .docx, or read it with convert_legacy where LibreOffice is installed")
        }
        return .unsupported(
            format: "OLE compound file (.doc, .xls, .ppt or .msg)", advice: "save it as .docx (LibreOffice converts it)"
        )
    }

    private static func byText(_ sample: UnsafeRawBufferPointer, _ name: String) -> Dialect {
        let suffix = PathText.formatExtension(of: name)
        let encoding = TextEncoding(byteOrderMark: sample) ?? WideText.detect(sample)
        if encoding == nil || encoding == .utf8, memchr(sample.baseAddress!, 0, sample.count) != nil {
            return .unsupported(format: "binary data", advice: "leave it out of the source")
        }
        var bytes = Array(sample)
        if let encoding, encoding != .utf8 {
            bytes = encoding.decodedPrefix(sample)
        }
        return bytes.withUnsafeBytes { byFirstCharacters($0, suffix) }
    }

    private static func byFirstCharacters(_ sample: UnsafeRawBufferPointer, _ suffix: String) -> Dialect {
        var start = 0
        if sample.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        while start < sample.count, [0x20, 0x09, 0x0A, 0x0D].contains(sample[start]) { start += 1 }
        let rest = UnsafeRawBufferPointer(rebasing: sample[start...])
        switch rest.first {
        case UInt8(ascii: "<"):
            if let root = XMLRoot(rest) { return root.dialect(suffix) }
            if suffix == "html" || suffix == "htm" || hasHTMLDocumentType(rest) { return .html }
        case UInt8(ascii: "{"):
            if suffix == "jsonl" || suffix == "ndjson" || suffix == "json" { return .jsonLines }
            if isJSONObjectLine(rest) { return .jsonLines }
        case UInt8(ascii: "["):
            if suffix == "json" { return .jsonArray }
        default: break
        }
        if suffix == "jsonl" || suffix == "ndjson" { return .jsonLines }
        if suffix == "csv" || suffix == "tsv" || suffix == "tab" { return .delimited }
        return suffix == "md" || suffix == "markdown" ? .markdown : .plainText
    }

    private static func hasHTMLDocumentType(_ text: UnsafeRawBufferPointer) -> Bool {
        let mark = Array("<!doctype html".utf8)
        return text.count >= mark.count && text.prefix(mark.count).elementsEqual(mark) { $0 | 0x20 == $1 | 0x20 }
    }

    /// Whether the first line is a JSON object. A line longer than the sample is taken for one when it begins `{"`.
    private static func isJSONObjectLine(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let end = text.firstIndex(of: 0x0A) else {
            if text.count >= sampleBytes / 2 { return text.count > 1 && text[1] == UInt8(ascii: "\"") }
            return parsesAsObject(text)
        }
        return parsesAsObject(UnsafeRawBufferPointer(rebasing: text[..<end]))
    }

    private static func parsesAsObject(_ text: UnsafeRawBufferPointer) -> Bool {
        (try? JSONParser().parse(text, name: "") { $0.kind == .object }) ?? false
    }
}
