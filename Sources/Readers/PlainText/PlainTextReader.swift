import Documents
import Files

/// Reads a text file as one document, its parts, or its records, unchanged but for its encoding. Memory: one part or record.
struct PlainTextReader {
    private let origin: TextOrigin
    private let isMarkdown: Bool
    private let context: ReadContext
    private let form: TextForm

    /// A reader of the text at `origin`; throws where its encoding is not known.
    init(_ origin: TextOrigin, isMarkdown: Bool, _ context: ReadContext) throws {
        self.origin = origin
        self.isMarkdown = isMarkdown
        self.context = context
        form = try origin.form(context)
    }

    /// Emits what the options ask for.
    func read(emit: (Document) throws -> Void, reject: (Rejection) throws -> Void) throws {
        if context.options.records == .file {
            try readParts(emit: emit, reject: reject)
        } else {
            try readRecords(emit: emit, reject: reject)
        }
    }

    // MARK: The file as one document

    private func readParts(emit: (Document) throws -> Void, reject: (Rejection) throws -> Void) throws {
        let grid = PartGrid(limit: context.options.maximumDocumentBytes)
        let range = context.input.range ?? 0..<Int.max
        let first = grid.part(beginningFrom: range.lowerBound)
        let start = grid.windowStart(ofPart: first)
        let stream = TextStream(try origin.open(from: start), form, offset: start)
        let textStart = start > 0 ? start : stream.isPlain ? form.markBytes : 0
        var window = TextWindow(stream, offset: textStart)
        let isWhole = try start == 0 && !window.fill(to: textStart + grid.limit + 1)
        if isWhole {
            if range.lowerBound > 0 { return }
            let text = window.bytes
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
                throw ReadFailure.empty(path: context.name, what: "a text of white space only")
            }
            if let failure = bad(text, at: textStart, stream) { throw failure }
            return try emit(document(text, part: nil))
        }
        var number = first
        var end = first == 1 ? textStart : try window.cut(grid, after: first - 1)
        while grid.nominalStart(ofPart: number) < range.upperBound {
            let begin = end
            end = try window.cut(grid, after: number)
            let text = window.take(from: begin, to: end)
            if text.isEmpty { break }
            if let failure = bad(text, at: begin, stream) {
                try reject(context.rejection(failure))
            } else {
                try emit(document(text, part: number))
            }
            number += 1
        }
    }

    private func document(_ text: [UInt8], part: Int?) -> Document {
        var document = context.document(text)
        document.metadata = FileNameIdentity(context.leafName)?.metadata ?? Metadata()
        if let encoding = form.reported { document.metadata.other["encoding"] = .string(encoding) }
        if let part {
            document.metadata.part = part
            document.metadata.other["whole"] = .string(document.id)
            document.narrow(to: "part-\(part)")
            document.id = Document.identifier(
                source: document.source, relativePath: context.input.relativePath,
                place: "\(context.place)#part-\(part)")
        }
        let marks = form.markBytes > 0 && part ?? 1 == 1 ? 1 : 0
        let scalars = unicodeScalarCount(text)
        document.ledger = ExtractionLedger(source: scalars + marks, written: scalars)
        document.ledger.remove(marks, rule: "byte-order-mark")
        document.spans = text.withUnsafeBytes {
            isMarkdown ? PlainTextSpans.markdown($0) : PlainTextSpans.paragraphs($0)
        }
        return document
    }

    /// What is wrong with the encoding of `text`, which begins at `offset`.
    private func bad(_ text: [UInt8], at offset: Int, _ stream: TextStream) -> ReadFailure? {
        text.withUnsafeBytes { bad($0, at: offset, stream) }
    }

    private func bad(_ text: UnsafeRawBufferPointer, at offset: Int, _ stream: TextStream) -> ReadFailure? {
        guard let place = UTF8Validation.firstBadByte(text) else { return nil }
        var inFile = offset + place
        if !stream.isPlain {
            inFile = stream.takeBadOffset(text.count { $0 == 0xFF }) ?? inFile
        }
        return .encoding(
            path: context.name, offset: inFile, expected: form.encoding.rawValue,
            advice:
                "convert the file to UTF-8 with iconv, or name its encoding with \(context.options.optionNames.encoding)"
        )
    }

    // MARK: Records

    private func readRecords(emit: (Document) throws -> Void, reject: (Rejection) throws -> Void) throws {
        let range = context.input.range ?? 0..<Int.max
        var found = 0
        var gathering = try RecordGathering(context.options.records, origin, range)
        let stream = TextStream(try origin.open(from: gathering.start), form, offset: gathering.start)
        let limit = max(1 << 26, 4 * context.options.maximumDocumentBytes)
        var lines = LineReader(stream, limit: limit)
        let shift = gathering.start > 0 ? gathering.start : stream.isPlain ? form.markBytes : 0
        while true {
            var offset = 0
            let line: Bool? = try lines.next { line in
                offset = shift
                gathering.take(line)
                return true
            }
            guard line != nil else { break }
            offset += lines.lineOffset
            if let record = try gathering.finished(offset, ended: lines.lineWasEnded) {
                found += 1
                try emitRecord(record, stream, emit, reject)
            }
            if gathering.isDone { break }
            if gathering.pendingBytes > limit {
                throw ReadFailure.bound(
                    path: context.name, what: "bytes of one record", limit: limit,
                    advice: "choose another \(context.options.optionNames.records) for the file")
            }
        }
        if let record = gathering.last() {
            found += 1
            try emitRecord(record, stream, emit, reject)
        }
        if found == 0, context.input.range == nil {
            throw ReadFailure.empty(path: context.name, what: "no record in the file")
        }
    }

    private func emitRecord(
        _ record: RecordGathering.Record, _ stream: TextStream, _ emit: (Document) throws -> Void,
        _ reject: (Rejection) throws -> Void
    ) throws {
        try record.bytes.withUnsafeBytes { whole in
            var inner = context
            inner.place += "@\(record.offset)"
            if let failure = bad(whole, at: record.offset, stream) {
                return try reject(inner.rejection(failure))
            }
            let text = UnsafeRawBufferPointer(rebasing: whole[record.content])
            if text.isEmpty { return }
            var document = inner.document()
            if let encoding = form.reported { document.metadata.other["encoding"] = .string(encoding) }
            let scalars = unicodeScalarCount(whole)
            let written = unicodeScalarCount(text)
            document.ledger = ExtractionLedger(source: scalars, written: written)
            document.ledger.remove(scalars - written, rule: "record-separator")
            document.spans = isMarkdown ? PlainTextSpans.markdown(text) : PlainTextSpans.paragraphs(text)
            try document.emitDivided(
                text, input: context.input, place: inner.place, limit: context.options.maximumDocumentBytes, emit)
        }
    }
}
