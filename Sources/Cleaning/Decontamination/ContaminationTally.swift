/// What scanning documents found of each item of an index: which n-grams, and in which documents.
public struct ContaminationTally: Sendable {
    /// A document that an item was found in.
    public struct Place: Sendable, Equatable {
        /// The name under which it was added.
        public var document: String
        /// The first stretch that agrees, in bytes of its text.
        public var bytes: Range<Int>
        /// The n-grams that agree, in all stretches of that item.
        public var grams: Int
    }

    /// What was found of one item.
    public struct Finding: Sendable {
        /// Documents that it was found in.
        public var documents = 0
        /// The first of them.
        public var places: [Place] = []
    }

    /// Documents added.
    public private(set) var documents = 0
    /// Documents with a hit.
    public private(set) var contaminatedDocuments = 0
    /// Which n-grams were found.
    public private(set) var coverage: NGramCoverage
    /// By the number of the item.
    public private(set) var findings: [Finding]
    /// The most places that are kept of an item.
    private let mostPlaces: Int

    /// Nothing added. Of each item the first `mostPlaces` documents are kept by name.
    public init(_ index: NGramIndex, mostPlaces: Int = 5) {
        coverage = NGramCoverage(index)
        findings = [Finding](repeating: Finding(), count: index.itemCount)
        self.mostPlaces = mostPlaces
    }

    /// Adds a document and its hits; deterministic in the order of documents.
    public mutating func add(document: String, hits: [NGramHit]) {
        documents += 1
        if hits.isEmpty { return }
        contaminatedDocuments += 1
        for hit in hits { coverage.mark(hit) }
        // Hits of one item are brought together; the first of each is the earliest in the document.
        let order = hits.indices.sorted { (hits[$0].item, $0) < (hits[$1].item, $1) }
        var last = -1
        for index in order {
            let hit = hits[index]
            if hit.item != last {
                last = hit.item
                findings[hit.item].documents += 1
                if findings[hit.item].places.count < mostPlaces {
                    findings[hit.item].places.append(Place(document: document, bytes: hit.bytes, grams: 0))
                }
            }
            if findings[hit.item].documents == findings[hit.item].places.count {
                findings[hit.item].places[findings[hit.item].places.count - 1].grams += hit.grams.count
            }
        }
    }
}
