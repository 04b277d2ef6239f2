import Deduplication
import Documents
import Files
import Parallel

/// Finds the passages of the staying documents that stood in the corpus before, in the order of the corpus.
///
/// What goes from a text already is no occurrence and goes no second time: neither blocks that touch it nor stretches that reach over it.
/// Reads every text once, twice where boilerplate is counted first. Memory: 24 bytes a paragraph and clause, and for spans the words of the
/// corpus at 4 bytes and about as much again.
struct PassageSearch {
    let options: PassageOptions
    let output: OutputFolder
    let extractKeys: [String]

    /// What goes from each candidate that loses something, by its place. Documents that `excluded` says are not looked at.
    func edits(
        _ candidates: [Candidate], except excluded: (DocumentFacts) -> Bool, _ pool: WorkerPool
    ) throws -> [Int: [TextEdit]] {
        let looked = candidates.indices.filter { candidates[$0].staying.map { !excluded($0) } == true }
        let runs = Dictionary(grouping: looked) { candidates[$0].partition }.sorted { $0.key < $1.key }.map(\.value)
        let memory = PassageMemory(options)
        if options.boilerplate != nil { try forEachText(runs, candidates, pool) { memory.count($0) } }
        try forEachText(runs, candidates, pool) { try memory.look(at: $0) }
        return memory.edits
    }

    /// A text, cut.
    struct Text: Sendable {
        let place: Int
        let text: [UInt8]
        let paragraphs: [Range<Int>]
        let clauses: [Range<Int>]
        /// The words of each stretch between what goes already, and where the stretch begins.
        let units: [(start: Int, units: TextUnits)]
    }

    /// Calls `body` with the texts of all candidates in order; reading and cutting is done by all workers.
    private func forEachText(
        _ runs: [[Int]], _ candidates: [Candidate], _ pool: WorkerPool, _ body: @Sendable (Text) throws -> Void
    ) throws {
        let needsParagraphs = options.paragraphs != nil || options.boilerplate != nil
        try pool.orderedForEach(runs.count) { index, _ in
            let places = runs[index]
            let partition = candidates[places[0]].partition
            let cursor = try DocumentCursor(
                ExtractArtefact.documentsPath(output.extracted, extractKeys[partition]))
            return try places.map { place in
                let document = try cursor.document(at: candidates[place].index)
                let gone = TextEdit.ordered(candidates[place].edits).map(\.range)
                func untouched(_ blocks: [Range<Int>]) -> [Range<Int>] {
                    gone.isEmpty ? blocks : blocks.filter { block in !gone.contains { $0.overlaps(block) } }
                }
                return document.text.withUnsafeBufferPointer { text in
                    Text(
                        place: place, text: document.text,
                        paragraphs: needsParagraphs ? untouched(TextBlocks.paragraphs(text)) : [],
                        clauses: options.clauses != nil ? untouched(document.clauseRanges()) : [],
                        units: options.spans != nil ? PassageSearch.units(text, between: gone) : [])
                }
            }
        } consume: { _, texts in
            for text in texts { try body(text) }
        }
    }
}

extension PassageSearch {
    /// The words of the stretches of a text between `gone`, which is in order.
    fileprivate static func units(
        _ text: UnsafeBufferPointer<UInt8>, between gone: [Range<Int>]
    ) -> [(start: Int, units: TextUnits)] {
        let starts = [0] + gone.map(\.upperBound)
        let ends = gone.map(\.lowerBound) + [text.count]
        return zip(starts, ends).filter { $0 < $1 }.map { start, end in
            (start, TextUnits(UnsafeBufferPointer(rebasing: text[start..<end])))
        }
    }
}

/// What stood in the corpus so far.
///
/// `@unchecked Sendable`: one text at a time is looked at, in order.
private final class PassageMemory: @unchecked Sendable {
    private let options: PassageOptions
    private var counts: RepeatedBlocks
    private var paragraphs: RepeatedBlocks
    private var clauses: RepeatedBlocks
    private let spans: RepeatedSpans?
    private(set) var edits: [Int: [TextEdit]] = [:]

    init(_ options: PassageOptions) {
        self.options = options
        counts = RepeatedBlocks(minimumBytes: PassageOptions.leastBytes)
        paragraphs = RepeatedBlocks(minimumBytes: options.paragraphs ?? 1)
        clauses = RepeatedBlocks(minimumBytes: options.clauses ?? 1)
        spans = options.spans.map { RepeatedSpans(length: $0, unitBytes: 4) }
    }

    /// Counts in how many documents each paragraph stands.
    func count(_ read: PassageSearch.Text) {
        read.text.withUnsafeBufferPointer { _ = counts.append($0, blocks: read.paragraphs) }
    }

    /// Notes what of a text stood before.
    func look(at read: PassageSearch.Text) throws {
        var own: [TextEdit] = []
        try read.text.withUnsafeBufferPointer { text in
            if let least = options.boilerplate {
                let blocks = counts.blocks(inAtLeast: least, of: text, blocks: read.paragraphs)
                own += blocks.map { TextEdit($0, rule: "repeated-boilerplate") }
            }
            if options.clauses != nil {
                own += clauses.append(text, blocks: read.clauses).map { TextEdit($0, rule: "repeated-clause") }
            }
            if options.paragraphs != nil {
                own += paragraphs.append(text, blocks: read.paragraphs).map {
                    TextEdit($0, rule: "repeated-paragraph")
                }
            }
            if let spans {
                for (start, units) in read.units {
                    for repeated in try spans.append(units.hashes) {
                        let bytes = units.bytes(of: repeated)
                        // A sentence that only partly stood before stays whole.
                        let range = TextBoundary.sentence.narrowed(
                            start + bytes.lowerBound..<start + bytes.upperBound, in: text)
                        if let range { own.append(TextEdit(range, rule: "repeated-span")) }
                    }
                }
            }
        }
        if !own.isEmpty { edits[read.place] = own }
    }
}
