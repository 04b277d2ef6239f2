/// A place where a long document may be cut without breaking what its author wrote as one.
public struct StructureCut: Sendable, Equatable {
    /// What ends there; a greater one is the better place.
    public enum Rank: Int, Sendable, Comparable, CaseIterable {
        case row, paragraph, clause

        /// Whether the first is the worse place to cut.
        public static func < (first: Rank, second: Rank) -> Bool { first.rawValue < second.rawValue }
    }

    /// Own tokens of the document before the cut.
    public var offset: Int
    /// What ends there.
    public var rank: Rank

    /// A cut behind `offset` own tokens.
    public init(offset: Int, rank: Rank) {
        self.offset = offset
        self.rank = rank
    }

    /// The cuts of a document from the places in its text where something ends, ascending in bytes, and the ends of its tokens:
    /// a token that stretches over a place stays whole, with what stands before. Of places that fall on one token the best counts.
    /// Cost: one pass over both.
    ///
    /// - Parameter tokenEnds: For each own token the end of the bytes of text it stands for, ascending.
    public static func cuts(
        places: [(byte: Int, rank: Rank)], tokenEnds: some Sequence<Int>
    ) -> [StructureCut] {
        var cuts: [StructureCut] = []
        var place = 0
        var count = 0
        for end in tokenEnds {
            count += 1
            while place < places.count, places[place].byte <= end {
                if places[place].byte > 0 {
                    if let last = cuts.last, last.offset == count {
                        cuts[cuts.count - 1].rank = max(last.rank, places[place].rank)
                    } else {
                        cuts.append(StructureCut(offset: count, rank: places[place].rank))
                    }
                }
                place += 1
            }
        }
        // The end of the text is no cut.
        if cuts.last?.offset == count { cuts.removeLast() }
        return cuts
    }
}
