/// How often each piece was seen: in memory as long as that is within bounds, and beyond in temporary files.
struct PieceCounts: ~Copyable, Sendable {
    private var table = PieceTable()
    private let spill: PieceSpill
    /// Bytes that the table may take.
    let memory: Int
    /// What kept counts from being written; everything after it is lost.
    private(set) var failure: (any Error)?

    init(memory: Int, spill: PieceSpill) {
        self.memory = max(memory, 1 << 20)
        self.spill = spill
    }

    /// How many different pieces are in memory.
    var countInMemory: Int { table.count }

    /// Whether all counts are in memory.
    var isInMemory: Bool { spill.isEmpty }

    /// Counts a piece `times` times. `readable`: how many bytes from the start of the piece on may be read.
    @inline(__always)
    mutating func add(_ start: UnsafePointer<UInt8>, _ count: Int, readable: Int, times: Int) {
        if count == 0 { return }
        if table.bytesToGrow(for: count) > memory { makeRoom() }
        table.add(start, count, readable: readable, times: times)
    }

    /// Adds what another one counted.
    mutating func absorb(_ other: consuming PieceCounts) throws {
        if let failure = other.failure { throw failure }
        if other.spill !== spill, !other.spill.isEmpty {
            for part in 0..<PieceSpill.parts { try other.spill.read(part: part, into: &other.table) }
        }
        if !spill.isEmpty, other.table.count > 0 {
            try spill.write(other.table)
        } else {
            other.table.forEach { add($0.baseAddress!, $0.count, readable: $0.count, times: $1) }
        }
        if let failure { throw failure }
    }

    /// Calls `body` with every piece and how often it was seen, in an order that does not matter to anyone. Counts that were written to
    /// files are read part by part. May be called again.
    mutating func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>, Int) throws -> Void) throws {
        if let failure { throw failure }
        if spill.isEmpty { return try table.forEach(body) }
        if table.count > 0 { try spill.write(table) }
        table = PieceTable()
        for part in 0..<PieceSpill.parts {
            var all = PieceTable()
            try spill.read(part: part, into: &all)
            try all.forEach(body)
        }
    }

    private mutating func makeRoom() {
        // A table that is nearly empty takes less than a piece: nothing would be gained.
        if table.count < 64 { return }
        if failure == nil {
            do { try spill.write(table) } catch { failure = error }
        }
        table.removeAll()
    }
}
