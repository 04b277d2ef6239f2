import Glibc

/// A copy of bytes that ends where a page begins that nobody may read: reading behind them ends the test.
public final class GuardedBytes {
    /// The copy; valid while the object lives.
    public let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableRawPointer
    private let mapped: Int

    /// Copies `bytes` in front of a protected page; the page before them is readable.
    public init(_ bytes: some Collection<UInt8>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let room = (bytes.count / page + 1) * page
        mapped = room + page
        memory = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        if memory == MAP_FAILED || mprotect(memory + room, page, PROT_NONE) != 0 {
            fatalError("no protected page behind \(bytes.count) bytes")
        }
        let copy = UnsafeMutableRawBufferPointer(start: memory + (room - bytes.count), count: bytes.count)
        copy.copyBytes(from: bytes)
        self.bytes = UnsafeRawBufferPointer(copy)
    }

    deinit { munmap(memory, mapped) }

    /// Calls `body` with a guarded copy of `bytes`. The address is never nil, also of no bytes.
    public static func with<Result>(
        _ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        let copy = GuardedBytes(bytes)
        return try withExtendedLifetime(copy) { try body(copy.bytes.assumingMemoryBound(to: UInt8.self)) }
    }
}
