import Files

/// The token ids of one partition's documents, in a file that is mapped, not read.
///
/// Little-endian: `SMTOKENS`, u32 bytes an id (2 or 4), u32 0, u64 documents, u64 tokens, u64 dropped bytes; then u64 tokens of each
/// document, u64 special tokens found in the text of each; then the ids back to back.
final class TokenArtefact: Sendable {
    static func path(_ folder: String, _ key: String) -> String { "\(folder)/\(key).tokens" }
    private static let magic = Array("SMTOKENS".utf8)
    private static let headerBytes = 40

    /// Tokens of each document.
    let counts: [Int]
    /// Special tokens that the text of each document spells out.
    let specials: [Int]
    /// Bytes that have no token in this vocabulary.
    let droppedBytes: Int
    private let starts: [Int]
    private let width: Int
    private let idsOffset: Int
    private let file: MappedFile

    /// Writes the artefact.
    static func write(
        to path: String, ids: [UInt32], counts: [Int], specials: [Int], droppedBytes: Int, width: Int
    ) throws {
        var file = try AtomicFile(path)
        var header = magic
        appendLittleEndian(UInt32(width), &header)
        appendLittleEndian(UInt32(0), &header)
        for value in [counts.count, ids.count, droppedBytes] + counts + specials {
            appendLittleEndian(UInt64(value), &header)
        }
        try file.write(header)
        if width == 2 {
            let narrow = ids.map { UInt16(truncatingIfNeeded: $0) }
            try narrow.withUnsafeBytes { try file.write($0) }
        } else {
            try ids.withUnsafeBytes { try file.write($0) }
        }
        try file.commit()
    }

    private static func appendLittleEndian(_ value: some FixedWidthInteger, _ bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Maps an artefact.
    init(folder: String, key: String) throws {
        let path = TokenArtefact.path(folder, key)
        file = try MappedFile(path)
        let bytes = file.bytes
        func damaged(_ problem: String) -> BuildFailure { .damagedArtefact(path: path, problem: problem) }
        guard bytes.count >= TokenArtefact.headerBytes, bytes.prefix(8).elementsEqual(TokenArtefact.magic) else {
            throw damaged("no token artefact")
        }
        func number(_ offset: Int) -> Int {
            Int(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        width = Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        let documents = number(16)
        let total = number(24)
        droppedBytes = number(32)
        guard width == 2 || width == 4, documents >= 0, total >= 0, documents < bytes.count, total < bytes.count else {
            throw damaged("its header lies")
        }
        idsOffset = TokenArtefact.headerBytes + 16 * documents
        guard idsOffset + total * width == bytes.count else { throw damaged("its size is not what its header says") }
        counts = (0..<documents).map { number(TokenArtefact.headerBytes + 8 * $0) }
        specials = (0..<documents).map { number(TokenArtefact.headerBytes + 8 * (documents + $0)) }
        var start = 0
        var starts: [Int] = []
        for count in counts {
            starts.append(start)
            guard count >= 0, count <= total - start else { throw damaged("its counts do not add up") }
            start += count
        }
        guard start == total else { throw damaged("its counts do not add up") }
        self.starts = starts
    }

    /// Copies tokens `range` of a document.
    func copy(document: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<UInt32>) {
        precondition(range.upperBound <= counts[document] && target.count >= range.count)
        let first = idsOffset + (starts[document] + range.lowerBound) * width
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[first..<first + range.count * width])
        if width == 2 {
            for (index, id) in bytes.bindMemory(to: UInt16.self).enumerated() { target[index] = UInt32(id) }
        } else {
            for (index, id) in bytes.bindMemory(to: UInt32.self).enumerated() { target[index] = id }
        }
    }
}
