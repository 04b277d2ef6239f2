import Documents
import Files

/// Reads JSON Lines: a record a line, a bad line rejected, the rest read on. Of a part of a file the lines that begin in it.
enum JSONLinesReader {
    /// No line is longer than this.
    static let longestLine = 512 << 20

    /// Emits the document of every record and rejects every bad line.
    static func read(
        _ origin: TextOrigin, _ context: ReadContext, _ parser: JSONParser, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        let range = context.input.range ?? 0..<Int.max
        // The line that begins before the part is the part before's; its line feed may be the last byte before.
        let start = range.lowerBound > 0 ? range.lowerBound - 1 : 0
        var form = TextForm(encoding: .utf8)
        if start == 0 { form = try origin.jsonForm(context) }
        let shift = start > 0 ? start : form.markBytes
        var lines = try lines(of: origin, form, from: start)
        if start > 0 { _ = try lines.next { _ in } }
        var records = JSONRecordReader(context)
        var found = 0
        var linesBefore: Int?
        while true {
            var bad: ReadFailure?
            let offset = shift + lines.nextOffset
            if offset >= range.upperBound { break }
            let more: Void? = try lines.next { line in
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
                found += 1
                bad = try readLine(line, offset, &records, context, parser, emit)
            }
            if more == nil { break }
            if let failure = bad {
                if linesBefore == nil { linesBefore = try origin.lines(before: start) }
                let number = lines.lineNumber + linesBefore!
                try reject(context.rejection(failure.placed("line \(number)")))
            }
        }
        if found == 0, context.input.range == nil {
            throw ReadFailure.empty(path: context.name, what: "no record in the file")
        }
    }

    private static func lines(
        of origin: TextOrigin, _ form: TextForm, from start: Int
    ) throws -> LineReader {
        let stream = TextStream(try origin.open(from: start), form, offset: start)
        return LineReader(form == TextForm(encoding: .utf8) ? stream.underlying : stream, limit: longestLine)
    }

    /// Errors of `emit` pass through; what is wrong with the line is returned.
    private static func readLine(
        _ line: UnsafeRawBufferPointer, _ offset: Int, _ records: inout JSONRecordReader, _ context: ReadContext,
        _ parser: JSONParser, _ emit: (Document) throws -> Void
    ) throws -> ReadFailure? {
        do {
            try parser.parse(line, name: "", isLineOfReader: true) { record in
                try records.read(record, position: "@\(offset)", place: "", emit)
            }
            return nil
        } catch let failure as ReadFailure {
            return failure
        } catch FileFailure.malformed(_, "JSON", let expected, let found) {
            return .malformed(path: context.name, place: "", expected: expected, found: found)
        }
    }
}

extension TextOrigin {
    /// JSON is UTF-8 unless the caller or a byte order mark says otherwise.
    fileprivate func jsonForm(_ context: ReadContext) throws -> TextForm {
        if context.options.encoding != nil, context.input.range == nil { return try form(context) }
        let sample = try DocumentReader.sample(of: open(), limit: 4)
        guard let mark = sample.withUnsafeBytes({ TextEncoding(byteOrderMark: $0) }) else {
            return TextForm(encoding: .utf8)
        }
        return TextForm(encoding: mark, markBytes: mark == .utf8 ? 3 : mark.unit)
    }
}

extension ReadFailure {
    /// The failure with the place where it is, which its maker did not know.
    fileprivate func placed(_ place: String) -> ReadFailure {
        guard case .malformed(let path, _, let expected, let found) = self else { return self }
        return .malformed(path: path, place: place, expected: expected, found: found)
    }
}
