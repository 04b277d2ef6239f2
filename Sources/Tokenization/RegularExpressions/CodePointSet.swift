/// A set of code points, as sorted ranges that neither touch nor overlap.
///
/// `UTF8Decoding.broken` stands for a byte that is not UTF-8; it is a member of what is inverted and of nothing else.
struct CodePointSet: Sendable, Equatable {
    private(set) var ranges: [ClosedRange<UInt32>] = []

    init() {}

    /// The union of any ranges.
    init(_ ranges: [ClosedRange<UInt32>]) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last,
                last.upperBound >= range.lowerBound || last.upperBound + 1 == range.lowerBound
            {
                self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    init(_ codePoints: UInt32...) { self.init(codePoints.map { $0...$0 }) }

    /// The ranges written in `UnicodeData`.
    init(_ text: StaticString) {
        var ranges: [ClosedRange<UInt32>] = []
        UnicodeWords.forEachRange(text) { ranges.append(UInt32($0)...UInt32($1)) }
        self.init(ranges)
    }

    /// Everything, broken bytes too.
    static let all = CodePointSet([0...UTF8Decoding.broken])

    func union(_ other: CodePointSet) -> CodePointSet { CodePointSet(ranges + other.ranges) }

    /// Everything else.
    func inverted() -> CodePointSet {
        var out: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { out.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= UTF8Decoding.broken { out.append(next...UTF8Decoding.broken) }
        return CodePointSet(out)
    }

    func intersection(_ other: CodePointSet) -> CodePointSet {
        inverted().union(other.inverted()).inverted()
    }

    /// With the characters that are the same as a member but for case.
    func ignoringCase() -> CodePointSet {
        var out = ranges
        for same in UnicodeProperty.caseClasses where same.contains(where: contains) {
            out += same.map { $0...$0 }
        }
        return CodePointSet(out)
    }

    /// Cost: logarithmic in the number of ranges.
    @inline(__always)
    func contains(_ codePoint: UInt32) -> Bool {
        ranges.withUnsafeBufferPointer { ranges in
            var low = 0
            var high = ranges.count
            while low < high {
                let middle = (low &+ high) >> 1
                if ranges[middle].upperBound < codePoint { low = middle &+ 1 } else { high = middle }
            }
            return low < ranges.count && ranges[low].lowerBound <= codePoint
        }
    }
}
