/// Memory that is kept between documents and only grows: the arrays of the measures, without checks in their loops.
///
/// Invariant: `base` points at `capacity` elements; whoever writes asks for the room first.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int

    init(capacity: Int = 64) {
        base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { base.deallocate() }

    /// Makes room for `count` elements; the first `kept` stay.
    mutating func reserve(_ count: Int, keeping kept: Int = 0) {
        if count <= capacity { return }
        let room = max(count, capacity * 2)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: room)
        if kept > 0 { larger.update(from: base, count: kept) }
        base.deallocate()
        base = larger
        capacity = room
    }
}
