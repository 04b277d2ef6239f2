import Documents
import Files

/// Reads JSON Lines: a record a line, a bad line rejected, the rest read on.
enum JSONLinesReader {
    /// No line is longer than this.
    static let longestLine = 512 << 20

    /// Emits the document of every record of the stream and rejects every bad line.
    static func read(
        _ stream: ByteStream, _ context: ReadContext, _ parser: JSONParser, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        var lines = LineReader(stream, limit: longestLine)
        var records = JSONRecordReader(context)
        var number = 0
        var found = 0
        while true {
            number += 1
            var bad: ReadFailure?
            let more: Void? = try lines.next { line in
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
                found += 1
                bad = try readLine(line, number, &records, context, parser, emit)
            }
            if more == nil { break }
            if let bad { try reject(context.rejection(bad)) }
        }
        if found == 0 { throw ReadFailure.empty(path: context.name, what: "no record in the file") }
    }

    /// Errors of `emit` pass through; what is wrong with the line is returned.
    private static func readLine(
        _ line: UnsafeRawBufferPointer, _ number: Int, _ records: inout JSONRecordReader, _ context: ReadContext,
        _ parser: JSONParser, _ emit: (Document) throws -> Void
    ) throws -> ReadFailure? {
        do {
            let start = number == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            try parser.parse(UnsafeRawBufferPointer(rebasing: line[start...]), name: "") { record in
                try records.read(record, position: number, emit)
            }
            return nil
        } catch let failure as ReadFailure {
            return failure
        } catch FileFailure.malformed(_, "JSON", let expected, let found) {
            return .malformed(path: context.name, place: "line \(number)", expected: expected, found: found)
        }
    }
}
