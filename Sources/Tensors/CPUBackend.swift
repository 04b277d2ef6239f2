import COpenBLAS
import Glibc
public import Parallel

/// The backend of the processor: matrix products by OpenBLAS, everything else by C kernels, shared out over our own workers.
///
/// Work is cut into pieces by sizes alone, each sum stands inside one piece or goes over pieces in a fixed order, and OpenBLAS
/// runs single-threaded inside a piece: the same machine type gives the same bits for every number of threads.
///
/// `@unchecked Sendable`: a worker uses only its own slot of `scratch`; operations are called from one thread at a time.
public final class CPUBackend: Backend, @unchecked Sendable {
    /// The workers; the thread that calls an operation is one of them.
    public let pool: WorkerPool
    private let scratch: UnsafeMutableBufferPointer<FloatBuffer?>
    private var shared: [FloatBuffer?] = [nil, nil, nil]
    private let heap = BufferHeap()

    /// A backend with a pool of its own.
    public convenience init(threads: Int = WorkerPool.availableProcessors) {
        self.init(pool: WorkerPool(threads: threads))
    }

    /// A backend that works on `pool`. OpenBLAS is set to one thread for the whole process.
    public init(pool: WorkerPool) {
        self.pool = pool
        scratch = .allocate(capacity: pool.threads)
        scratch.initialize(repeating: nil)
        openblas_set_num_threads(1)
    }

    deinit {
        scratch.deinitialize()
        scratch.deallocate()
    }

    // MARK: Memory

    /// A buffer of `count` zeros.
    public func makeBuffer(_ count: Int) -> FloatBuffer { FloatBuffer(count: count) }

    /// A buffer of `count` floats, whatever they are, from memory that earlier ones gave back.
    public func makeTransientBuffer(_ count: Int, outlivesPass: Bool) -> FloatBuffer {
        FloatBuffer(count: count, in: heap, livesLong: outlivesPass)
    }

    /// Copies floats into `buffer` from `start` on.
    public func write(_ values: [Float], to buffer: FloatBuffer, at start: Int) { buffer.write(values, at: start) }

    /// Copies `count` floats from `start` on.
    public func read(_ buffer: FloatBuffer, from start: Int, count: Int) -> [Float] {
        precondition(start >= 0 && count >= 0 && start + count <= buffer.count)
        return Array(UnsafeBufferPointer(start: buffer.address + start, count: count))
    }

    /// Copies `count` floats between buffers.
    public func copy(
        _ source: FloatBuffer, from sourceStart: Int, to target: FloatBuffer, at targetStart: Int, count: Int
    ) {
        precondition(sourceStart >= 0 && targetStart >= 0 && count >= 0 && target.isWritable)
        precondition(sourceStart + count <= source.count && targetStart + count <= target.count)
        forEachPiece(of: count) { start, size in
            memcpy(target.address + targetStart + start, source.address + sourceStart + start, size * 4)
        }
    }

    /// Sets the first `count` floats to zero.
    public func clear(_ buffer: FloatBuffer, count: Int) {
        require(buffer, count, writable: true)
        forEachPiece(of: count) { start, size in memset(buffer.address + start, 0, size * 4) }
    }

    // MARK: Sharing work out

    /// Traps unless `buffer` holds `count` floats.
    func require(_ buffer: FloatBuffer, _ count: Int, writable: Bool = false) {
        precondition(count >= 0 && buffer.count >= count, "\(count) floats in a buffer of \(buffer.count)")
        precondition(!writable || buffer.isWritable, "this buffer is read-only")
    }

    /// Calls `body(task, worker)` for every task below `count`, on the workers where there is more than one of each.
    func share(_ count: Int, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void) {
        if count <= 1 || pool.threads == 1 {
            for task in 0..<max(0, count) { body(task, 0) }
            return
        }
        do { try pool.forEach(count, body) } catch { preconditionFailure("work that cannot fail failed: \(error)") }
    }

    /// Shares a range of `count` floats out in pieces of a fixed size.
    func forEachPiece(of count: Int, _ body: @Sendable (_ start: Int, _ size: Int) -> Void) {
        let size = 1 << 16
        share((count + size - 1) / size) { piece, _ in body(piece * size, min(size, count - piece * size)) }
    }

    /// Shares `rows` of `width` floats out in groups of about 32 thousand floats.
    func forEachRows(_ rows: Int, width: Int, _ body: @Sendable (_ start: Int, _ count: Int) -> Void) {
        let size = max(1, (1 << 15) / max(1, width))
        share((rows + size - 1) / size) { piece, _ in body(piece * size, min(size, rows - piece * size)) }
    }

    /// At least `count` floats for the duration of one task of `worker`; their contents are whatever the last task left.
    func scratch(_ worker: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
        if let buffer = scratch[worker], buffer.count >= count { return buffer.address }
        let buffer = FloatBuffer(count: count)
        scratch[worker] = buffer
        return buffer.address
    }

    /// At least `count` floats for the duration of one operation.
    func sharedScratch(_ slot: Int, _ count: Int) -> FloatBuffer {
        if let buffer = shared[slot], buffer.count >= count { return buffer }
        shared[slot] = nil
        let buffer = FloatBuffer(count: count)
        shared[slot] = buffer
        return buffer
    }
}
