/// The UTF-8 of one lower-cased word, built scalar by scalar and hashed as words.c hashes ASCII.
final class WordBytes {
    @exclusivity(unchecked) private var bytes: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private var capacity = 64
    /// How many bytes there are; set to 0 to begin a word.
    @exclusivity(unchecked) var count = 0

    init() { bytes = .allocate(capacity: capacity) }

    deinit { bytes.deallocate() }

    /// Appends a scalar. The underscore becomes 0x7F, which is in no word: the kernel's way to lower case makes this of it.
    @inline(__always)
    func append(_ scalar: UInt32) {
        if scalar < 0x80 {
            reserve(1)
            bytes[count] = scalar == 0x5F ? 0x7F : UInt8(truncatingIfNeeded: scalar)
            count &+= 1
            return
        }
        reserve(4)
        if scalar < 0x800 {
            add(0xC0 | scalar >> 6)
        } else {
            if scalar < 0x10000 {
                add(0xE0 | scalar >> 12)
            } else {
                add(0xF0 | scalar >> 18)
                add(0x80 | (scalar >> 12 & 0x3F))
            }
            add(0x80 | (scalar >> 6 & 0x3F))
        }
        add(0x80 | (scalar & 0x3F))
    }

    @inline(__always)
    private func add(_ byte: UInt32) {
        bytes[count] = UInt8(truncatingIfNeeded: byte)
        count &+= 1
    }

    /// Makes room for so many bytes and the zeros behind a word.
    @inline(__always)
    private func reserve(_ more: Int) {
        if count &+ more &+ 16 > capacity { grow() }
    }

    @inline(never)
    private func grow() {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
        larger.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = larger
        capacity *= 2
    }

    /// The hash of the word: groups of 16 bytes, zeros behind the last.
    func hash() -> UInt64 {
        reserve(0)
        (bytes + count).update(repeating: 0, count: 16)
        let raw = UnsafeRawPointer(bytes)
        var state = UInt64(count) &* 0x9E37_79B9_7F4A_7C15
        var at = 0
        repeat {
            let first = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let second = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self))
            let product = (first ^ 0x6A09_E667_F3BC_C909 ^ state).multipliedFullWidth(
                by: second ^ 0xBB67_AE85_84CA_A73B)
            state = product.high ^ product.low
            at &+= 16
        } while at < count
        return state
    }
}
