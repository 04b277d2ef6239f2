import Files

/// Whether a file system has room.
enum DiskSpace {
    /// A finding where less than `needed` bytes are free at `path` or the nearest folder above it.
    static func findings(needed: Double, at path: String, what: String) -> [Finding] {
        var folder = path
        while !folder.isEmpty, folder != "/", !Folder.isFolder(folder) {
            let parent = PathText.folder(of: folder)
            folder = parent == folder || parent.isEmpty ? "." : parent
        }
        guard let free = try? Folder.freeBytes(at: folder.isEmpty ? "." : folder), Double(free) < needed else {
            return []
        }
        return [
            Finding(
                rule: "disk-space", place: folder,
                expected: "about \(FigureText.bytes(needed)) free for \(what) (an estimate)",
                found: FigureText.bytes(Double(free)), hint: "make room, or name another disk with --output",
                subject: "disk \(what)")
        ]
    }
}
