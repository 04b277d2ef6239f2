import Building
import Documents
import Files
import Shards
import TestSupport
import Testing
import Tokenization

@testable import Inspection

/// From a block to the bytes of a document's text.
@Suite struct ProvenanceTests {
    let folder = TemporaryFolder()

    private func build(_ pack: String) throws -> (corpus: BuiltCorpus, tokenizer: Tokenizer) {
        folder.write(CorpusFixture.byteTokenizer(), to: "tokenizer.json")
        try Folder.create(folder("in"))
        for number in 0..<12 {
            var text = "Before the first clause é\(number).\n\n"
            for clause in 1..<2 + number {
                text += "<h1>\(clause) Clause of \(number)</h1>\n<p>"
                text += CorpusFixture.prose(number * 50 + clause, sentences: 1 + clause % 4) + "</p>\n"
                text +=
                    "<h2>\(clause).1 Detail</h2>\n<p>\(CorpusFixture.prose(number * 70 + clause, sentences: 2))</p>\n"
            }
            folder.write("<html><body>\(text)</body></html>", to: "in/\(number).html")
        }
        let recipe = try Recipe(
            yaml: """
                sources: [{name: a, path: in}]
                tokenizer: tokenizer.json
                pack: {length: 256\(pack)}
                shards: {blocks: 4}
                split: {validation: 20%}
                clean: {profile: none}
                """, file: folder("recipe.yaml"))
        _ = try BuildRun(recipe: recipe, folder: folder("out"), options: BuildOptions(), tool: "test").run()
        return (try BuiltCorpus(folder("out")), try Tokenizer.load(folder("tokenizer.json")))
    }

    @Test(arguments: ["", ", separator: both", ", strategy: best-fit", ", strategy: structure, separator: both"])
    func segmentsNameBytesAndClauses(pack: String) throws {
        let (corpus, tokenizer) = try build(pack)
        var covered: [Int: [Range<Int>]] = [:]
        let rows = Set(0..<corpus.documentCount)
        let documents = try corpus.documents(ofRows: rows)
        var clauses: Set<String> = []
        for split in Split.allCases {
            for block in 0..<(try corpus.dataset(split).blockCount) {
                let view = try BlockView(corpus, split: split, block: block, tokenizer: tokenizer)
                for segment in view.segments where !segment.ownTokens.isEmpty {
                    let bytes = try #require(segment.bytes)
                    let text = try #require(documents[segment.row]).document.text
                    let own = segment.tokens.dropFirst(segment.leading).dropLast(segment.trailing)
                    #expect(own.elementsEqual(text[bytes].map { UInt32($0) }), "\(pack) block \(block)")
                    #expect(segment.clauses.first?.bytes.lowerBound == bytes.lowerBound)
                    #expect(segment.clauses.last?.bytes.upperBound == bytes.upperBound)
                    for clause in segment.clauses { clauses.insert(clause.label) }
                    covered[segment.row, default: []].append(bytes)
                }
                #expect(view.json["segments"]?.items?.first?["end_byte"]?.int != nil)
                #expect(view.text().contains("bytes "))
            }
        }
        // Every byte of every document stands in exactly one segment.
        for (row, ranges) in covered {
            var end = 0
            for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                #expect(range.lowerBound == end, "\(pack) row \(row)")
                end = range.upperBound
            }
            #expect(end == documents[row]?.document.text.count)
        }
        #expect(covered.count == corpus.documentCount)
        #expect(clauses.contains("5 Clause of 11 › 5.1 Detail"), "\(clauses.sorted().prefix(5))")
    }

    @Test func aStepShowsTheDocumentsOfItsRows() throws {
        let (corpus, tokenizer) = try build("")
        let dataset = try corpus.dataset(.train)
        let places = [
            StepView.Place(pass: 0, row: 0, source: 0, block: 3, positions: 0..<100, epoch: 0),
            StepView.Place(pass: 1, row: 0, source: 1, block: 0, positions: 100..<256, epoch: 2),
            StepView.Place(pass: 1, row: 1, source: 0, block: 1, positions: 0..<256, epoch: 0),
        ]
        // The same shards without the corpus around them.
        try Folder.create(folder("plain"))
        for name in try Folder.names(in: dataset.folder) {
            folder.write(
                try FileByteStream(PathText.join(dataset.folder, name)).readAll(limit: 1 << 24), to: "plain/\(name)")
        }
        let step = try StepView(step: 9, places: places, datasets: [dataset, ShardDataset(folder("plain"))])
        #expect(step.rows.map(\.place) == places)
        let documents = try corpus.documents(ofRows: Set(0..<corpus.documentCount))
        for row in step.rows where row.place.source == 0 {
            let ids = try dataset.block(row.place.block).tokens
            #expect(row.segments.first?.positions.lowerBound == row.place.positions.lowerBound)
            for segment in row.segments {
                guard let bytes = segment.bytes, let number = segment.row else { continue }
                let text = try #require(documents[number]).document.text[bytes]
                #expect(ids[segment.positions].starts(with: text.map { UInt32($0) }))
            }
        }
        #expect(step.rows[1].segments.allSatisfy { $0.document == nil && $0.row != nil })
        #expect(step.rows[1].segments.first?.positions.lowerBound == 100)
        #expect(step.json["rows"]?.items?.count == 3)
        let text = step.text()
        #expect(text.contains("pass 2, row 1") && text.contains("in/") || text.contains(".html"))
        _ = tokenizer
    }
}
