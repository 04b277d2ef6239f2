public import Files

extension FragmentCounts {
    /// From the object that `json` gives.
    public init?(json: JSONValue) {
        guard let documents = json["documents"]?.int, let cut = json["documents_cut"]?.int,
            let segments = json["segments"]?.int, let cuts = json["cuts"], let hard = cuts["hard"]?.int
        else { return nil }
        self.init()
        self.documents = documents
        documentsCut = cut
        self.segments = segments
        hardCuts = hard
        for (rank, name) in [(StructureCut.Rank.row, "row"), (.paragraph, "paragraph"), (.clause, "clause")] {
            if let count = cuts[name]?.int, count > 0 { structureCuts[rank] = count }
        }
    }
}

extension FragmentCounts {
    /// Adds the counts of other blocks.
    public mutating func merge(_ other: FragmentCounts) {
        documents += other.documents
        documentsCut += other.documentsCut
        segments += other.segments
        hardCuts += other.hardCuts
        structureCuts.merge(other.structureCuts, uniquingKeysWith: +)
    }
}
