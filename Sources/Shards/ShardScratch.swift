internal import Files
internal import Glibc
internal import Synchronization

/// Uncompressed shards in a file without a name, mapped into memory: each is decoded there once, and the system keeps in memory what
/// fits. Any number of threads at a time.
final class ShardScratch: @unchecked Sendable {
    // @unchecked: bytes are written by the one thread that reserved their shard, before `ready` shows them.
    private struct State {
        var starts: [Int: Int] = [:]
        /// Of the shards that are there how many samples they have.
        var ready: [Int: Int] = [:]
        var isWriting: Set<Int> = []
        var used = 0
    }

    private let folder: String
    private let sizes: [Int]
    private let capacity: Int
    private let descriptor: Int32
    private let base: UnsafeMutableRawPointer?
    private let state = Mutex(State())
    private static let page = 4096

    /// Room for shards of `sizes` bytes, of which 0 stands for one that is not kept, up to `limit` bytes. No byte of the disk is taken
    /// before a shard is.
    init(folder: String, sizes: [Int], limit: Int) throws {
        self.folder = folder
        self.sizes = sizes
        capacity = min(sizes.reduce(0) { $0 + ShardScratch.rounded($1) }, max(0, limit))
        descriptor = try TemporaryFile.open(in: folder)
        if capacity == 0 {
            base = nil
            return
        }
        guard ftruncate(descriptor, capacity) == 0,
            let address = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            address != MAP_FAILED
        else {
            let failure = FileFailure.lastSystemCall("make a scratch file in", folder)
            close(descriptor)
            throw failure
        }
        base = address
    }

    deinit {
        if let base { munmap(base, capacity) }
        close(descriptor)
    }

    private static func rounded(_ size: Int) -> Int { (size + page - 1) / page * page }

    /// The place of one shard.
    struct Place {
        let scratch: ShardScratch
        let number: Int

        /// The shard, where it is there already.
        var ready: DecodedShard? {
            let found = scratch.state.withLock { state in
                state.ready[number].flatMap { samples in state.starts[number].map { (samples, $0) } }
            }
            guard let (samples, start) = found, let base = scratch.base else { return nil }
            return DecodedShard(
                UnsafeRawBufferPointer(start: base + start, count: scratch.sizes[number]), keptBy: scratch,
                samples: samples)
        }

        /// The shard, decoded into the file; nil where there is no room or another thread is at it.
        func shard(samples: Int, decode: (UnsafeMutableRawBufferPointer) throws -> Void) throws -> DecodedShard? {
            guard let bytes = try scratch.reserve(number) else { return nil }
            do { try decode(bytes) } catch {
                scratch.state.withLock { _ = $0.isWriting.remove(number) }
                throw error
            }
            return DecodedShard(UnsafeRawBufferPointer(bytes), keptBy: scratch, samples: samples)
        }

        /// Shows a shard that is sound to all threads, if it was decoded here.
        func keep(_ shard: DecodedShard) {
            scratch.state.withLock { state in
                if shard.isKept(by: scratch), state.isWriting.remove(number) != nil {
                    state.ready[number] = shard.samples
                }
            }
        }
    }

    /// The place of a shard that is kept here; nil for one that is not.
    func place(_ number: Int) -> Place? {
        let isRoom = state.withLock { state in
            sizes[number] > 0
                && (state.starts[number] != nil || state.used + ShardScratch.rounded(sizes[number]) <= capacity)
        }
        return isRoom ? Place(scratch: self, number: number) : nil
    }

    private func reserve(_ number: Int) throws -> UnsafeMutableRawBufferPointer? {
        let size = sizes[number]
        let rounded = ShardScratch.rounded(size)
        let start: Int? = state.withLock { state in
            if state.ready[number] != nil || state.isWriting.contains(number) { return nil }
            guard let start = state.starts[number] ?? (state.used + rounded <= capacity ? state.used : nil) else {
                return nil
            }
            if state.starts[number] == nil {
                state.starts[number] = start
                state.used += rounded
            }
            state.isWriting.insert(number)
            return start
        }
        guard let start, let base else { return nil }
        // Writing to a page that the disk has no room for would end the process.
        let code = posix_fallocate(descriptor, start, rounded)
        if code != 0 {
            state.withLock { _ = $0.isWriting.remove(number) }
            throw FileFailure.system(path: folder, operation: "keep uncompressed shards in", code: code)
        }
        return UnsafeMutableRawBufferPointer(start: base + start, count: size)
    }
}
