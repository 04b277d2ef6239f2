import CAllocator
import Glibc

/// How the allocator of the process deals with the system.
public enum ProcessMemory {
    /// Has the allocator keep what is freed, up to 64 MiB at the end of the heap, and take blocks below 32 MiB from the heap.
    ///
    /// Documents come and go by the megabyte. Memory that goes back to the system after each must be cleared for the next, which is a
    /// tenth of the time of reading. For tools, before they allocate; does nothing where the C library has no such settings.
    public static func keepFreed() { shardmill_keep_freed_memory() }

    /// The most memory that the process has had resident so far, in bytes.
    public static var peakBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
