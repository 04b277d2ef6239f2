/// Pieces of documents and the blocks they share, for strategies that do not cut a stream.
///
/// A piece is a stretch of the stream of framed tokens inside one document, at most a block long; pieces are numbered in stream order.
/// Each block is a ring of pieces. The longest piece of a block (of equal ones the first) opened it. Blocks stand in the order of the
/// pieces that opened them, so that the order of blocks is the order of documents, which a seed decides, and not that of their lengths
/// or of how many share a block; pieces inside a block stand in stream order for the same reason.
///
/// Memory: 12 bytes a piece and 4 a block; 9 more a piece while it is made.
struct PieceTable: Sendable {
    /// Where pieces begin in the stream; one more entry holds the total.
    private let starts: [Int]
    /// For each piece the next one of its ring.
    private let rings: [UInt32]
    /// For each block the piece that opened it, ascending.
    private let openers: [UInt32]

    /// Number of blocks.
    var blockCount: Int { openers.count }
    /// Number of pieces.
    var count: Int { starts.count - 1 }

    /// The best fit, longest piece first, of pieces of at most `length` tokens that begin at `starts`.
    init(starts: [Int], length: Int) throws(PackingFailure) {
        let count = starts.count - 1
        guard count < Int(UInt32.max) else { throw .tooManyTokens }
        // Longest first, of equal ones in stream order: a counting sort.
        var places = [Int](repeating: 0, count: length + 2)
        for piece in 0..<count { places[length - (starts[piece + 1] - starts[piece]) + 1] += 1 }
        for size in 1..<places.count { places[size] += places[size - 1] }
        var order = [UInt32](repeating: 0, count: count)
        for piece in 0..<count {
            let key = length - (starts[piece + 1] - starts[piece])
            order[places[key]] = UInt32(piece)
            places[key] += 1
        }
        var open = OpenBlocks(count: count, length: length)
        var rings = [UInt32](repeating: 0, count: count)
        var opens = [Bool](repeating: false, count: count)
        var blocks = 0
        for piece in order {
            let place = Int(piece)
            let size = starts[place + 1] - starts[place]
            var room = length
            if let found = open.take(fitting: size) {
                rings[place] = rings[Int(found.block)]
                rings[Int(found.block)] = piece
                room = found.room
                if room > size { open.put(found.block, room: room - size) }
            } else {
                rings[place] = piece
                opens[place] = true
                blocks += 1
                if room > size { open.put(piece, room: room - size) }
            }
        }
        var openers: [UInt32] = []
        openers.reserveCapacity(blocks)
        for piece in 0..<count where opens[piece] { openers.append(UInt32(piece)) }
        self.starts = starts
        self.rings = rings
        self.openers = openers
    }

    /// The stretches of the stream that a block holds, in the order in which they stand there.
    func stretches(ofBlock block: Int) -> [Range<Int>] {
        members(ofRing: openers[block]).map { starts[Int($0)]..<starts[Int($0) + 1] }
    }

    /// Where the piece that begins at a position of the stream stands; behind all blocks where no piece begins there or later.
    func place(ofPieceAt position: Int) -> (block: Int, offset: Int) {
        let piece = firstIndex(below: count) { starts[$0] >= position }
        guard piece < count else { return (blockCount, 0) }
        var opener = UInt32(piece)
        var largest = 0
        var offset = 0
        for member in members(ofRing: UInt32(piece)) {
            let size = starts[Int(member) + 1] - starts[Int(member)]
            if size > largest { (opener, largest) = (member, size) }
            if member < piece { offset += size }
        }
        return (firstIndex(below: openers.count) { openers[$0] >= opener }, offset)
    }

    private func members(ofRing piece: UInt32) -> [UInt32] {
        var members = [piece]
        var next = rings[Int(piece)]
        while next != piece {
            members.append(next)
            next = rings[Int(next)]
        }
        members.sort()
        return members
    }
}

/// The first index below `count` for which a condition holds that holds for all behind it; `count` where there is none.
func firstIndex(below count: Int, where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
        let middle = low + (high - low) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}
