import Files

/// A folder that a command writes anew: nothing may stand there, or an empty folder.
enum FreeOutput {
    /// Throws `FileFailure` where something is.
    static func check(_ path: String) throws {
        guard Folder.exists(path) else { return }
        let isFolder = Folder.isFolder(path)
        if isFolder, try Folder.names(in: path).isEmpty { return }
        throw FileFailure.wrongKind(
            path: path, expected: "a path that is free, or an empty folder: choose another --output",
            found: isFolder ? "a folder that is not empty" : "a file")
    }
}
