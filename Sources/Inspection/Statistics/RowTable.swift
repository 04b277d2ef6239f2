/// What the blocks need to know of each row of `documents/`, filled by the workers that read the parts.
///
/// `@unchecked Sendable`: each row is written by the one worker that reads its part, and the pool orders that before what reads it.
final class RowTable: @unchecked Sendable {
    /// The number of its source.
    let sources: UnsafeMutableBufferPointer<UInt32>
    /// How often it is packed.
    let copies: UnsafeMutableBufferPointer<UInt32>

    init(count: Int) {
        sources = .allocate(capacity: count)
        sources.initialize(repeating: 0)
        copies = .allocate(capacity: count)
        copies.initialize(repeating: 0)
    }

    deinit {
        sources.deallocate()
        copies.deallocate()
    }

    var count: Int { sources.count }

    /// Rows beyond the table are a damaged corpus, which other checks name.
    func set(_ row: Int, source: Int, copies count: Int) {
        if row >= self.count { return }
        sources[row] = UInt32(clamping: source)
        copies[row] = UInt32(clamping: count)
    }
}
