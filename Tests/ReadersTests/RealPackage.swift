import CXML2
import Files
import Glibc

/// Raw parts of real packages, for references that share nothing with the readers.
enum RealPackage {
    struct Missing: Error {}

    /// The bytes of a member.
    static func part(_ part: String, of path: String) throws -> [UInt8] {
        let archive = try ArchiveReader(path: path)
        while let entry = try archive.next() {
            if entry.path == part { return try archive.readEntry(limit: 1 << 28) }
        }
        throw Missing()
    }

    /// The stretches from an opening tag to the next closing one, both included.
    static func elements(_ opening: String, _ closing: String, in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        var position = 0
        while let start = find(opening, in: bytes, from: position), let end = find(closing, in: bytes, from: start) {
            position = end + closing.utf8.count
            found.append(bytes[start..<position])
        }
        return found
    }

    private static func find(_ text: String, in bytes: [UInt8], from start: Int) -> Int? {
        let needle = Array(text.utf8)
        return bytes.withUnsafeBytes { all in
            guard let hit = memmem(all.baseAddress! + start, all.count - start, needle, needle.count) else {
                return nil
            }
            return all.baseAddress!.distance(to: hit)
        }
    }
}
