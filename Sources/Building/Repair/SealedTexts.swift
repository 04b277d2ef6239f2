import Documents
import Files
import Packing
import Parallel
import Tokenization

/// The documents of a sealed corpus, read from `documents/` alone: their records, and their texts tokenized again.
struct SealedTexts: Sendable {
    let corpus: SealedCorpus

    /// What the records say, and what is wrong with their files.
    struct Records: Sendable {
        var rows: [CorpusLayout.Row] = []
        /// One line for each part that is not what the manifest says.
        var problems: [(name: String, problem: String)] = []
    }

    private func path(ofPart part: Int) -> String {
        PathText.join(corpus.output.documents, corpus.manifest.documentParts[part].name)
    }

    /// Reads every record and compares every part with its digest. Cost: all of `documents/` is read once.
    func records(_ pool: WorkerPool, progress: @escaping @Sendable (Int) -> Void) throws -> Records {
        let parts = try pool.map(corpus.manifest.documentParts.count) {
            part, _ -> (rows: [CorpusLayout.Row], problem: String?) in
            defer { progress(1) }
            do {
                let read = try self.records(ofPart: part)
                let entry = corpus.manifest.documentParts[part]
                if read.rows.count == entry.documents, read.digest == entry.sha256 { return (read.rows, nil) }
                return (
                    [],
                    "\(path(ofPart: part)): expected \(entry.documents) documents of digest \(entry.sha256), "
                        + "found \(read.rows.count) of digest \(read.digest)"
                )
            } catch let failure as any Failure {
                return ([], failure.description)
            }
        }
        var records = Records()
        for (part, read) in parts.enumerated() {
            if let problem = read.problem {
                records.problems.append((corpus.manifest.documentParts[part].name, problem))
            }
            records.rows += read.rows
        }
        return records
    }

    private func records(ofPart part: Int) throws -> (rows: [CorpusLayout.Row], digest: String) {
        let path = path(ofPart: part)
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var digest = SHA256Digest()
        var rows: [CorpusLayout.Row] = []
        while let row = try lines.next({ line -> CorpusLayout.Row in
            digest.update(line)
            digest.update([0x0A])
            return try parser.parse(line, name: path, isLineOfReader: true) { element in
                let tokens = element["tokens"]
                guard let id = element["id"]?.string, let split = tokens?["split"]?.string.flatMap(Split.init),
                    let count = tokens?["count"]?.int, (0..<1 << 48).contains(count),
                    let copies = tokens?["copies"]?.int, (0..<1 << 32).contains(copies)
                else {
                    throw FileFailure.malformed(
                        path: path, place: "record \(rows.count)", expected: "id, and tokens with split, count, copies",
                        found: tokens?.value.text() ?? "none")
                }
                return CorpusLayout.Row(id: id, split: split, copies: copies, tokens: count)
            }
        }) { rows.append(row) }
        return (rows, digest.hexadecimal())
    }

    /// Calls `body` with the line of every row that is wanted, from all workers. `body` gets the place of the line for messages.
    func forEach(
        rows wanted: Set<Int>, _ pool: WorkerPool,
        _ body: @Sendable (_ row: Int, JSONElement, _ place: (path: String, line: Int), _ worker: Int) throws -> Void
    ) throws {
        let first = corpus.firstRows
        let parts = corpus.manifest.documentParts.indices.filter { part in
            wanted.count < first[part + 1] - first[part]
                ? wanted.contains { $0 >= first[part] && $0 < first[part + 1] }
                : (first[part]..<first[part + 1]).contains { wanted.contains($0) }
        }
        try pool.forEach(parts.count) { index, worker in
            let part = parts[index]
            let path = path(ofPart: part)
            var lines = LineReader(try ByteStream.open(path))
            let parser = JSONParser()
            var row = first[part]
            while row < first[part + 1] {
                let here = row
                let number = lines.lineNumber + 1
                let found: Void? = try lines.next { line in
                    if !wanted.contains(here) { return }
                    try parser.parse(line, name: path, isLineOfReader: true) {
                        try body(here, $0, (path, number), worker)
                    }
                }
                if found == nil { break }
                row += 1
            }
        }
    }

