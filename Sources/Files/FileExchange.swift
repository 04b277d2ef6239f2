import Glibc

/// Two files or folders that take each other's name in one step, through Linux' `renameat2`.
enum FileExchange {
    private typealias RenameAt =
        @convention(c) (CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt) -> CInt

    /// The function, which glibc has from 2.28 on but Swift's view of its headers leaves out.
    private static let renameAt = dlsym(nil, "renameat2").map { unsafeBitCast($0, to: RenameAt.self) }
    private static let exchangeFlag: CUnsignedInt = 2

    /// Exchanges what stands at two paths of one file system. False, with nothing done, where the system or the file system cannot.
    static func exchange(_ first: String, _ second: String) throws -> Bool {
        guard let renameAt else { return false }
        if renameAt(AT_FDCWD, first, AT_FDCWD, second, exchangeFlag) == 0 { return true }
        if errno == EINVAL || errno == ENOSYS || errno == ENOTSUP { return false }
        throw FileFailure.lastSystemCall("exchange with", second)
    }
}
