import Parallel

/// Whether the document at an index is an original or a copy of an earlier one, and how it differs: a function of seed, index
/// and share alone.
struct CopyPlan: Equatable {
    /// How a copy differs from its original.
    enum Change: Int, CaseIterable {
        case verbatim, edit0005, edit001, edit002, edit003, edit005, edit010, cut, extended

        /// As the ground truth names it.
        var name: String {
            switch self {
            case .verbatim: "verbatim"
            case .edit0005: "edit-0.5%"
            case .edit001: "edit-1%"
            case .edit002: "edit-2%"
            case .edit003: "edit-3%"
            case .edit005: "edit-5%"
            case .edit010: "edit-10%"
            case .cut: "cut-1/8"
            case .extended: "extended-1/10"
            }
        }
    }

    /// The document.
    let index: Int
    /// The index of the document whose text it has; its own where it is no copy.
    let original: Int
    /// What was changed; nil where it is no copy.
    let change: Change?

    /// The plan of a document when `share` (0 to 1) of all are copies.
    init(seed: UInt64, index: Int, share: Double) {
        self.index = index
        guard CopyPlan.isCopy(seed, index, share) else {
            original = index
            change = nil
            return
        }
        var random = SeededRandom(seed: KeyedHash.mix(UInt64(index), seed: seed ^ 0x0817))
        var source = random.nextInt(below: index)
        while CopyPlan.isCopy(seed, source, share) { source -= 1 }
        original = source
        change = Change.allCases[random.nextInt(below: Change.allCases.count)]
    }

    /// The document at an index as an original.
    init(originalAt index: Int) {
        self.index = index
        original = index
        change = nil
    }

    /// The first document is never a copy, so the search for an original ends.
    private static func isCopy(_ seed: UInt64, _ index: Int, _ share: Double) -> Bool {
        if index == 0 { return false }
        let ticket = KeyedHash.mix(UInt64(index), seed: seed ^ 0xC0B1) >> 32
        return ticket < UInt64(min(max(share, 0), 1) * 0x1p32)
    }

    var isCopy: Bool { change != nil }
    var isCut: Bool { change == .cut }
    var isExtended: Bool { change == .extended }

    /// Chance of a word to be changed, in ten-thousandths.
    var editRate: Int {
        switch change {
        case .edit0005: 50
        case .edit001: 100
        case .edit002: 200
        case .edit003: 300
        case .edit005: 500
        case .edit010: 1000
        case .verbatim, .cut, .extended, nil: 0
        }
    }
}
