import Files

/// Copies files that belong to a corpus from one folder into another.
enum FolderCopy {
    /// The files directly in a folder, hidden ones left out; a folder that is not there gives an empty one.
    static func copy(_ folder: String, to target: String) throws {
        try Folder.create(target)
        guard Folder.exists(folder) else { return }
        for name in try Folder.names(in: folder) where !name.hasPrefix(".") {
            let path = PathText.join(folder, name)
            if !Folder.isFolder(path) { try copyFile(path, to: PathText.join(target, name)) }
        }
    }

    /// One file, in memory of a window.
    static func copyFile(_ path: String, to target: String) throws {
        let stream = try FileByteStream(path)
        var file = try AtomicFile(target)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try stream.read(into: buffer)
            if count == 0 { break }
            try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try file.commit()
    }
}
