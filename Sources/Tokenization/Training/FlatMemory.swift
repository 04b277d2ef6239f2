import Glibc

/// Memory of plain values that grows at its end, outside of arrays: no checks, no copies while it grows (the system moves pages), and
/// it is freed the moment its owner goes.
///
/// `@unchecked Sendable`: one owner, who alone reads and writes.
struct FlatMemory<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    private(set) var start: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private(set) var capacity: Int

    init(capacity: Int = 1024) {
        self.capacity = max(1, capacity)
        start = FlatMemory.resized(nil, self.capacity)
    }

    deinit { free(start) }

    /// Elements that stand there, all of them initialised.
    var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: start, count: count) }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { reserve(count &+ 1) }
        start[count] = element
        count &+= 1
    }

    mutating func append(_ source: UnsafePointer<Element>, _ many: Int) {
        if count + many > capacity { reserve(count + many) }
        (start + count).update(from: source, count: many)
        count += many
    }

    /// Appends `many` elements that the caller writes before anything reads them; returns where they begin.
    mutating func extend(by many: Int) -> Int {
        if count + many > capacity { reserve(count + many) }
        count += many
        return count - many
    }

    mutating func removeAll() { count = 0 }

    mutating func removeLast() -> Element {
        count -= 1
        return start[count]
    }

    mutating func reserve(_ wanted: Int) {
        if wanted <= capacity { return }
        capacity = max(wanted, capacity + capacity / 2 + 16)
        start = FlatMemory.resized(start, capacity)
    }

    private static func resized(_ old: UnsafeMutablePointer<Element>?, _ capacity: Int)
        -> UnsafeMutablePointer<Element>
    {
        guard let memory = realloc(old, capacity * MemoryLayout<Element>.stride) else {
            fatalError("no memory for \(capacity * MemoryLayout<Element>.stride) bytes")
        }
        return memory.assumingMemoryBound(to: Element.self)
    }
}
