import Deduplication
import Documents
import Files
import Parallel

/// Signs the documents of every partition and finds the near duplicates among those that stay.
struct NearDuplicateSearch: Sendable {
    let plan: BuildPlan
    let options: NearDuplicateOptions
    let output: OutputFolder
    let extractKeys: [String]
    let tokens: [TokenArtefact]

    /// Raised whenever the same text would be signed otherwise.
    static let version = "signatures 1"

    /// Names the signatures of a partition.
    func key(ofPartition partition: Int) -> String {
        var digest = SHA256Digest()
        digest.update(NearDuplicateSearch.version)
        if case .tokens = options.minhash.shingles {
            digest.update(plan.tokenKey(extractKeys[partition]))
        } else {
            digest.update(extractKeys[partition])
        }
        digest.update(options.signatureText)
        return String(digest.hexadecimal().prefix(32))
    }

    /// Signs those partitions that are not signed yet.
    func sign(_ pool: WorkerPool) throws {
        try pool.forEach(extractKeys.count) { partition, _ in
            let path = SignatureArtefact.path(output.signatures, key(ofPartition: partition))
            if Folder.exists(path) { return }
            try SignatureArtefact.write(
                path, documents: ExtractArtefact.documentsPath(output.extracted, extractKeys[partition]),
                tokens: tokens[partition], options: options.minhash)
        }
    }

    /// A cluster, as indices of candidates, and for each member its exact similarity to the others that were asked for.
    struct Found {
        let clusters: [[Int]]
        let finder: NearDuplicateFinder
        /// The candidate of every document of the table.
        let places: [Int]

        /// The exact similarity of two members of a cluster, given as indices into `places`; nil where candidates were not verified.
        func jaccard(_ first: Int, _ second: Int) throws -> Double? { try finder.jaccard(first, second) }
    }

    /// The near duplicates among the candidates that stay.
    func find(_ candidates: [Candidate], _ pool: WorkerPool) throws -> Found {
        let bands = options.minhash.bands
        let table = BandTable(bands: bands, memory: options.memory / 2, temporaryFolder: output.work)
        var places: [Int] = []
        var signed: (partition: Int, keys: SignatureArtefact)?
        for (place, candidate) in candidates.enumerated() where candidate.staying != nil {
            if signed?.partition != candidate.partition {
                signed = (
                    candidate.partition,
                    try SignatureArtefact(
                        folder: output.signatures, key: key(ofPartition: candidate.partition),
                        documents: tokens[candidate.partition].counts.count, bands: bands)
                )
            }
            guard let keys = signed?.keys.keys else { continue }
            let start = candidate.index * bands
            try keys.withUnsafeBufferPointer {
                try table.append(UnsafeBufferPointer(rebasing: $0[start..<start + bands]))
            }
            places.append(place)
        }
        let finder = NearDuplicateFinder(options.minhash, memory: options.memory / 2, temporaryFolder: output.work)
        let readers = TextReaders(search: self, candidates: candidates, pool: pool)
        let documents = places
        let found = try finder.find(in: table, pool: pool) { document, worker in
            try readers.shingleSet(of: documents[document], worker: worker)
        }
        return Found(clusters: found.clusters, finder: finder, places: places)
    }
}

/// A cursor and a shingler for each worker, so that documents asked for in order are read once.
private struct TextReaders: Sendable {
    private let search: NearDuplicateSearch
    private let candidates: [Candidate]
    private let slots: PerWorker<Slot>

    final class Slot {
        var partition = -1
        var cursor: DocumentCursor?
        let shingles: DocumentShingles

        init(_ unit: ShingleUnit) { shingles = DocumentShingles(unit) }
    }

    init(search: NearDuplicateSearch, candidates: [Candidate], pool: WorkerPool) {
        self.search = search
        self.candidates = candidates
        let unit = search.options.minhash.shingles
        slots = PerWorker(pool) { Slot(unit) }
    }

    func shingleSet(of place: Int, worker: Int) throws -> [UInt64] {
        let slot = slots[worker]
        let candidate = candidates[place]
        if case .tokens = search.options.minhash.shingles {
            return HashSet.sorted(
                slot.shingles.hashes(ofTokens: search.tokens[candidate.partition], document: candidate.index))
        }
        let cursor: DocumentCursor
        if let open = slot.cursor, slot.partition == candidate.partition, open.index <= candidate.index {
            cursor = open
        } else {
            cursor = try DocumentCursor(
                ExtractArtefact.documentsPath(
                    search.output.extracted, search.extractKeys[candidate.partition]))
            slot.cursor = cursor
            slot.partition = candidate.partition
        }
        let document = try cursor.document(at: candidate.index)
        return document.text.withUnsafeBytes { HashSet.sorted(slot.shingles.hashes(of: $0)) }
    }
}
