public import Deduplication
import Documents
import Files
import Glibc
public import Parallel
public import Readers

/// Finds exact and near duplicates among the records of files and decides which stay: read and sign, match, verify, write.
///
/// Memory: 16 bytes a record and `memory`, of which what does not fit stands in temporary files.
///
/// `@unchecked Sendable`: steps follow each other; inside a step a worker uses its own tools and shared state is only read.
public final class DuplicateSearch: @unchecked Sendable {
    /// How far a step has come; both in bytes of text or records.
    public typealias Progress = @Sendable (_ step: String, _ done: Int, _ total: Int) -> Void

    /// How candidates are found and verified.
    public let options: MinHashOptions
    private let readOptions: ReadOptions
    private let memory: Int
    private let folder: String?
    private let pool: WorkerPool
    private let progress: Progress
    private let store: RecordStore
    private let workers: [Worker]
    private let table: BandTable
    private let finder: NearDuplicateFinder
    private var places: [RecordStore.Place] = []
    /// Whether a record stays.
    private var isKept: [Bool] = []

    private var bytesRead = 0

    /// Bytes of all texts.
    public private(set) var textBytes = 0
    /// What was found; empty before `find`.
    public private(set) var found = NearDuplicates()
    /// Records that go, in the order of their clusters, those that an index knows first.
    public private(set) var removals: [DuplicateRemoval] = []

    /// What a worker works with.
    final class Worker {
        let parser = JSONParser()
        let memory = ReadMemory()
        let shingler: Shingler
        let signer: MinHashSigner

        init(_ options: MinHashOptions) {
            shingler = Shingler(options.shingles)
            signer = MinHashSigner(options)
        }
    }

    /// A search with options that have no `problem`. Temporary files go into `temporaryFolder`, or where nil into `TMPDIR`, or `/var/tmp`.
    public init(
        _ options: MinHashOptions, reading readOptions: ReadOptions = ReadOptions(), memory: Int = 1_000_000_000,
        temporaryFolder: String? = nil, pool: WorkerPool, progress: @escaping Progress = { _, _, _ in }
    ) {
        self.options = options
        self.readOptions = readOptions
        self.memory = memory
        folder = temporaryFolder
        self.pool = pool
        self.progress = progress
        store = RecordStore(temporaryFolder: temporaryFolder)
        workers = (0..<pool.threads).map { _ in Worker(options) }
        table = BandTable(bands: options.bands, memory: memory / 4, temporaryFolder: temporaryFolder)
        finder = NearDuplicateFinder(options, memory: memory / 2, temporaryFolder: temporaryFolder)
    }

    /// Records that were read.
    public var count: Int { places.count }

    /// Records that stay.
    public var keptCount: Int { isKept.count { $0 } }

    /// Files that were read.
    public var fileCount: Int { store.files.count }

    /// The file in which a record stands.
    public func path(of record: Int) -> String { store.files[Int(places[record].file)].name }

    /// What the readers refused: one line each.
    public var unreadable: [String] {
        store.rejections.map { $0.value.hasPrefix($0.path) ? $0.value : "\($0.path): \($0.value)" }
    }

    // MARK: Reading and signing

    /// Reads and signs the records of some inputs: files, folders, patterns and built corpora. Called once.
    public func read(_ inputs: [String]) throws {
        for (number, input) in inputs.enumerated() {
            let documents = PathText.join(input, "documents")
            let isCorpus = Folder.exists(PathText.join(input, "manifest.json")) && Folder.isFolder(documents)
            let files = try PathPattern(isCorpus ? documents : input, relativeTo: "").expand().map {
                InputFile(path: $0.path, relativePath: $0.relativePath, source: input)
            }
            for group in InputFile.groups(files.map(\.path)) {
                let parts = Array(files[group])
                if parts.count == 1 {
                    try store.add(parts[0], options: readOptions, input: number)
                } else {
                    try store.add(parts: parts, options: readOptions, input: number)
                }
            }
        }
        let stretches = store.stretches
        let total = stretches.reduce(0) { $0 + $1.range.count }
        try pool.orderedForEach(stretches.count) { index, worker in
            try self.sign(stretches[index], self.workers[worker])
        } consume: { index, signed in
            // One call at a time, in order.
            try self.table.append(signed.keys)
            self.places += signed.places
            self.textBytes += signed.textBytes
            self.bytesRead += stretches[index].range.count
            self.progress("reading", self.bytesRead, total)
        }
        isKept = [Bool](repeating: true, count: places.count)
    }

