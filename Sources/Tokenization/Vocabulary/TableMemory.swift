import Glibc

/// Zeroed memory for a table that is read at random: in large pages where the system has them, so that finding a page is not what
/// a look-up waits for. It is taken from the system as it is touched.
///
/// `@unchecked Sendable`: whoever owns the table says who writes to it.
final class TableMemory: @unchecked Sendable {
    private static let pageSize = 1 << 21
    private let mapped: UnsafeMutableRawPointer
    private let mappedSize: Int
    /// Its first byte, at an address that is a multiple of 4096.
    let start: UnsafeMutableRawPointer

    init(byteCount: Int) {
        let isLarge = byteCount >= TableMemory.pageSize / 2
        let size = (byteCount + 4095) & ~4095
        mappedSize = isLarge ? (size + 2 * TableMemory.pageSize - 1) & ~(TableMemory.pageSize - 1) : size
        guard let mapped = mmap(nil, max(4096, mappedSize), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapped != MAP_FAILED
        else { fatalError("out of memory for a table of \(byteCount) bytes") }
        self.mapped = mapped
        if isLarge {
            let mask = UInt(TableMemory.pageSize - 1)
            start = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: mapped) + mask) & ~mask) ?? mapped
            madvise(start, size, MADV_HUGEPAGE)
        } else {
            start = mapped
        }
    }

    deinit { munmap(mapped, max(4096, mappedSize)) }
}
