import Glibc

/// A folder that appears under its name only when it is whole: filled beside it under a temporary name, then renamed.
///
/// A value that is dropped without `commit()` removes the temporary folder. A kill leaves only a name that begins with
/// `.tmp-`, which nothing reads.
public struct AtomicFolder: ~Copyable {
    /// The name the folder will have.
    public let path: String
    /// Where its files are written until then.
    public let temporaryPath: String
    private var isOpen: Bool

    /// Starts the folder that will be `path`; the folder above it is made where it is missing. Throws
    /// `FileFailure.wrongKind` where a file has that name.
    public init(_ path: String) throws {
        self.path = path
        let parent = PathText.folder(of: path)
        temporaryPath = PathText.join(parent, ".tmp-\(getpid())-\(PathText.name(of: path))")
        isOpen = false
        if Folder.exists(path), !Folder.isFolder(path) {
            throw FileFailure.wrongKind(path: path, expected: "a folder or nothing", found: "a file of that name")
        }
        try Folder.create(parent)
        try Folder.remove(temporaryPath)
        isOpen = true
        TemporaryNames.add(temporaryPath)
        try Folder.create(temporaryPath)
    }

    deinit {
        if isOpen { try? Folder.remove(temporaryPath) }
        TemporaryNames.drop(temporaryPath)
    }

    /// A path inside the folder, valid until `commit()`.
    public func callAsFunction(_ inner: String) -> String { PathText.join(temporaryPath, inner) }

    /// Gives the folder its name. A folder that has it already changes names with it and is then removed: at every moment one of
    /// the two, whole, has the name.
    ///
    /// Where the file system cannot do that, the old folder is moved aside first; a kill between the two renames leaves it whole
    /// under the temporary name that ends with `.old`.
    public mutating func commit() throws { try commit(exchanging: FileExchange.exchange) }

    /// `exchanging` gives two paths each other's name and returns false where that is not possible.
    mutating func commit(exchanging: (String, String) throws -> Bool) throws {
        Folder.sync(temporaryPath)
        let replaces = Folder.isFolder(path)
        if replaces, try exchanging(temporaryPath, path) {
            isOpen = false
            Folder.sync(PathText.folder(of: path))
            return try Folder.remove(temporaryPath)
        }
        let old = temporaryPath + ".old"
        if replaces {
            try Folder.remove(old)
            if rename(path, old) != 0 { throw FileFailure.lastSystemCall("move aside", path) }
        }
        TemporaryNames.drop(temporaryPath)
        if rename(temporaryPath, path) != 0 {
            let failure = FileFailure.lastSystemCall("rename to", path)
            if replaces { rename(old, path) }
            throw failure
        }
        isOpen = false
        Folder.sync(PathText.folder(of: path))
        if replaces { try Folder.remove(old) }
    }
}
