import CKernels
import CXML2
import Documents
import Files
import Glibc

/// Reads what poppler's `pdftohtml -xml` writes, from memory or from a stream, as one document.
struct PDFXMLReader {
    private let context: ReadContext
    /// Bytes are handed over in pieces of this size.
    private static let piece = 1 << 16

    init(_ context: ReadContext) { self.context = context }

    /// Reads a file that is mapped or in memory.
    func read(_ bytes: UnsafeRawBufferPointer, _ emit: (Document) throws -> Void) throws {
        try XMLText.decode(bytes, name: context.name) { text in
            try read(emit) { take in
                // Pieces that the cache holds, cut at ends of lines where these are near.
                var position = 0
                while position < text.count {
                    var end = min(position + PDFXMLReader.piece, text.count)
                    let tail = UnsafeRawBufferPointer(rebasing: text[max(position, end - 4096)..<end])
                    if end < text.count, let last = tail.lastIndex(of: 0x0A) { end -= tail.count - 1 - last }
                    try take(UnsafeRawBufferPointer(rebasing: text[position..<end]))
                    position = end
                }
            }
        }
    }

    /// Reads UTF-8 as it comes; nothing but the document is held.
    func read(_ stream: ByteStream, _ emit: (Document) throws -> Void) throws {
        try read(emit) { take in
            var buffer = [UInt8](repeating: 0, count: PDFXMLReader.piece)
            var kept = 0
            var offset = 0
            while true {
                let got = try buffer.withUnsafeMutableBytes {
                    try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[kept...]))
                }
                let filled = kept + got
                try buffer.withUnsafeMutableBytes { bytes in
                    var start = 0
                    if offset == 0, bytes.prefix(filled).starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
                    // The scalar that the piece cuts waits for its rest.
                    let end = got == 0 ? filled : PDFXMLReader.wholeScalars(UnsafeRawBufferPointer(bytes), filled)
                    let whole = UnsafeRawBufferPointer(rebasing: bytes[min(start, end)..<end])
                    if let bad = UTF8Validation.firstBadByte(whole) {
                        throw ReadFailure.encoding(
                            path: context.name, offset: offset + start + bad, expected: "UTF-8",
                            advice: "convert it with pdftohtml -enc UTF-8")
                    }
                    if !whole.isEmpty { try take(whole) }
                    bytes.copyBytes(from: Array(bytes[end..<filled]))
                    kept = filled - end
                    offset += end
                }
                if got == 0 { return }
            }
        }
    }

    private static func wholeScalars(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> Int {
        var index = count
        while index > 0, count - index < 3, bytes[index - 1] & 0xC0 == 0x80 { index -= 1 }
        return index > 0 && bytes[index - 1] >= 0xC0 ? index - 1 : count
    }

    private func read(
        _ emit: (Document) throws -> Void, _ feed: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let parser = try PDFXMLParser(name: context.name, options: context.options)
        var counter = PDFXMLTextCounter()
        var cleaned: [UInt8] = []
        try feed { piece in
            if counter.waitingBytes > PDFXMLTextCounter.mostWaiting {
                throw ReadFailure.bound(
                    path: context.name, what: "bytes of one tag or comment", limit: PDFXMLTextCounter.mostWaiting,
                    advice: "the file is damaged or an attack")
            }
            counter.take(piece)
            if PDFXMLReader.hasForbidden(piece) {
                cleaned.removeAll(keepingCapacity: true)
                cleaned.append(contentsOf: piece)
                PDFXMLReader.replaceForbidden(&cleaned)
                try cleaned.withUnsafeBytes { try parser.push($0) }
            } else {
                try parser.push(piece)
            }
        }
        let handler = try parser.finish()
        defer { withExtendedLifetime(parser) {} }
        try deliver(handler.pointee, source: counter.count, emit)
    }

    /// Whether control characters stand there that XML does not allow: poppler writes those that a PDF maps its glyphs to.
    private static func hasForbidden(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        return shardmill_holds_control(base, bytes.count)
    }

    /// A space stands in for each, so that the count of scalars stays.
    private static func replaceForbidden(_ bytes: inout [UInt8]) {
        for index in bytes.indices where bytes[index] < 0x20 {
            if bytes[index] != 0x0A, bytes[index] != 0x0D, bytes[index] != 0x09 { bytes[index] = 0x20 }
        }
    }

    private func deliver(_ handler: PDFXMLHandler, source: Int, _ emit: (Document) throws -> Void) throws {
        let writer = handler.document.writer
        if writer.text.isEmpty {
            throw ReadFailure.empty(path: context.name, what: "pdf2xml without text: scanned pages, or a cover only")
        }
        var document = context.document()
        document.spans = writer.spans
        document.ledger = handler.document.counts.ledger(source: source, written: unicodeScalarCount(writer.text))
        document.metadata = metadata(handler)
        if writer.text.count <= context.options.maximumDocumentBytes {
            document.text = writer.text
            return try emit(document)
        }
        try writer.text.withUnsafeBytes {
            try document.emitDivided(
                $0, input: context.input, place: context.place, limit: context.options.maximumDocumentBytes, emit)
        }
    }

    private func metadata(_ handler: PDFXMLHandler) -> Metadata {
        var metadata = handler.document.cover.metadata
        if let fromName = FileNameIdentity(context.leafName),
            metadata.specification == nil || metadata.specification == fromName.specification
        {
            let known = fromName.metadata
            metadata.specification = metadata.specification ?? known.specification
            metadata.version = metadata.version ?? known.version
            metadata.release = metadata.release ?? known.release
            metadata.publisher = metadata.publisher ?? known.publisher
        }
        if !handler.producer.isEmpty { metadata.other["converter"] = .string(handler.producer) }
        if !handler.outline.items.isEmpty {
            metadata.other["outline"] = .object([
                "items": .integer(handler.outline.items.count),
                "found": .integer(handler.outline.matches(headings: handler.document.headings)),
            ])
        }
        return metadata
    }
}
