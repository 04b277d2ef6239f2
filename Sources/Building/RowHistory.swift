import Documents
import Files

/// What the rows of a sealed corpus were: `work/rows/<root digest>.zst`. An update that finds all of them as they were adds a layer behind them.
struct RowHistory: Sendable {
    /// What a row is: its document with text, metadata and spans, what went from its text, its side, how often it is packed.
    struct Key: Hashable, Sendable {
        let high: UInt64
        let low: UInt64

        init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        init(_ candidate: Candidate, _ facts: DocumentFacts) {
            var text = "\(facts.id) \(facts.record.high) \(facts.record.low) "
            text += "\(candidate.split.rawValue) \(candidate.copies)"
            for edit in candidate.edits {
                text += " \(edit.range) \(edit.rule) "
                text += Hexadecimal.text(of: edit.replacement)
            }
            let hash = Array(text.utf8).withUnsafeBytes { XXHash3.hash128($0) }
            self.init(high: hash.high, low: hash.low)
        }
    }

    /// The keys of all rows, in order.
    let rows: [Key]
    /// The layers they came in.
    let layers: [CorpusLayer]
    /// The versions of the phases that made them.
    let versions: String

    static func path(_ output: OutputFolder, _ rootDigest: String) -> String {
        PathText.join(output.rows, "\(rootDigest.prefix(32)).zst")
    }

    init(rows: [Key], layers: [CorpusLayer], versions: String) {
        self.rows = rows
        self.layers = layers
        self.versions = versions
    }

    /// The history of a sealed corpus; nil where it has none: `work/` was discarded, or an older version built it.
    init?(_ output: OutputFolder, _ manifest: Manifest) throws {
        let path = RowHistory.path(output, manifest.rootDigest)
        guard Folder.exists(path) else { return nil }
        let bytes = try ArtefactFile.content(path)
        guard let end = bytes.firstIndex(of: 0x0A) else {
            throw BuildFailure.damagedArtefact(path: path, problem: "no list of rows")
        }
        let head = try JSONValue(parsing: Array(bytes[..<end]), name: path)
        let layers = (head["layers"]?.items ?? []).compactMap(CorpusLayer.init(json:))
        let count = layers.reduce(0) { $0 + $1.documents }
        guard !layers.isEmpty, layers.count == head["layers"]?.items?.count, let versions = head["versions"]?.string,
            bytes.count - end - 1 == 16 * count
        else { throw BuildFailure.damagedArtefact(path: path, problem: "no list of rows") }
        self.layers = layers
        self.versions = versions
        rows = bytes.withUnsafeBytes { raw in
            func number(_ place: Int) -> UInt64 {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: end + 1 + 8 * place, as: UInt64.self))
            }
            return (0..<count).map { Key(high: number(2 * $0), low: number(2 * $0 + 1)) }
        }
    }

    /// The digest of the rows of a layer.
    func digest(ofLayer layer: Int) -> String {
        let start = layers[..<layer].reduce(0) { $0 + $1.documents }
        var digest = SHA256Digest()
        for row in rows[start..<start + layers[layer].documents] {
            withUnsafeBytes(of: row.high.littleEndian) { digest.update($0) }
            withUnsafeBytes(of: row.low.littleEndian) { digest.update($0) }
        }
        return digest.hexadecimal()
    }

    func write(_ output: OutputFolder, rootDigest: String) throws {
        var bytes = JSONValue.object([
            "layers": .array(layers.map(\.json)), "versions": .string(versions),
        ]).encoded()
        bytes.append(0x0A)
        bytes.reserveCapacity(bytes.count + 16 * rows.count)
        for row in rows {
            for number in [row.high, row.low] {
                withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
            }
        }
        try ZstdCompressor(level: 1).write(bytes, to: RowHistory.path(output, rootDigest))
    }
}
