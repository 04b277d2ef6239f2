import Files

/// The tokens of every document of a corpus, wherever they stand: in the artefact of its partition, or in the revision of what lost text.
struct TokenShelf: Sendable {
    /// The artefacts of all partitions.
    let extracted: [TokenArtefact]
    /// The revisions of those partitions that have one.
    let revisions: [Int: Revision]
    /// For each of them the index in the revision of every revised document.
    private let revised: [Int: [Int: Int]]

    init(extracted: [TokenArtefact], revisions: [Int: Revision], candidates: [Candidate]) {
        self.extracted = extracted
        self.revisions = revisions
        var revised: [Int: [Int: Int]] = [:]
        for candidate in candidates where candidate.isRevised {
            let next = revised[candidate.partition]?.count ?? 0
            revised[candidate.partition, default: [:]][candidate.index] = next
        }
        self.revised = revised
    }

    /// The index of a document in the revision of its partition; nil where it stays as it was.
    func revisionIndex(of candidate: Candidate) -> Int? { revised[candidate.partition]?[candidate.index] }

    /// The tokens of a document.
    func count(of candidate: Candidate, revision: Int?) -> Int {
        guard let revision else { return extracted[candidate.partition].counts[candidate.index] }
        return revisions[candidate.partition]?.tokens.counts[revision] ?? 0
    }

    /// The special tokens that a document spells out.
    func specials(of candidate: Candidate) -> Int {
        guard let revision = revisionIndex(of: candidate) else {
            return extracted[candidate.partition].specials[candidate.index]
        }
        return revisions[candidate.partition]?.tokens.specials[revision] ?? 0
    }

    /// Copies tokens `range` of a document.
    func copy(_ kept: KeptDocument, range: Range<Int>, into target: UnsafeMutableBufferPointer<UInt32>) {
        if let revision = kept.revision, let revised = revisions[kept.partition] {
            revised.tokens.copy(document: revision, range: range, into: target)
        } else {
            extracted[kept.partition].copy(document: kept.index, range: range, into: target)
        }
    }

    /// Bytes of all files that are mapped.
    var mappedBytes: Int {
        extracted.reduce(0) { $0 + $1.mappedBytes } + revisions.values.reduce(0) { $0 + $1.tokens.mappedBytes }
    }

    /// Lets go of what was read of these partitions' files.
    func releasePages(ofPartitions partitions: Set<Int>) {
        for partition in partitions {
            extracted[partition].releasePages()
            revisions[partition]?.tokens.releasePages()
        }
    }
}