    /// What came of a stretch.
    struct Signed: Sendable {
        var keys: [UInt64] = []
        var places: [RecordStore.Place] = []
        var textBytes = 0
    }

    private func sign(_ stretch: RecordStore.Stretch, _ worker: Worker) throws -> Signed {
        var signed = Signed()
        try store.forEachLine(in: stretch, worker.memory) { line, place in
            try withText(line, place, worker) { _, text in
                worker.signer.appendBandKeys(of: worker.shingler.hashes(of: text), to: &signed.keys)
                signed.textBytes += text.count
            }
            signed.places.append(place)
        }
        return signed
    }

    private func withText<Result>(
        _ line: UnsafeRawBufferPointer, _ place: RecordStore.Place, _ worker: Worker,
        _ body: (JSONElement, UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        try worker.parser.parse(line, name: store.name(place), isLineOfReader: true) { element in
            let field = store.files[Int(place.file)].isConverted ? "text" : readOptions.textField
            guard let text = DuplicateSearch.member(element, field)?.utf8 else {
                let found = DuplicateSearch.member(element, field)?.value.text() ?? "none"
                throw FileFailure.malformed(
                    path: store.name(place), place: "record",
                    expected:
                        "a string member \"\(readOptions.textField)\" (\(readOptions.optionNames.text) names another one)",
                    found: String(found.prefix(60)))
            }
            return try body(element, text)
        }
    }

    /// The member of that name, else through the objects that the parts between dots name.
    private static func member(_ element: JSONElement, _ name: String) -> JSONElement? {
        guard element.kind == .object else { return nil }
        if let found = element.member(name) { return found }
        var current = element
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count < 2 { return nil }
        for part in parts {
            guard current.kind == .object, let inner = current.member(String(part)) else { return nil }
            current = inner
        }
        return current
    }

    /// The set of shingles of a record.
    private func shingleSet(_ record: Int, _ worker: Worker) throws -> [UInt64] {
        let place = places[record]
        return try withText(try store.record(place, worker.memory), place, worker) { worker.shingler.set(of: $1) }
    }

    /// A record as it was read. On the calling thread only.
    public func record(_ record: Int) throws -> DuplicateRecord { try self.record(record, workers[0]) }

    private func record(_ record: Int, _ worker: Worker) throws -> DuplicateRecord {
        let place = places[record]
        return try withText(try store.record(place, worker.memory), place, worker) { element, text in
            DuplicateRecord(element, id: id(element, place), text: text, place: store.name(place))
        }
    }

    private func id(_ element: JSONElement, _ place: RecordStore.Place) -> String? {
        let field = store.files[Int(place.file)].isConverted ? "id" : readOptions.fields.id
        return DuplicateSearch.member(element, field).flatMap { $0.string ?? $0.int.map(String.init) }
    }

    // MARK: Matching and deciding

    /// Takes out the records that an index knows. Called before `find`; the index was made with these options but for the threshold and
    /// the verification.
    public func match(against index: DuplicateIndex) throws {
        let matches = try IndexMatcher(index, options).matches(of: table, pool: pool) { record, worker in
            try self.shingleSet(record, self.workers[worker])
        }
        for match in matches {
            isKept[match.document] = false
            removals.append(
                DuplicateRemoval(
                    record: match.document, id: try record(match.document).id, cluster: 0,
                    kept: try index.identifier(match.known), rule: .near, jaccard: match.jaccard))
        }
    }

    /// Finds clusters and decides what stays of each.
    public func find(_ policy: ClusterPolicy) throws {
        progress("matching", 0, 1)
        found = try finder.find(in: table, pool: pool) { record, worker in
            try self.shingleSet(record, self.workers[worker])
        }
        // What an index knows is out of every cluster already; the others of its cluster may be like each other.
        let clusters = found.clusters.map { $0.filter { isKept[$0] } }
        let decisions = try pool.map(clusters.count) { number, worker in
            try self.decision(clusters[number], policy, self.workers[worker])
        }
        for (number, decision) in decisions.enumerated() where clusters[number].count > 1 {
            for (place, record) in clusters[number].enumerated() where place != decision.kept {
                isKept[record] = false
                let kept = decision.kept.map { clusters[number][$0] }
                let isExact = decision.kept.map { decision.hashes[$0] == decision.hashes[place] } ?? false
                removals.append(
                    DuplicateRemoval(
                        record: record, id: decision.ids[place], cluster: number + 1,
                        kept: decision.kept.map { decision.ids[$0] }, rule: isExact ? .exact : .near,
                        jaccard: try kept.flatMap { isExact ? 1 : try finder.jaccard(record, $0) }))
            }
        }
        progress("matching", 1, 1)
    }

    /// What is known of a cluster's members.
    struct Decision: Sendable {
        var kept: Int?
        var ids: [String] = []
        /// XXH3 of the texts, 128 bits.
        var hashes: [ContentKey] = []
    }

    private func decision(_ cluster: [Int], _ policy: ClusterPolicy, _ worker: Worker) throws -> Decision {
        var decision = Decision()
        var members: [ClusterPolicy.Member] = []
        var dates: [[Int]] = []
        for number in cluster {
            let record = try record(number, worker)
            let hash = record.text.withUnsafeBytes { XXHash3.hash128($0) }
            decision.ids.append(record.id)
            decision.hashes.append(ContentKey(high: hash.high, low: hash.low))
            members.append(
                ClusterPolicy.Member(
                    id: record.id, order: number, length: record.text.count, version: record.version,
                    sourceRank: store.files[Int(places[number].file)].input))
            dates.append(record.date)
        }
        // Versions and dates cannot be compared with each other.
        if members.contains(where: { $0.version.isEmpty }) {
            for index in members.indices { members[index].version = dates[index] }
        }
        decision.kept = policy.kept(of: members)
        return decision
    }

    // MARK: Writing

    /// Writes the records that stay, byte for byte as they were, each with a line feed behind it, in their order.
    public func writeKept(to path: String) throws {
        var file = try AtomicFile(path)
        try forEachKeptStretch { try file.write($0) }
        try file.commit()
    }

    /// Calls `body` with the bytes that `writeKept` writes, some at a time.
    public func forEachKeptStretch(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let memory = workers[0].memory
        var next = 0
        while next < places.count {
            if !isKept[next] {
                next += 1
                continue
            }
            // Neighbours with one line feed between them are copied together.
            let first = places[next]
            var end = first.offset + Int(first.count)
            next += 1
            while next < places.count, isKept[next], places[next].file == first.file, places[next].offset == end + 1,
                end - first.offset < 1 << 20
            {
                end = places[next].offset + Int(places[next].count)
                next += 1
            }
            let file = store.files[Int(first.file)]
            let hasFeed = end < file.end
            try body(try memory.read(file, first.offset..<(hasFeed ? end + 1 : end), keeping: 0))
            if !hasFeed { try withUnsafeBytes(of: UInt8(0x0A)) { try body($0) } }
            if next & 63 == 0 { progress("writing", next, places.count) }
        }
        progress("writing", places.count, places.count)
    }

    /// Writes a line of JSON for each record that goes: `cluster`, `id`, `jaccard`, `kept`, `path` and `rule`, in the order of the records.
    public func writeRemoved(to path: String) throws {
        var file = try AtomicFile(path)
        for removal in removals.sorted(by: { $0.record < $1.record }) {
            let line: JSONValue = [
                "cluster": removal.cluster == 0 ? .null : .integer(removal.cluster), "id": .string(removal.id),
                "jaccard": removal.jaccard.map { .double($0) } ?? .null,
                "kept": removal.kept.map { .string($0) } ?? .null,
                "path": .string(self.path(of: removal.record)),
                "rule": .string(removal.rule.rawValue),
            ]
            try file.write(line.encoded() + [0x0A])
        }
        try file.commit()
    }

    /// Writes the records that stay into an index: a new one, or behind those of `index`.
    public func writeIndex(_ path: String, addingTo index: DuplicateIndex? = nil) throws {
        let kept = places.indices.filter { self.isKept[$0] }
        let sink = try IndexSink(
            DuplicateIndexWriter(path, options: options, documents: kept.count, addingTo: index))
        let isKept = self.isKept
        try sink.writer.write(table) { isKept[$0] }
        let width = 32
        try pool.orderedForEach((kept.count + width - 1) / width) { number, worker in
            try kept[number * width..<min(kept.count, (number + 1) * width)].map { record in
                let tools = self.workers[worker]
                let place = self.places[record]
                return try self.withText(try self.store.record(place, tools.memory), place, tools) { element, text in
                    (id: self.id(element, place) ?? self.store.name(place), set: tools.shingler.set(of: text))
                }
            }
        } consume: { number, members in
            for member in members { try sink.writer.add(identifier: member.id, set: member.set) }
            self.progress("indexing", number * width, kept.count)
        }
        try sink.writer.commit()
    }

    /// `@unchecked Sendable`: used by one call at a time.
    final class IndexSink: @unchecked Sendable {
        var writer: DuplicateIndexWriter
        init(_ writer: consuming DuplicateIndexWriter) { self.writer = writer }
    }
}
