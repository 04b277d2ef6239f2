import Glibc
import Synchronization

/// Memory for buffers that come and go within a training step: what one gives back, the next one takes, without the system in
/// between, which would zero every page again.
///
/// One range of addresses, reserved at once and taken into use from its low end as far as was ever needed; freed blocks merge with
/// their neighbours. Blocks that live long are cut from the high end of what is free, others from the low end, so that few gaps
/// stay. The layout follows from the order of the calls alone.
final class BufferHeap: Sendable {
    private struct State {
        /// Free blocks by rising offset, none next to another.
        var free: [Range<Int>] = []
        /// Bytes in use from the start of the range.
        var end = 0
    }

    private let start: UInt
    private let reserved: Int
    private let state = Mutex(State())
    private static let growth = 1 << 21

    init() {
        var size = 1 << 42
        while true {
            let address = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
            if let address, address != MAP_FAILED {
                start = UInt(bitPattern: address)
                reserved = size
                return
            }
            size /= 2
            if size < Self.growth { fatalError("the system refuses addresses for the memory of a training step") }
        }
    }

    deinit { munmap(UnsafeMutableRawPointer(bitPattern: start), reserved) }

    /// The bytes a block of `count` floats takes.
    private static func size(_ count: Int) -> Int { (max(count, 1) * MemoryLayout<Float>.stride + 63) & ~63 }

    /// A block of `count` floats, aligned to 64 bytes, whose contents are whatever the last owner left.
    func allocate(_ count: Int, livesLong: Bool) -> UnsafeMutablePointer<Float> {
        let size = Self.size(count)
        let offset = state.withLock { state -> Int in
            let fits = { (block: Range<Int>) in block.count >= size }
            if let index = livesLong ? state.free.lastIndex(where: fits) : state.free.firstIndex(where: fits) {
                let block = state.free[index]
                let offset = livesLong ? block.upperBound - size : block.lowerBound
                let rest = livesLong ? block.lowerBound..<offset : offset + size..<block.upperBound
                if rest.isEmpty { state.free.remove(at: index) } else { state.free[index] = rest }
                return offset
            }
            // What is free at the end is part of the new block.
            let offset = state.free.last.map { $0.upperBound == state.end ? $0.lowerBound : state.end } ?? state.end
            if offset < state.end { state.free.removeLast() }
            let end = (offset + size + Self.growth - 1) & ~(Self.growth - 1)
            extend(from: state.end, to: end, for: size)
            state.end = end
            if offset + size < end { state.free.append(offset + size..<end) }
            return offset
        }
        guard let address = UnsafeMutablePointer<Float>(bitPattern: start + UInt(offset)) else {
            preconditionFailure("the range begins at address 0")
        }
        return address
    }

    private func extend(from old: Int, to end: Int, for size: Int) {
        let address = UnsafeMutableRawPointer(bitPattern: start + UInt(old))
        guard end <= reserved, mprotect(address, end - old, PROT_READ | PROT_WRITE) == 0 else {
            fatalError("the system refuses \(size) bytes of memory: use a smaller batch or model")
        }
        madvise(address, end - old, Int32(MADV_HUGEPAGE))
    }

    /// Gives a block of `count` floats back.
    func free(_ address: UnsafeMutablePointer<Float>, _ count: Int) {
        let offset = Int(UInt(bitPattern: address) - start)
        var block = offset..<offset + Self.size(count)
        state.withLock { state in
            var (low, high) = (0, state.free.count)
            while low < high {
                let middle = (low + high) / 2
                if state.free[middle].lowerBound < block.lowerBound { low = middle + 1 } else { high = middle }
            }
            if low < state.free.count, state.free[low].lowerBound == block.upperBound {
                block = block.lowerBound..<state.free.remove(at: low).upperBound
            }
            if low > 0, state.free[low - 1].upperBound == block.lowerBound {
                state.free[low - 1] = state.free[low - 1].lowerBound..<block.upperBound
            } else {
                state.free.insert(block, at: low)
            }
        }
    }

    /// Bytes that were ever in use at once, gaps included, rounded up.
    var extent: Int { state.withLock { $0.end } }
}
