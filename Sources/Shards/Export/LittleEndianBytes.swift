/// Appends numbers in the byte order of all formats here.
extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(littleEndian value: Number) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// The ids as numbers of `size` bytes; they must fit.
    mutating func append(_ ids: UnsafeBufferPointer<UInt32>, size: Int) {
        if size == 2 {
            withUnsafeTemporaryAllocation(byteCount: ids.count * 2, alignment: 16) { out in
                for index in 0..<ids.count {
                    out.storeBytes(
                        of: UInt16(truncatingIfNeeded: ids[index]).littleEndian, toByteOffset: index &* 2,
                        as: UInt16.self)
                }
                append(contentsOf: UnsafeRawBufferPointer(out))
            }
        } else {
            for id in ids { append(littleEndian: id) }
        }
    }
}
