/// How far two stretches of memory are the same, eight bytes at a time.
enum CommonBytes {
    /// The number of equal bytes from `left` and `right` on, at most `limit`.
    static func forward(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, limit: Int) -> Int {
        var count = 0
        while count &+ 8 <= limit {
            let difference =
                left.loadUnaligned(fromByteOffset: count, as: UInt64.self).littleEndian
                ^ right.loadUnaligned(fromByteOffset: count, as: UInt64.self).littleEndian
            if difference != 0 { return count &+ difference.trailingZeroBitCount >> 3 }
            count &+= 8
        }
        while count < limit,
            left.load(fromByteOffset: count, as: UInt8.self) == right.load(fromByteOffset: count, as: UInt8.self)
        {
            count &+= 1
        }
        return count
    }

    /// The number of equal bytes before `left` and `right`, at most `limit`.
    static func backward(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, limit: Int) -> Int {
        var count = 0
        while count &+ 8 <= limit {
            let difference =
                left.loadUnaligned(fromByteOffset: -count &- 8, as: UInt64.self).littleEndian
                ^ right.loadUnaligned(fromByteOffset: -count &- 8, as: UInt64.self).littleEndian
            if difference != 0 { return count &+ difference.leadingZeroBitCount >> 3 }
            count &+= 8
        }
        while count < limit,
            left.load(fromByteOffset: -count &- 1, as: UInt8.self)
                == right.load(fromByteOffset: -count &- 1, as: UInt8.self)
        {
            count &+= 1
        }
        return count
    }
}
