internal import Synchronization

/// Memory of shards that nobody holds any more, kept for the next one: fresh memory costs a page fault every 4 KiB, a tenth of the
/// time of decoding into it.
final class ShardMemory: Sendable {
    private struct Buffer: @unchecked Sendable {
        // @unchecked: whoever popped it is its only user.
        let bytes: UnsafeMutableRawBufferPointer
    }

    private let free = Mutex<[Buffer]>([])
    private static let mostKept = 3

    deinit { free.withLock { $0.forEach { $0.bytes.deallocate() } } }

    /// At least `size` bytes, at most twice as many.
    func take(_ size: Int) -> UnsafeMutableRawBufferPointer {
        let kept = free.withLock { free -> Buffer? in
            guard let fitting = free.lastIndex(where: { $0.bytes.count >= size && $0.bytes.count / 2 <= size }) else {
                return nil
            }
            return free.remove(at: fitting)
        }
        return kept?.bytes ?? .allocate(byteCount: max(size, 1), alignment: 64)
    }

    func giveBack(_ bytes: UnsafeMutableRawBufferPointer) {
        let buffer = Buffer(bytes: bytes)
        let oldest = free.withLock { free -> Buffer? in
            free.append(buffer)
            return free.count > ShardMemory.mostKept ? free.removeFirst() : nil
        }
        oldest?.bytes.deallocate()
    }
}
