import Files
import Packing
import Parallel
import Shards
import TestSupport
import Testing

@testable import Building

/// Documents of built corpora, whatever packed them, held against what their layouts say.
@Suite struct CorpusDocumentsTests {
    /// A document of an export.
    struct Line: Equatable {
        var row: Int
        var ids: [UInt32]
        var loss: [Int]?

        init(_ json: JSONValue) {
            row = json["documents"]?.items?.first?.int ?? -1
            ids = (json["input_ids"]?.items ?? []).compactMap { $0.int.flatMap { UInt32(exactly: $0) } }
            loss = json["loss_spans"]?.items?.compactMap(\.int)
        }
    }

    private func lines(_ path: String) throws -> [Line] {
        let text = String(decoding: try ByteStream.open(path).readAll(limit: 1 << 28), as: UTF8.self)
        return try text.split(separator: "\n").map { Line(try JSONValue(parsing: Array($0.utf8), name: path)) }
    }

    private func documents(_ fixture: SealedFixture, _ name: String, _ split: Split) throws -> CorpusDocuments? {
        try CorpusDocuments(
            folder: fixture.folder(name), split: split,
            dataset: ShardDataset(OutputFolder(fixture.folder(name)).split(split)), temporary: fixture.folder.path,
            fixture.pool)
    }

    /// What `export --unit document` writes.
    private func export(_ fixture: SealedFixture, _ name: String, _ split: Split) throws -> [Line] {
        let dataset = try ShardDataset(OutputFolder(fixture.folder(name)).split(split))
        let path = fixture.folder("\(name)-\(split.rawValue).jsonl")
        _ = try dataset.exportJSONLines(to: path, unit: .document, of: documents(fixture, name, split))
        return try lines(path)
    }

    /// The rows of a side in the order in which they begin in its blocks, by the layout, each as often as it is packed.
    private func rows(_ fixture: SealedFixture, _ name: String, _ split: Split) throws -> [Int] {
        let corpus = try SealedCorpus(folder: fixture.folder(name))
        let texts = SealedTexts(corpus: corpus)
        let rows = try texts.records(fixture.pool) { _ in }.rows
        var begin: [(block: Int, offset: Int, row: Int)] = []
        for part in try corpus.ownLayout(rows, texts: texts, fixture.pool).parts(split) {
            for (position, row) in part.order.enumerated() where rows[row].tokens > 0 {
                let place = part.layout.place(ofDocument: position)
                if place.block < part.layout.blockCount {
                    begin.append((part.firstBlock + place.block, place.offset, row))
                }
            }
        }
        return begin.sorted { ($0.block, $0.offset) < ($1.block, $1.offset) }.map(\.row)
    }

