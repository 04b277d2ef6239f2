/// Blocks that still have room, found by how much: the least room that is enough, in a step for every factor of 64 of the block length.
///
/// A bit for each room says whether a block has it; a word of bits is a bit one level up. Blocks of one room are a chain, the last one
/// put first. Memory: 4 bytes a room and 4 a block number.
struct OpenBlocks {
    private static let none = UInt32.max
    private var first: [UInt32]
    private var following: [UInt32]
    private var words: [UInt64]
    private let levels: [Int]

    /// No block yet; blocks are numbered below `count`, rooms reach from 1 to `length`.
    init(count: Int, length: Int) {
        first = [UInt32](repeating: OpenBlocks.none, count: length + 1)
        following = [UInt32](repeating: OpenBlocks.none, count: count)
        var levels: [Int] = []
        var size = length + 1
        var total = 0
        repeat {
            size = (size + 63) / 64
            levels.append(total)
            total += size
        } while size > 1
        self.levels = levels
        words = [UInt64](repeating: 0, count: total)
    }

    /// Adds a block with room for `room` tokens, at least 1.
    mutating func put(_ block: UInt32, room: Int) {
        let head = first[room]
        following[Int(block)] = head
        first[room] = block
        if head != OpenBlocks.none { return }
        var place = room
        for level in levels {
            words[level + place / 64] |= 1 << UInt64(place % 64)
            place /= 64
        }
    }

    /// Takes out the block with the least room that is at least `size`, of several the one that was put last.
    mutating func take(fitting size: Int) -> (block: UInt32, room: Int)? {
        guard let room = leastRoom(atLeast: size) else { return nil }
        let block = first[room]
        let next = following[Int(block)]
        first[room] = next
        if next == OpenBlocks.none {
            var place = room
            for level in levels {
                words[level + place / 64] &= ~(1 << UInt64(place % 64))
                if words[level + place / 64] != 0 { break }
                place /= 64
            }
        }
        return (block, room)
    }

    private func leastRoom(atLeast size: Int) -> Int? {
        var place = size
        var level = 0
        while true {
            let end = level + 1 < levels.count ? levels[level + 1] : words.count
            let index = levels[level] + place / 64
            guard index < end else { return nil }
            let bits = words[index] >> UInt64(place % 64)
            if bits != 0 {
                place += bits.trailingZeroBitCount
                break
            }
            level += 1
            guard level < levels.count else { return nil }
            place = place / 64 + 1
        }
        while level > 0 {
            level -= 1
            place = place * 64 + words[levels[level] + place].trailingZeroBitCount
        }
        return place
    }
}
