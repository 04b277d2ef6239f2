/// One byte for every code point, in two levels: blocks of 128 that are shared where they are equal.
///
/// `@unchecked Sendable`: written in `init` only. Lives as long as the process in the places that use it.
final class CodePointTable: @unchecked Sendable {
    let blocks: UnsafeMutablePointer<UInt16>
    let values: UnsafeMutablePointer<UInt8>
    private static let blockCount = 0x110000 >> 7

    /// A table of `flat`, one byte for each of 0x110000 code points.
    init(_ flat: [UInt8]) {
        precondition(flat.count == 0x110000)
        blocks = .allocate(capacity: CodePointTable.blockCount)
        var known: [[UInt8]: UInt16] = [:]
        var unique: [UInt8] = []
        for block in 0..<CodePointTable.blockCount {
            let content = Array(flat[block << 7..<(block + 1) << 7])
            if let same = known[content] {
                blocks[block] = same
            } else {
                let number = UInt16(known.count)
                known[content] = number
                blocks[block] = number
                unique += content
            }
        }
        values = .allocate(capacity: unique.count)
        values.initialize(from: unique, count: unique.count)
    }

    deinit {
        blocks.deallocate()
        values.deallocate()
    }

    /// The value of a code point below 0x110000.
    @inline(__always)
    subscript(codePoint: UInt32) -> UInt8 {
        values[Int(blocks[Int(codePoint >> 7)]) << 7 | Int(codePoint & 127)]
    }
}
