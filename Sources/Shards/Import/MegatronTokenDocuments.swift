internal import Files

/// The documents of a Megatron-LM pair, `PREFIX.bin` and `PREFIX.idx`: the sequences of each, one behind the other.
///
/// Both files are mapped. Sizes, pointers, lengths and document indices are checked before anything is read through them.
public struct MegatronTokenDocuments: TokenDocumentStream {
    private let idx: MappedFile
    private let bin: MappedFile
    private let element: MDSElement
    private let sequences: Int
    /// How many documents there are.
    public let count: Int
    private let options: TokenImportOptions
    private var cutter: DocumentCutter
    private var document = 0
    private var isAtEnd = false

    /// Opens a pair. Throws `FileFailure.missing` or `TokenImportFailure.malformed` where the index is truncated, is not one, or does not
    /// belong to the data.
    public init(_ prefix: String, options: TokenImportOptions = TokenImportOptions()) throws {
        idx = try MappedFile(prefix + ".idx")
        bin = try MappedFile(prefix + ".bin")
        self.options = options
        cutter = DocumentCutter(path: bin.path, options: options)
        let path = idx.path
        func malformed(_ place: String, _ expected: String, _ found: String) -> TokenImportFailure {
            .malformed(path: path, place: place, expected: expected, found: found)
        }
        let bytes = idx.bytes
        guard bytes.count >= MegatronLayout.header else {
            throw malformed("header", "\(MegatronLayout.header) bytes", "\(bytes.count)")
        }
        guard bytes.prefix(9).elementsEqual(MegatronLayout.magic) else {
            throw malformed("header", "the magic MMIDIDX", Hexadecimal.text(of: Array(bytes.prefix(9))))
        }
        let version = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 9, as: UInt64.self))
        guard version == MegatronLayout.version else { throw malformed("version", "1", "\(version)") }
        guard let element = MegatronLayout.element(code: bytes[17]) else {
            throw malformed("number type", "a code from 1 to 8", "\(bytes[17])")
        }
        guard element.isInteger else { throw malformed("number type", "whole numbers", element.rawValue) }
        self.element = element
        let sequences = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 18, as: UInt64.self))
        let indices = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 26, as: UInt64.self))
        let room = UInt64(bytes.count)
        guard sequences <= room / 12, indices >= 1, indices <= room / 8 else {
            throw malformed(
                "header", "counts that \(bytes.count) bytes can hold",
                "\(sequences) sequences, \(indices) document indices")
        }
        let size = MegatronLayout.header + 12 * Int(sequences) + 8 * Int(indices)
        guard bytes.count == size || bytes.count == size + Int(sequences) else {
            throw malformed(
                "size", "\(size) bytes for \(sequences) sequences and \(indices) document indices", "\(bytes.count)")
        }
        self.sequences = Int(sequences)
        count = Int(indices) - 1
        guard documentStart(0) == 0, documentStart(count) == Int64(sequences) else {
            throw malformed(
                "document indices", "0 to \(sequences)", "\(documentStart(0)) to \(documentStart(count))")
        }
    }

    private func documentStart(_ document: Int) -> Int64 {
        let start = MegatronLayout.header + 12 * sequences
        return Int64(littleEndian: idx.bytes.loadUnaligned(fromByteOffset: start + 8 * document, as: Int64.self))
    }

    /// Where a sequence lies in `.bin`.
    private func range(ofSequence sequence: Int) throws -> Range<Int> {
        let lengthAt = MegatronLayout.header + 4 * sequence
        let pointerAt = MegatronLayout.header + 4 * sequences + 8 * sequence
        let length = Int32(littleEndian: idx.bytes.loadUnaligned(fromByteOffset: lengthAt, as: Int32.self))
        let pointer = Int64(littleEndian: idx.bytes.loadUnaligned(fromByteOffset: pointerAt, as: Int64.self))
        guard length >= 0, pointer >= 0, pointer <= bin.bytes.count,
            Int(length) <= (bin.bytes.count - Int(pointer)) / element.size
        else {
            throw TokenImportFailure.malformed(
                path: idx.path, place: "sequence \(sequence)",
                expected: "a place inside the \(bin.bytes.count) bytes of .bin",
                found: "\(length) tokens at byte \(pointer)")
        }
        return Int(pointer)..<Int(pointer) + Int(length) * element.size
    }

    /// The next document; one without tokens is passed over.
    public mutating func next() throws -> TokenDocument? {
        let path = bin.path
        func place(_ document: Int) -> String { "\(path)#\(document)" }
        while true {
            if let document = cutter.next() { return document }
            if isAtEnd { return nil }
            guard document < count else {
                isAtEnd = true
                try cutter.close(place: place)
                continue
            }
            // Counted before it is read: a caller may go on behind a bad one.
            let current = document
            document += 1
            let ids = try ids(ofDocument: current)
            try ids.withUnsafeBufferPointer {
                try cutter.add(
                    current, $0, ends: $0.isEmpty ? [] : [UInt32(clamping: $0.count)], rows: [], loss: nil, place: place
                )
            }
        }
    }

    private func ids(ofDocument document: Int) throws -> [UInt32] {
        let (first, end) = (documentStart(document), documentStart(document + 1))
        guard first <= end, end <= sequences else {
            throw TokenImportFailure.malformed(
                path: idx.path, place: "document \(document)",
                expected: "sequences in ascending order up to \(sequences)",
                found: "\(first) to \(end)")
        }
        var ids: [UInt32] = []
        for sequence in Int(first)..<Int(end) {
            let range = try range(ofSequence: sequence)
            guard ids.count + range.count / element.size <= options.mostTokens else {
                throw TokenImportFailure.malformed(
                    path: bin.path, place: "document \(document)",
                    expected: "documents of at most \(options.mostTokens) tokens",
                    found: "\(ids.count + range.count / element.size) or more")
            }
            let shard = DecodedShard(bin.bytes, keptBy: bin, samples: 0)
            guard let stored = StoredNumbers(shard, range: range, form: .plain(element)) else { continue }
            if let wrong = stored.firstOutsideUInt32(shard) {
                throw TokenImportFailure.malformed(
                    path: bin.path, place: "document \(document), sequence \(sequence)",
                    expected: "ids from 0 to \(UInt32.max)", found: "\(wrong)")
            }
            ids += stored.values(shard)
        }
        return ids
    }
}
