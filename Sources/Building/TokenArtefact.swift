import Files

/// The token ids of one partition's documents, in a file that is mapped, not read.
///
/// Little-endian: `SMTOKENS`, u32 bytes an id (2 or 4), u32 0; the ids back to back, with zeros up to a multiple of 8; u64 tokens
/// of each document; u64 special tokens found in the text of each; u64 documents, u64 tokens, u64 dropped bytes; at the end the SHA-256
/// of all of it, which is checked before the first id is used.
final class TokenArtefact: Sendable {
    static func path(_ folder: String, _ key: String) -> String { "\(folder)/\(key).tokens" }
    static let magic = Array("SMTOKENS".utf8)
    static let headerBytes = 16
    static let footerBytes = 24
    static let digestBytes = 32

    /// The file.
    let path: String
    /// Tokens of each document.
    let counts: [Int]
    /// Special tokens that the text of each document spells out.
    let specials: [Int]
    /// Bytes that have no token in this vocabulary.
    let droppedBytes: Int
    private let starts: [Int]
    private let width: Int
    private let file: MappedFile

    /// Maps an artefact. Without `verifies` its bytes are not held against their digest, and of large ones only the tables are read.
    init(folder: String, key: String, verifies: Bool = true) throws {
        let path = TokenArtefact.path(folder, key)
        self.path = path
        file = try MappedFile(path)
        let bytes = file.bytes
        func damaged(_ problem: String) -> BuildFailure { .damagedArtefact(path: path, problem: problem) }
        guard bytes.count >= TokenArtefact.headerBytes + TokenArtefact.footerBytes + TokenArtefact.digestBytes,
            bytes.prefix(8).elementsEqual(TokenArtefact.magic)
        else { throw damaged("no token artefact") }
        func number(_ offset: Int) -> Int {
            Int(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        width = Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        let end = bytes.count - TokenArtefact.digestBytes
        if verifies {
            var digest = SHA256Digest()
            digest.update(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
            guard digest.bytes().elementsEqual(bytes[end...]) else {
                throw damaged("its bytes are not those that were written")
            }
        }
        let footer = end - TokenArtefact.footerBytes
        let documents = number(footer)
        let total = number(footer + 8)
        droppedBytes = number(footer + 16)
        guard width == 2 || width == 4, documents >= 0, total >= 0, documents < bytes.count, total < bytes.count else {
            throw damaged("its last numbers lie")
        }
        let tables = TokenArtefact.headerBytes + TokenArtefact.padded(total * width)
        guard tables + 16 * documents == footer else { throw damaged("its size is not what its last numbers say") }
        counts = (0..<documents).map { number(tables + 8 * $0) }
        specials = (0..<documents).map { number(tables + 8 * (documents + $0)) }
        var start = 0
        var starts: [Int] = []
        for count in counts {
            starts.append(start)
            guard count >= 0, count <= total - start else { throw damaged("its counts do not add up") }
            start += count
        }
        guard start == total else { throw damaged("its counts do not add up") }
        self.starts = starts
        file.releasePages()
    }

    /// The next multiple of 8: the tables behind the ids are read as 64-bit numbers.
    static func padded(_ bytes: Int) -> Int { (bytes + 7) & ~7 }

    /// Bytes of the file.
    var mappedBytes: Int { file.bytes.count }

    /// Lets go of what was read of the file.
    func releasePages() { file.releasePages() }

    /// Copies tokens `range` of a document.
    func copy(document: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<UInt32>) {
        precondition(range.upperBound <= counts[document] && target.count >= range.count)
        let first = TokenArtefact.headerBytes + (starts[document] + range.lowerBound) * width
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[first..<first + range.count * width])
        if width == 2 {
            for (index, id) in bytes.bindMemory(to: UInt16.self).enumerated() { target[index] = UInt32(id) }
        } else {
            for (index, id) in bytes.bindMemory(to: UInt32.self).enumerated() { target[index] = id }
        }
    }
}