    /// Tokenizes rows again and hands out their ids, from all workers. Throws `SealedFailure.otherTokens` where there are more or
    /// fewer than the record says.
    ///
    /// - Parameter body: Gets at last what of the row carries loss, nil for all of it.
    func forEachTokenized(
        rows wanted: Set<Int>, counts: [CorpusLayout.Row], _ pool: WorkerPool,
        _ body: @Sendable (_ row: Int, JSONElement, _ path: String, [UInt32], LossRanges?) throws -> Void
    ) throws {
        let tokenizer = try corpus.tokenizer()
        let rule = corpus.lossRule
        let locator = rule.locator(tokenizer)
        let tokenizerPath = corpus.output.tokenizer
        let encoders = PerWorker(pool) { tokenizer.makeEncoder() }
        try forEach(rows: wanted, pool) { row, element, place, worker in
            guard let text = element["text"]?.utf8 else {
                throw FileFailure.malformed(
                    path: place.path, place: "line \(place.line)", expected: "a string member \"text\"", found: "none")
            }
            var ids: [UInt32] = []
            var document: Document?
            var learnt: [Range<Int>]?
            if rule.isEmpty {
                try encoders[worker].encode(text, specials: corpus.specials, into: &ids)
            } else {
                let read = try Document(jsonLine: element, name: place.path)
                learnt = try rule.encode(read, encoders[worker], specials: corpus.specials, into: &ids)
                document = read
            }
            guard ids.count == counts[row].tokens else {
                throw SealedFailure.otherTokens(
                    path: place.path, line: place.line, expected: counts[row].tokens, found: ids.count)
            }
            let loss =
                try learnt.map { LossRanges(carrying: $0, count: ids.count) }
                ?? document.flatMap {
                    rule.isConversation(source: $0.source)
                        ? nil : try rule.ranges(of: $0, ids: ids, locator: locator, tokenizerPath: tokenizerPath)
                }
            try body(row, element, place.path, ids, loss)
        }
    }

    /// The places where rows that are longer than a block are cut under `packing`. Cost: all such documents are tokenized.
    func cuts(
        _ rows: [CorpusLayout.Row], packing: PackingOptions, _ pool: WorkerPool
    ) throws -> [Int: [StructureCut]] {
        let frame = packing.separator.tokensPerDocument
        let long = Set(rows.indices.filter { rows[$0].tokens + frame > packing.length })
        if long.isEmpty { return [:] }
        let tokenizer = try corpus.tokenizer()
        let locator = TokenLocator(tokenizer)
        let found = RowTable<[StructureCut]>()
        try forEachTokenized(rows: long, counts: rows, pool) { row, element, path, ids, _ in
            let document = try Document(jsonLine: element, name: path)
            let offered = StructureSearch.offered(document, ids, locator) ?? []
            found.set(row, try StructureCut.chosen(of: offered, tokens: ids.count, document: row, options: packing))
        }
        return found.values
    }

    /// Tokens `ranges` of rows. Memory: those tokens.
    func tokens(
        _ ranges: [Int: Range<Int>], counts: [CorpusLayout.Row], _ pool: WorkerPool
    ) throws -> [Int: RowTokens] {
        let found = RowTable<RowTokens>()
        try forEachTokenized(rows: Set(ranges.keys), counts: counts, pool) { row, _, _, ids, loss in
            let range = ranges[row] ?? 0..<0
            found.set(row, RowTokens(start: range.lowerBound, ids: Array(ids[range]), loss: loss))
        }
        return found.values
    }

    /// What carries loss in every row of which not all does; nil where the recipe leaves none out. Cost: all documents are tokenized.
    func losses(_ rows: [CorpusLayout.Row], _ pool: WorkerPool) throws -> [Int: LossRanges]? {
        if corpus.lossRule.isEmpty { return nil }
        let found = RowTable<LossRanges>()
        try forEachTokenized(rows: Set(rows.indices), counts: rows, pool) { row, _, _, _, loss in
            if let loss { found.set(row, loss) }
        }
        return found.values
    }
}

/// Some own tokens of a row.
struct RowTokens: Sendable {
    /// The first of them.
    let start: Int
    let ids: [UInt32]
    /// What of all its tokens carries loss; nil: all.
    let loss: LossRanges?

    func copy(_ range: Range<Int>, into target: UnsafeMutableBufferPointer<UInt32>) {
        for (place, index) in (range.lowerBound - start..<range.upperBound - start).enumerated() {
            target[place] = ids[index]
        }
    }
}
