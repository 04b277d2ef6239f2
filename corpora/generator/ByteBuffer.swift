import Glibc

/// Bytes that grow, owned once: the one way text is put together here. Appending costs a bounds check and a copy.
struct ByteBuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 1 << 12) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// The bytes, valid until the next change.
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func removeAll() { count = 0 }

    mutating func truncate(to length: Int) { count = min(count, length) }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count &+ more > capacity { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        memcpy(larger, base, count)
        base.deallocate()
        base = larger
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
        reserve(length)
        memcpy(base + count, start, length)
        count &+= length
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let start = bytes.baseAddress { append(start, bytes.count) }
    }

    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Digits of a number that is not negative.
    mutating func append(number: Int) {
        reserve(20)
        var digits = 1
        var power = 10
        while number >= power, digits < 18 {
            digits &+= 1
            power &*= 10
        }
        var rest = number
        var index = count &+ digits
        count = index
        repeat {
            index &-= 1
            base[index] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            rest /= 10
        } while rest > 0
    }

    /// `count` spaces.
    mutating func append(spaces: Int) {
        if spaces <= 0 { return }
        reserve(spaces)
        memset(base + count, 0x20, spaces)
        count &+= spaces
    }

    /// Makes the first letter of what was written since `start` a capital.
    mutating func capitalise(from start: Int) {
        if start < count, base[start] >= 0x61, base[start] <= 0x7A { base[start] &-= 0x20 }
    }
}
