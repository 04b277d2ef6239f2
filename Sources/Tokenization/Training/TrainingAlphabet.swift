/// The symbols that merging starts from: bytes, or characters of which the rare ones may be left out.
struct TrainingAlphabet {
    /// What a piece is made of.
    enum Unit { case bytes, characters }

    let unit: Unit
    /// Ids by byte or by code point; `MergeLearner.nothing` where it is left out.
    private var ids: [UInt32]
    /// The bytes or the code points of the alphabet, in the order of their ids.
    let members: [UInt32]

    /// The alphabet with the ids from `firstID` on, in the order of `BpeTrainer`: by code point, for bytes that of their written form.
    init(_ unit: Unit, members: [UInt32], firstID: UInt32) {
        self.unit = unit
        var members = members
        if unit == .bytes {
            members.sort { ByteAlphabet.codePoints[Int($0)] < ByteAlphabet.codePoints[Int($1)] }
        } else {
            members.sort()
        }
        self.members = members
        ids = Array(repeating: MergeLearner.nothing, count: unit == .bytes ? 256 : 0x110000)
        for (index, member) in members.enumerated() { ids[Int(member)] = firstID + UInt32(index) }
    }

    /// Appends the ids of a piece; what is not of the alphabet is passed over.
    func append(_ piece: UnsafeBufferPointer<UInt8>, to symbols: inout FlatMemory<UInt32>) {
        ids.withUnsafeBufferPointer { ids in
            TrainingAlphabet.forEachMember(of: piece, unit) { member in
                let id = ids[Int(member)]
                if id != MergeLearner.nothing { symbols.append(id) }
            }
        }
    }

    /// Calls `body` with every byte or character of a piece. Bytes that are not UTF-8 are no characters.
    @inline(__always)
    static func forEachMember(of piece: UnsafeBufferPointer<UInt8>, _ unit: Unit, _ body: (UInt32) -> Void) {
        guard let base = piece.baseAddress else { return }
        if unit == .bytes {
            for byte in piece { body(UInt32(byte)) }
            return
        }
        var index = 0
        while index < piece.count {
            let (codePoint, count) = UTF8Decoding.character(base, index, piece.count)
            if codePoint != UTF8Decoding.broken { body(codePoint) }
            index += count
        }
    }
}

/// How often each byte or character was seen, and which of them are kept.
struct MemberCounts {
    private let unit: TrainingAlphabet.Unit
    private var counts: [Int]

    init(_ unit: TrainingAlphabet.Unit) {
        self.unit = unit
        counts = Array(repeating: 0, count: unit == .bytes ? 256 : 0x110000)
    }

    mutating func add(_ piece: UnsafeBufferPointer<UInt8>, times: Int) {
        counts.withUnsafeMutableBufferPointer { counts in
            TrainingAlphabet.forEachMember(of: piece, unit) { counts[Int($0)] &+= times }
        }
    }

    /// Those seen so often, the most frequent first, of equally frequent ones the smaller code point.
    func seen(atLeast least: Int) -> [(codePoint: UInt32, count: Int)] {
        counts.indices.filter { counts[$0] >= least }.sorted { (counts[$1], $0) < (counts[$0], $1) }
            .map { (UInt32($0), counts[$0]) }
    }

    /// Those of `initial`, then the most frequent ones: at most `limit` in all, and only until the share `coverage` of all that was seen
    /// is reached. Of equally frequent ones the smaller code point is kept.
    func kept(initial: [UInt32], limit: Int?, coverage: Double) -> [UInt32] {
        let wanted = Set(initial)
        let seen = counts.indices.filter { counts[$0] > 0 && !wanted.contains(UInt32($0)) }
            .sorted { (counts[$1], $0) < (counts[$0], $1) }
        let total = Double(counts.reduce(0, +))
        var kept = Array(initial.prefix(limit ?? Int.max))
        var covered = initial.reduce(0) { $0 + counts[Int($1)] }
        for member in seen {
            if kept.count >= limit ?? Int.max || Double(covered) >= coverage * total { break }
            kept.append(UInt32(member))
            covered += counts[member]
        }
        return kept
    }
}
