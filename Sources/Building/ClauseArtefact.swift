import Deduplication
import Documents
import Files

/// The clauses of every specification of one partition: `<key>.clauses.zst`. What lineage compares.
///
/// Little-endian, a record a document: u32 clauses (0 for what is no specification), then for each u64 and u64 of its `ContentKey`, u64 first byte and u64 one past the last.
struct ClauseArtefact: Sendable {
    /// A clause: what it says, and where it stands in its document.
    struct Clause: Sendable {
        let key: ContentKey
        let range: Range<Int>
    }

    static func path(_ folder: String, _ key: String) -> String { "\(folder)/\(key).clauses.zst" }

    /// Gathers the clauses of a partition, document by document.
    struct Writer {
        private var bytes: [UInt8] = []

        /// Appends the clauses of the next document, none for nil.
        mutating func append(_ document: Document?) {
            let ranges = document?.clauseRanges() ?? []
            append(UInt32(ranges.count))
            for range in ranges {
                let key = document?.text.withUnsafeBytes { ContentKey(UnsafeRawBufferPointer(rebasing: $0[range])) }
                append(key?.high ?? 0)
                append(key?.low ?? 0)
                append(UInt64(range.lowerBound))
                append(UInt64(range.upperBound))
            }
        }

        private mutating func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }

        func write(_ path: String) throws { try ZstdCompressor(level: 3).write(bytes, to: path) }
    }

    private let bytes: [UInt8]
    /// Where each document's record begins.
    private let starts: [Int]

    init(folder: String, key: String, documents: Int) throws {
        let path = ClauseArtefact.path(folder, key)
        let bytes = try ArtefactFile.content(path)
        var starts: [Int] = []
        var cursor = 0
        while cursor < bytes.count {
            starts.append(cursor)
            guard cursor + 4 <= bytes.count else {
                throw BuildFailure.damagedArtefact(path: path, problem: "ends inside of a record")
            }
            cursor += 4 + 32 * Int(ClauseArtefact.number(bytes, cursor, UInt32.self))
        }
        if cursor != bytes.count || starts.count != documents {
            throw BuildFailure.damagedArtefact(
                path: path, problem: "\(starts.count) records instead of \(documents), or a part of one")
        }
        self.bytes = bytes
        self.starts = starts
    }

    /// The clauses of the document of an index, in order.
    func clauses(ofDocument index: Int) -> [Clause] {
        return (0..<Int(ClauseArtefact.number(bytes, starts[index], UInt32.self))).map { clause in
            let place = starts[index] + 4 + 32 * clause
            func number(_ offset: Int) -> UInt64 { ClauseArtefact.number(bytes, place + offset, UInt64.self) }
            let start = Int(truncatingIfNeeded: number(16))
            return Clause(
                key: ContentKey(high: number(0), low: number(8)),
                range: start..<max(start, Int(truncatingIfNeeded: number(24))))
        }
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, _: Number.Type) -> Number {
        Number(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) })
    }
}
