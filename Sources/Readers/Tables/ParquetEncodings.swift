/// Runs of equal numbers and of bit-packed ones (RLE/bit-packing hybrid), read one by one.
struct HybridCursor {
    private var cursor: ByteCursor
    private let width: Int
    private var left = 0
    private var isPacked = false
    private var value: UInt32 = 0
    private var bits: UInt64 = 0
    private var bitCount = 0

    init(_ cursor: ByteCursor, width: Int) throws {
        guard width <= 32 else { throw ByteCursor.Fault(expected: "numbers of at most 32 bits") }
        self.cursor = cursor
        self.width = width
    }

    mutating func next() throws -> UInt32 {
        while left == 0 {
            if width == 0, cursor.left == 0 { return 0 }
            let head = try cursor.varint()
            guard head >> 1 < 1 << 31 else { throw ByteCursor.Fault(expected: "a shorter run") }
            isPacked = head & 1 == 1
            if isPacked {
                left = Int(head >> 1) * 8
                bits = 0
                bitCount = 0
            } else {
                left = Int(head >> 1)
                value = 0
                for shift in 0..<(width + 7) / 8 { value |= UInt32(try cursor.byte()) << (8 * UInt32(shift)) }
            }
        }
        left -= 1
        if !isPacked { return value }
        while bitCount < width {
            bits |= UInt64(try cursor.byte()) << UInt64(bitCount)
            bitCount += 8
        }
        let result = UInt32(truncatingIfNeeded: bits & ((1 << UInt64(width)) - 1))
        bits >>= UInt64(width)
        bitCount -= width
        return result
    }
}

/// Numbers as differences in blocks (DELTA_BINARY_PACKED), read one by one.
struct DeltaCursor {
    private(set) var cursor: ByteCursor
    private let miniBlocks: Int
    private let perMiniBlock: Int
    /// Numbers in all, and those not read yet.
    let count: Int
    private(set) var left: Int
    private var value: Int64
    private var isFirst = true
    private var leastDelta: Int64 = 0
    private var widths: [UInt8] = []
    private var miniBlock = 0
    private var leftInMiniBlock = 0
    private var bits: UInt64 = 0
    private var bitCount = 0

    init(_ start: ByteCursor) throws {
        var cursor = start
        let block = try cursor.count("numbers in a block", limit: 1 << 16)
        miniBlocks = try cursor.count("parts of a block", limit: 1 << 10)
        count = try cursor.count("numbers in a page", limit: ParquetColumn.mostValues)
        value = try cursor.zigzag()
        guard miniBlocks > 0, block % miniBlocks == 0, block / miniBlocks % 8 == 0, block > 0 else {
            throw ByteCursor.Fault(expected: "blocks of parts of a multiple of 8 numbers")
        }
        perMiniBlock = block / miniBlocks
        left = count
        self.cursor = cursor
        miniBlock = miniBlocks
    }

    mutating func next() throws -> Int64 {
        guard left > 0 else { throw ByteCursor.Fault(expected: "another number") }
        left -= 1
        if isFirst {
            isFirst = false
            return value
        }
        if leftInMiniBlock == 0 { try openMiniBlock() }
        leftInMiniBlock -= 1
        let width = Int(widths[miniBlock])
        var delta: UInt64 = 0
        var have = 0
        while have < width {
            if bitCount == 0 {
                bits = UInt64(try cursor.byte())
                bitCount = 8
            }
            let taken = min(bitCount, width - have)
            delta |= (bits & ((1 << UInt64(taken)) - 1)) << UInt64(have)
            bits >>= UInt64(taken)
            bitCount -= taken
            have += taken
        }
        value = value &+ leastDelta &+ Int64(bitPattern: delta)
        return value
    }

    private mutating func openMiniBlock() throws {
        miniBlock += 1
        if miniBlock >= miniBlocks {
            leastDelta = try cursor.zigzag()
            widths = Array(cursor.bytes[try cursor.take(miniBlocks)])
            guard widths.allSatisfy({ $0 <= 64 }) else {
                throw ByteCursor.Fault(expected: "numbers of at most 64 bits")
            }
            miniBlock = 0
        }
        leftInMiniBlock = perMiniBlock
        bitCount = 0
    }

    /// What follows the numbers: the last part of a block is whole even where fewer numbers are left.
    mutating func rest() throws -> ByteCursor {
        while left > 0 { _ = try next() }
        _ = try cursor.take((leftInMiniBlock * Int(widths.isEmpty ? 0 : widths[min(miniBlock, widths.count - 1)])) / 8)
        return cursor
    }
}
