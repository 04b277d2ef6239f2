import Files
import Glibc
import Synchronization

/// Counts that did not fit into memory, in temporary files: one for each part of the hashes, so that each part of all counts fits into
/// memory later. All threads of a training write to the same files.
///
/// The files have no names: nothing is left behind, however the process ends. They stand under `TMPDIR`, else `/var/tmp`.
final class PieceSpill: Sendable {
    static let parts = 64

    private let files = Mutex<[Int32]>([])

    deinit {
        for file in files.withLock({ $0 }) { close(file) }
    }

    /// Whether nothing was ever written.
    var isEmpty: Bool { files.withLock { $0.isEmpty } }

    /// Writes all pieces of a table.
    func write(_ table: borrowing PieceTable) throws {
        var buffers = (0..<PieceSpill.parts).map { _ in [UInt8]() }
        func add(_ part: Int, _ first: UInt64, _ second: UInt64, _ count: Int, _ bytes: UnsafeBufferPointer<UInt8>)
            throws
        {
            for word in [first, second, UInt64(bitPattern: Int64(count))] {
                withUnsafeBytes(of: word) { buffers[part].append(contentsOf: $0) }
            }
            buffers[part].append(contentsOf: bytes)
            if buffers[part].count >= 1 << 16 {
                try flush(part, buffers[part])
                buffers[part].removeAll(keepingCapacity: true)
            }
        }
        let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        try table.forEachShort {
            try add(PieceSpill.part(PieceTable.hash($0.first, $0.second)), $0.first, $0.second, $0.count, none)
        }
        // No short piece has 0 in its second word.
        try table.forEachLong { piece, count in
            let hash = XXHash3.hash64(UnsafeRawBufferPointer(piece))
            try add(PieceSpill.part(hash), UInt64(piece.count), 0, count, piece)
        }
        for (part, bytes) in buffers.enumerated() { try flush(part, bytes) }
    }

    /// Adds the pieces of a part to `table`.
    func read(part: Int, into table: inout PieceTable) throws {
        let file = files.withLock { $0[part] }
        if lseek(file, 0, SEEK_SET) < 0 {
            throw FileFailure.lastSystemCall("read", "\(TemporaryFile.defaultFolder) (temporary file)")
        }
        var reader = DescriptorReader(file, TemporaryFile.defaultFolder)
        while try reader.fill(24) {
            let first = reader.word(0)
            let second = reader.word(8)
            let count = Int(Int64(bitPattern: reader.word(16)))
            reader.drop(24)
            if second != 0 {
                table.addShort(first, second, times: count)
            } else {
                _ = try reader.fill(Int(first))
                reader.withBytes(Int(first)) { table.addLong($0, Int(first), times: count) }
                reader.drop(Int(first))
            }
        }
    }

    // The highest bits order the slots of a table; these are others.
    private static func part(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 8) & (parts - 1) }

    private func flush(_ part: Int, _ bytes: [UInt8]) throws {
        try files.withLock { files in
            if files.isEmpty { files = try PieceSpill.open() }
            try bytes.withUnsafeBytes { bytes in
                var done = 0
                while done < bytes.count {
                    let wrote = Glibc.write(files[part], bytes.baseAddress! + done, bytes.count - done)
                    if wrote < 0 {
                        if errno == EINTR { continue }
                        throw FileFailure.system(
                            path: "\(TemporaryFile.defaultFolder) (set TMPDIR for another place)",
                            operation: "write counts",
                            code: errno)
                    }
                    done += wrote
                }
            }
        }
    }

    private static func open() throws -> [Int32] {
        var files: [Int32] = []
        for _ in 0..<parts {
            do {
                files.append(try TemporaryFile.open())
            } catch {
                for file in files { close(file) }
                throw error
            }
        }
        return files
    }
}

/// Reads a file from where it stands, in chunks.
struct DescriptorReader {
    private let file: Int32
    private let path: String
    private var bytes = [UInt8](repeating: 0, count: 1 << 20)
    private var start = 0
    private var end = 0

    init(_ file: Int32, _ path: String) {
        self.file = file
        self.path = path
    }

    /// Whether `count` bytes stand ready; false at the end.
    mutating func fill(_ count: Int) throws -> Bool {
        if end - start >= count { return true }
        bytes.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + start, end - start) }
        end -= start
        start = 0
        if count > bytes.count { bytes += [UInt8](repeating: 0, count: count) }
        while end < count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + end, $0.count - end) }
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw FileFailure.lastSystemCall("read counts", path) }
            if got == 0 { return false }
            end += got
        }
        return true
    }

    func word(_ offset: Int) -> UInt64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self) }
    }

    mutating func drop(_ count: Int) { start += count }

    func withBytes(_ count: Int, _ body: (UnsafePointer<UInt8>) -> Void) {
        bytes.withUnsafeBufferPointer { body($0.baseAddress! + start) }
    }
}