    /// Two layers, documents shorter and longer than a block, each twice or once: every copy comes whole and by itself.
    @Test(arguments: [
        ", strategy: concatenate", ", strategy: best-fit", ", strategy: structure", ", separator: both",
    ])
    func everyCopyComesByItself(pack: String) throws {
        for weight in [1, 2, 3] {
            let fixture = try SealedFixture(pack: pack, isWide: weight == 2, source: ", weight: \(weight)")
            let expected = try fixture.tokens("out")
            let long = expected.values.count { $0.count > 128 }
            #expect(long > 3)
            for split in Split.allCases {
                let found = try export(fixture, "out", split)
                let rows = try rows(fixture, "out", split)
                #expect(found.map(\.row) == rows, "\(split) \(weight)")
                for line in found { #expect(line.ids == expected[line.row], "\(split) row \(line.row)") }
                let counts = Dictionary(grouping: rows) { $0 }.values.map(\.count)
                #expect(Set(counts) == [split == .train ? weight : 1])
                // Back in, they are the same documents: no copy is joined to another.
                var stream = try TokenImport.open(fixture.folder("out-\(split.rawValue).jsonl"))
                var back: [[UInt32]] = []
                while let document = try stream.next() { back.append(document.ids) }
                #expect(back == found.map(\.ids))
            }
        }
    }

    /// The same texts, packed in every way: the same documents, and the same of them carries loss.
    @Test func everyStrategyGivesTheSameDocuments() throws {
        var first: [Split: [Int: Line]] = [:]
        for strategy in PackingStrategy.allCases {
            let fixture = try SealedFixture(pack: ", strategy: \(strategy.rawValue), no_loss: heading")
            for split in Split.allCases {
                let lines = try export(fixture, "out", split)
                let byRow = Dictionary(lines.map { ($0.row, $0) }) { one, _ in one }
                #expect(byRow.count == lines.count)
                #expect(lines.allSatisfy { $0.loss?.isEmpty == false })
                #expect(lines.contains { $0.loss?.count ?? 0 > 2 && $0.ids.count > 128 } || split == .validation)
                if let known = first[split] { #expect(byRow == known, "\(strategy) \(split)") }
                first[split] = byRow
            }
            guard strategy == .concatenate else { continue }
            for (name, other, length) in [
                ("b", PackingStrategy.bestFit, 90), ("w", .bestFit, 600), ("s", .structure, 600),
            ] {
                var options = RepackOptions()
                options.strategy = other
                options.length = length
                _ = try CorpusRepacking(
                    folder: fixture.output, output: fixture.folder(name), options: options, tool: "test"
                ).run(fixture.pool)
                for split in Split.allCases {
                    let lines = try export(fixture, name, split)
                    #expect(Dictionary(lines.map { ($0.row, $0) }) { one, _ in one } == first[split], "\(name)")
                    // Some whole in a block, some in pieces.
                    let long = lines.count { $0.ids.count > 600 }
                    #expect(length == 90 || split == .validation || long > 0 && long < lines.count)
                }
            }
        }
    }

    /// One behind the other and each once, the blocks say everything: nothing else is read. What `documents/` says is the same, to the byte.
    @Test(arguments: ["", ", tail: drop", ", separator: none", ", no_loss: heading"])
    func theBlocksAloneSayTheSame(pack: String) throws {
        let fixture = try SealedFixture(pack: pack)
        for split in Split.allCases {
            #expect(try documents(fixture, "out", split) == nil)
            let dataset = try ShardDataset(OutputFolder(fixture.output).split(split))
            let whole = try CorpusDocuments(
                corpus: SealedCorpus(folder: fixture.output), split: split, dataset: dataset,
                temporary: fixture.folder.path, fixture.pool)
            let (one, other) = (fixture.folder("\(split.rawValue)-one"), fixture.folder("\(split.rawValue)-other"))
            let summary = try dataset.exportMegatron(to: one, dropsLossSpans: true)
            #expect(try dataset.exportMegatron(to: other, unit: .document, of: whole, dropsLossSpans: true) == summary)
            for ending in [".bin", ".idx"] {
                let bytes = try FileByteStream(one + ending).readAll(limit: 1 << 28)
                #expect(try bytes == FileByteStream(other + ending).readAll(limit: 1 << 28) && bytes.count > 50)
            }
            _ = try dataset.exportJSONLines(to: one + ".jsonl", unit: .document)
            _ = try dataset.exportJSONLines(to: other + ".jsonl", unit: .document, of: whole)
            #expect(try lines(one + ".jsonl") == lines(other + ".jsonl"))
        }
    }

    /// A corpus that is not what its manifest says leaves no export; of the bare folder of blocks there is one, in pieces.
    @Test func whatDoesNotFitIsSaid() throws {
        let fixture = try SealedFixture(pack: ", strategy: best-fit")
        let dataset = try ShardDataset(OutputFolder(fixture.output).split(.train))
        let whole = try documents(fixture, "out", .train)
        let count = try dataset.exportMegatron(to: fixture.folder("good"), unit: .document, of: whole).records
        #expect(try dataset.exportMegatron(to: fixture.folder("pieces")).records > count)
        let names = try Folder.names(in: fixture.folder.path)
        // The blocks of another corpus.
        let other = try SealedFixture(pack: ", strategy: best-fit, separator: none")
        let foreign = try ShardDataset(OutputFolder(other.output).split(.train))
        let mixed = try CorpusDocuments(folder: fixture.output, split: .train, dataset: foreign, fixture.pool)
        #expect(throws: SealedFailure.self) {
            try foreign.exportMegatron(to: fixture.folder("bad"), unit: .document, of: mixed)
        }
        let part = "documents/part-00000.jsonl.zst"
        try fixture.flip(part, bit: try fixture.bytes(part).count * 4)
        #expect(throws: SealedFailure.self) {
            try dataset.exportJSONLines(to: fixture.folder("bad.jsonl"), unit: .document, of: whole)
        }
        #expect(try Folder.names(in: fixture.folder.path) == names)
        #expect(throws: SealedFailure.self) {
            try CorpusDocuments(folder: fixture.folder("in"), split: .train, dataset: dataset, fixture.pool)
        }
    }
}
