import Glibc

/// Memory for `count` floats, aligned to 64 bytes where it is our own, freed with the object.
///
/// A buffer has no shape: the operations of a `Backend` say how they read it, row by row. Its address belongs to the backend
/// that made it (memory of a device for a GPU); the accessors below are for memory of the host.
///
/// `@unchecked Sendable`: the address never changes; who writes which part is agreed between the operations that share it.
public final class FloatBuffer: @unchecked Sendable {
    /// Number of floats.
    public let count: Int
    /// The first float. Operations check their extents against `count` before they use it.
    public let address: UnsafeMutablePointer<Float>
    /// Whether the memory may be written; false for weights that are read where a mapped file has them.
    public let isWritable: Bool
    private let owner: (any AnyObject)?
    private let mappedBytes: Int
    private let heap: BufferHeap?

    /// From this size on memory comes in whole pages straight from the system, in huge pages where it grants them:
    /// zero at first without being touched, and given back at once when freed.
    private static let pageThreshold = 1 << 20

    /// Room for `count` floats, all zero.
    public init(count: Int) {
        precondition(count >= 0 && count < Int.max / 8, "a buffer of \(count) floats")
        self.count = count
        owner = nil
        heap = nil
        isWritable = true
        let bytes = max(64, count * MemoryLayout<Float>.stride)
        if bytes >= Self.pageThreshold {
            let size = (bytes + 4095) & ~4095
            guard let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                address != MAP_FAILED
            else { fatalError("the system refuses \(bytes) bytes of memory: use a smaller batch or model") }
            madvise(address, size, Int32(MADV_HUGEPAGE))
            self.address = address.assumingMemoryBound(to: Float.self)
            mappedBytes = size
        } else {
            var address: UnsafeMutableRawPointer?
            guard posix_memalign(&address, 64, bytes) == 0, let address else {
                fatalError("the system refuses \(bytes) bytes of memory: use a smaller batch or model")
            }
            memset(address, 0, bytes)
            self.address = address.assumingMemoryBound(to: Float.self)
            mappedBytes = 0
        }
    }

    /// Room for `count` floats of whatever contents, given back to `heap` with the object.
    init(count: Int, in heap: BufferHeap, livesLong: Bool) {
        precondition(count >= 0 && count < Int.max / 8, "a buffer of \(count) floats")
        self.count = count
        self.heap = heap
        owner = nil
        isWritable = true
        mappedBytes = 0
        address = heap.allocate(count, livesLong: livesLong)
    }

    /// The given floats.
    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        write(values)
    }

    /// Floats that stand in memory of `owner`, read there and never written: frozen weights need no copy.
    public init(borrowing values: UnsafeBufferPointer<Float>, owner: any AnyObject) {
        count = values.count
        self.owner = owner
        heap = nil
        isWritable = false
        mappedBytes = 0
        if let base = values.baseAddress {
            address = UnsafeMutablePointer(mutating: base)
        } else {
            address = Self.nothing
        }
    }

    deinit {
        if owner != nil { return }
        if let heap { return heap.free(address, count) }
        if mappedBytes > 0 { munmap(address, mappedBytes) } else if address != Self.nothing { free(address) }
    }

    private nonisolated(unsafe) static let nothing = UnsafeMutablePointer<Float>.allocate(capacity: 1)

    /// All floats as one writable view, valid while the object lives.
    public var values: UnsafeMutableBufferPointer<Float> {
        precondition(isWritable, "this buffer is read-only")
        return UnsafeMutableBufferPointer(start: address, count: count)
    }

    /// All floats as one read-only view, valid while the object lives.
    public var readOnlyValues: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: address, count: count) }

    /// A copy of all floats.
    public var array: [Float] { Array(readOnlyValues) }

    /// Copies `values` to the floats from `start` on.
    public func write(_ values: [Float], at start: Int = 0) {
        precondition(isWritable, "this buffer is read-only")
        precondition(start >= 0 && start + values.count <= count, "\(values.count) floats at \(start) of \(count)")
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { (address + start).update(from: base, count: source.count) }
        }
    }

    /// The float at `index`.
    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "float \(index) of \(count)")
            return address[index]
        }
        set {
            precondition(isWritable && index >= 0 && index < count, "float \(index) of \(count)")
            address[index] = newValue
        }
    }
}
