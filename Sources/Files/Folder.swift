import Glibc

/// Folders and file status, through POSIX.
public enum Folder {
    /// Makes the folder and those above it; fine if it is there already.
    public static func create(_ path: String) throws {
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { return }
            throw FileFailure.wrongKind(path: path, expected: "a folder", found: "a file of that name")
        }
        let parent = PathText.folder(of: path)
        if parent != path { try create(parent) }
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw FileFailure.lastSystemCall("create", path) }
    }

    /// Whether something stands at the path.
    public static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Whether a folder stands at the path.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether what stands at the path can be read once only, as a pipe.
    public static func isPipe(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
    }

    /// The size of the file in bytes.
    public static func fileSize(_ path: String) throws -> Int {
        var status = stat()
        if stat(path, &status) != 0 { throw FileFailure.lastSystemCall("examine", path) }
        return Int(status.st_size)
    }

    /// The names in the folder but for `.` and `..`, in byte order. A name that is not UTF-8 is an error: a path is a string here,
    /// and a file that could not be opened must not be passed over.
    public static func names(in path: String) throws -> [String] {
        guard let directory = opendir(path) else { throw FileFailure.lastSystemCall("list", path) }
        defer { closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            let (name, isText) = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    (String(cString: $0), String(validatingCString: $0) != nil)
                }
            }
            guard isText else {
                throw FileFailure.malformed(
                    path: path, place: "names in the folder", expected: "UTF-8; rename the file",
                    found: "\(name), where \u{FFFD} stands for bytes that are none")
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        if errno != 0 { throw FileFailure.lastSystemCall("list", path) }
        return names.sorted(by: precedesInByteOrder)
    }

    /// Every regular file below the folder, as paths relative to it, in byte order. Names that begin with a dot are passed
    /// over; links to folders are not followed, so no cycle is possible.
    public static func filesBelow(_ path: String) throws -> [String] {
        var found: [String] = []
        try collect(path, "", &found)
        return found.sorted(by: precedesInByteOrder)
    }

    private static func collect(_ folder: String, _ prefix: String, _ found: inout [String]) throws {
        for name in try names(in: folder) where !name.hasPrefix(".") {
            let full = PathText.join(folder, name)
            var status = stat()
            guard lstat(full, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                try collect(full, prefix + name + "/", &found)
            } else if status.st_mode & S_IFMT == S_IFLNK {
                if stat(full, &status) == 0, status.st_mode & S_IFMT == S_IFREG { found.append(prefix + name) }
            } else if status.st_mode & S_IFMT == S_IFREG {
                found.append(prefix + name)
            }
        }
    }

    /// Removes the file, or the folder with all that is in it; fine if nothing is there.
    public static func remove(_ path: String) throws {
        var status = stat()
        if lstat(path, &status) != 0 { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try remove(PathText.join(path, name)) }
            if rmdir(path) != 0 { throw FileFailure.lastSystemCall("remove", path) }
        } else if unlink(path) != 0 {
            throw FileFailure.lastSystemCall("remove", path)
        }
    }

    /// Removes the folder if nothing but `file` is in it; what others put there stays.
    public static func removeIfEmpty(_ path: String, but file: String) {
        unlink(file)
        rmdir(path)
    }

    /// Bytes free for us on the file system that holds `path`.
    public static func freeBytes(at path: String) throws -> Int {
        var status = statvfs()
        if statvfs(path, &status) != 0 { throw FileFailure.lastSystemCall("examine the file system of", path) }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    /// Syncs the folder itself, so that a rename in it survives a power cut.
    public static func sync(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }
}
