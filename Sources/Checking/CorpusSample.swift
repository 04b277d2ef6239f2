import Files

/// Which part of a corpus is looked at: chosen by the names of its files and the ids of its documents, so that every run, on any machine,
/// looks at the same.
struct CorpusSample: Sendable {
    /// The share that was asked for, above 0 and at most 1.
    let share: Double

    /// The whole.
    static let whole = CorpusSample(share: 1)

    var isWhole: Bool { share >= 1 }

    private static let seed: UInt64 = 0x5368_6172_646D_696C

    /// Which of some files: those whose names have the smallest hashes, at least one where there is any, in their own order.
    func picks(_ names: [String]) -> [Int] {
        if isWhole { return Array(names.indices) }
        let wanted = min(names.count, max(1, Int((share * Double(names.count)).rounded(.up))))
        let keys = names.map { XXHash3.hash64($0, seed: CorpusSample.seed) }
        let order = names.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        return order.prefix(wanted).sorted()
    }

    /// Whether a document is in a sample of `share` of all documents.
    static func holds(_ id: String, share: Double) -> Bool {
        if share >= 1 { return true }
        return Double(rank(id)) < share * 0x1p53
    }

    /// What a document is chosen by: a sample holds those below a limit.
    static func rank(_ id: String) -> UInt64 { XXHash3.hash64(id, seed: seed) >> 11 }
}
