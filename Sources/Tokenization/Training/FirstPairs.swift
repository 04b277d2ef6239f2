import CKernels

/// The pairs of the pieces before any merge: counted in a square where few symbols are there, else found through a table.
///
/// Gone through twice in the same order: first all pairs are counted, then the pieces of each pair are listed. What a pair of many
/// symbols reads is anywhere in memory: it is asked for when the pair comes, and used some pairs later.
struct FirstPairs: ~Copyable {
    struct Record: BitwiseCopyable {
        var key: UInt64
        var count = 0
        var listed: UInt32 = 0
        /// The last piece it was seen in, then where its list goes on; `nothing` where none is written.
        var last = MergeLearner.nothing
        var written: UInt32 = 0
    }

    /// A pair that was asked for. Not private: Swift 6.3.1 then ends in an internal error when it compiles for debugging.
    struct Waiting: BitwiseCopyable {
        var key: UInt64
        var weight: Int
        var piece: UInt32
        var place: UInt32
    }

    private let width: Int
    private let isSquare: Bool
    private var memory: FlatMemory<Record>
    private var table = PairTable()
    private var waiting = FlatMemory<Waiting>(capacity: FirstPairs.most)

    private static let widestSquare = 1200
    private static let most = 64

    init(symbols: Int) {
        width = symbols
        isSquare = symbols <= FirstPairs.widestSquare
        memory = FlatMemory(capacity: isSquare ? symbols * symbols : 1024)
        if isSquare {
            for left in 0..<UInt32(symbols) {
                for right in 0..<UInt32(symbols) { memory.append(Record(key: PairTable.key(left, right))) }
            }
        }
    }

    /// All pairs, once `finishCounts` was called.
    var records: UnsafeMutableBufferPointer<Record> { memory.elements }

    /// Counts a pair.
    @inline(__always)
    mutating func add(_ left: UInt32, _ right: UInt32, piece: UInt32, weight: Int) {
        if isSquare { return FirstPairs.count(memory.start + square(left, right), piece, weight) }
        ask(left, right, piece, weight)
        if waiting.count == FirstPairs.most { finishCounts() }
    }

    /// Counts the pairs that wait.
    mutating func finishCounts() {
        for index in 0..<waiting.count {
            let key = waiting.start[index].key
            var place = memory.count
            if let known = table.find(key) {
                place = known.pointee
            } else {
                memory.append(Record(key: key))
                table.insert(key, place)
            }
            waiting.start[index].place = UInt32(truncatingIfNeeded: place)
            shardmill_prefetch(memory.start + place)
        }
        for index in 0..<waiting.count {
            let pair = waiting.start[index]
            FirstPairs.count(memory.start + Int(pair.place), pair.piece, pair.weight)
        }
        waiting.removeAll()
    }

    /// Writes the piece into the list of a pair that was counted, once for each piece.
    @inline(__always)
    mutating func list(_ left: UInt32, _ right: UInt32, piece: UInt32, in lists: UnsafeMutablePointer<UInt32>) {
        if isSquare { return FirstPairs.list(memory.start + square(left, right), piece, lists) }
        ask(left, right, piece, 0)
        if waiting.count == FirstPairs.most { finishLists(in: lists) }
    }

    /// Writes the pieces that wait.
    mutating func finishLists(in lists: UnsafeMutablePointer<UInt32>) {
        for index in 0..<waiting.count {
            let place = table.find(waiting.start[index].key)?.pointee ?? 0
            waiting.start[index].place = UInt32(truncatingIfNeeded: place)
            shardmill_prefetch(memory.start + place)
        }
        for index in 0..<waiting.count {
            let next = memory.start[Int(waiting.start[index].place)].last
            if next != MergeLearner.nothing { shardmill_prefetch(lists + Int(next)) }
        }
        for index in 0..<waiting.count {
            FirstPairs.list(memory.start + Int(waiting.start[index].place), waiting.start[index].piece, lists)
        }
        waiting.removeAll()
    }

    @inline(__always)
    private func square(_ left: UInt32, _ right: UInt32) -> Int { Int(left) &* width &+ Int(right) }

    @inline(__always)
    private mutating func ask(_ left: UInt32, _ right: UInt32, _ piece: UInt32, _ weight: Int) {
        let key = PairTable.key(left, right)
        table.prefetch(key)
        waiting.append(Waiting(key: key, weight: weight, piece: piece, place: 0))
    }

    @inline(__always)
    private static func count(_ record: UnsafeMutablePointer<Record>, _ piece: UInt32, _ weight: Int) {
        record.pointee.count &+= weight
        if record.pointee.last == piece { return }
        record.pointee.last = piece
        record.pointee.listed &+= 1
    }

    /// A list is full where it has as many pieces as were counted; each piece stands in it once.
    @inline(__always)
    private static func list(
        _ record: UnsafeMutablePointer<Record>, _ piece: UInt32, _ lists: UnsafeMutablePointer<UInt32>
    ) {
        let next = record.pointee.last
        if next == MergeLearner.nothing { return }
        if record.pointee.written > 0, lists[Int(next &- 1)] == piece { return }
        lists[Int(next)] = piece
        record.pointee.last = next &+ 1
        record.pointee.written = 1
    }
}
