import Files
import Glibc

/// One segment of an index.
///
/// `@unchecked Sendable`: nothing changes after `init`; reads name their place.
final class IndexSegment: @unchecked Sendable {
    private let path: String
    private let descriptor: Int32
    private let bands: Int
    private let documents: Int
    /// Hashes before the set of each document, and identifier bytes before its own; one more than there are documents.
    private var setStarts: [Int] = [0]
    private var identifierStarts: [Int] = [0]
    private var checks: [UInt64] = []
    private let setBytes: Int
    private let keysStart = SegmentLayout.headerWords * 8

    init(_ path: String, _ entry: DuplicateIndex.SegmentEntry, bands: Int) throws {
        self.path = path
        self.bands = bands
        documents = entry.documents
        func damaged(_ problem: String) -> IndexFailure { .damaged(path: path, problem: problem) }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { throw damaged("no such file") }
            throw FileFailure.lastSystemCall("open", path)
        }
        let bytes = try Folder.fileSize(path)
        let least = SegmentLayout.bytes(bands: bands, documents: 0, sets: 0, identifiers: 0)
        guard bytes == entry.bytes, bytes >= least else {
            setBytes = 0
            throw damaged("expected \(entry.bytes) bytes, found \(bytes)")
        }
        let footer = try IndexSegment.words(
            descriptor, path, bytes - SegmentLayout.footerWords * 8, SegmentLayout.footerWords)
        let header = try IndexSegment.words(descriptor, path, 0, SegmentLayout.headerWords)
        setBytes = Int(truncatingIfNeeded: footer[1])
        let identifierBytes = Int(truncatingIfNeeded: footer[2])
        // Sums of what any bits could say must not overflow.
        let most = UInt64(bytes)
        guard footer[4] == SegmentLayout.magic, header[0] == SegmentLayout.magic, header[1] == SegmentLayout.version,
            header[2] == UInt64(bands), footer[0] == UInt64(documents), footer[1] <= most, footer[2] <= most,
            documents <= bytes / 8 / (bands + 3),
            SegmentLayout.bytes(bands: bands, documents: documents, sets: setBytes, identifiers: identifierBytes)
                == bytes
        else { throw damaged("its first or last bytes are not those of a segment of \(documents) documents") }
        // The digest goes over what was written, piece by piece.
        var digest: UInt64 = 0
        func digested(_ words: [UInt64]) -> [UInt64] {
            digest = words.withUnsafeBytes { XXHash3.hash64($0, seed: digest) }
            return words
        }
        _ = digested(header)
        var at = keysStart
        for _ in 0..<bands {
            _ = digested(try IndexSegment.words(descriptor, path, at, documents))
            at += documents * 8
        }
        at += setBytes
        let counts = digested(try IndexSegment.words(descriptor, path, at, documents))
        checks = digested(try IndexSegment.words(descriptor, path, at + documents * 8, documents))
        let lengths = digested(try IndexSegment.words(descriptor, path, at + documents * 16, documents))
        let identifiers = try IndexSegment.bytes(descriptor, path, at + documents * 24, identifierBytes)
        digest = identifiers.withUnsafeBytes { XXHash3.hash64($0, seed: digest) }
        _ = digested(Array(footer[..<3]))
        guard digest == footer[3] else { throw damaged("its digest does not match") }
        for index in 0..<documents {
            setStarts.append(setStarts[index] + Int(counts[index]))
            identifierStarts.append(identifierStarts[index] + Int(lengths[index]))
        }
        guard setStarts[documents] * SegmentLayout.hashBytes == setBytes, identifierStarts[documents] == identifierBytes
        else { throw damaged("its table does not fit its sets") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static func bytes(_ descriptor: Int32, _ path: String, _ offset: Int, _ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try read(
                descriptor, path, offset,
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
            filled = count
        }
    }

    private static func words(_ descriptor: Int32, _ path: String, _ offset: Int, _ count: Int) throws -> [UInt64] {
        try [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
            try read(
                descriptor, path, offset,
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * 8)]))
            filled = count
        }
    }

    private static func read(
        _ descriptor: Int32, _ path: String, _ offset: Int, _ target: UnsafeMutableRawBufferPointer
    ) throws {
        var done = 0
        while done < target.count {
            let got = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset + done))
            if got < 0 {
                if errno == EINTR { continue }
                throw FileFailure.lastSystemCall("read", path)
            }
            if got == 0 { throw IndexFailure.damaged(path: path, problem: "it ends at byte \(offset + done)") }
            done += got
        }
    }

    func identifier(_ document: Int) throws -> String {
        let start = keysStart + (bands + 3) * documents * 8 + setBytes + identifierStarts[document]
        let count = identifierStarts[document + 1] - identifierStarts[document]
        return String(decoding: try IndexSegment.bytes(descriptor, path, start, count), as: UTF8.self)
    }

    func setCount(_ document: Int) -> Int { setStarts[document + 1] - setStarts[document] }

    func set(_ document: Int) throws -> [UInt64] {
        let size = SegmentLayout.hashBytes
        let count = setCount(document)
        let start = keysStart + bands * documents * 8 + setStarts[document] * size
        let bytes = try IndexSegment.bytes(descriptor, path, start, count * size)
        if bytes.withUnsafeBytes({ XXHash3.hash64($0) }) != checks[document] {
            throw IndexFailure.damaged(path: path, problem: "the set of document \(document) is not what was written")
        }
        return (0..<count).map { index in
            (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[index * size + $1]) << UInt64($1 * 8) }
        }
    }

    func forEachStretch(of band: Int, _ body: (UnsafeBufferPointer<UInt64>) throws -> Void) throws {
        let rows = 1 << 16
        var document = 0
        while document < documents {
            let count = min(rows, documents - document)
            let keys = try IndexSegment.words(descriptor, path, keysStart + (band * documents + document) * 8, count)
            try keys.withUnsafeBufferPointer { try body($0) }
            document += count
        }
    }
}
