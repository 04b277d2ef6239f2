import Files
import Parallel

/// Makes documents of one corpus by index. One a thread.
struct DocumentSource: ~Copyable {
    let seed: UInt64
    let share: Double
    private let words: SharedWords
    private var composer: DocumentComposer
    private var flat = DialectWriter(.flatPackage)
    private var bare = DialectWriter(.wordDocument)
    private var pages = DialectWriter(.pdfXML)
    private var markdown = DialectWriter(.markdown)
    private var text = DialectWriter(.text)
    private var collector = DialectWriter(.words)

    /// `share` of the documents are near duplicates of others.
    init(seed: UInt64, share: Double, words: SharedWords) {
        self.seed = seed
        self.share = share
        self.words = words
        composer = DocumentComposer(seed: seed, words: words)
    }

    /// `lgf-71.204-v1.3.0`.
    func name(_ index: Int) -> String {
        var name = ByteBuffer(capacity: 64)
        SpecificationIdentity(seed: seed, index: index).appendName(to: &name)
        return name.string
    }

    /// The bytes of a document in a format; a line of JSON Lines with its line feed. Valid inside `body` only.
    mutating func withDocument<Result>(
        _ index: Int, _ format: OutputFormat, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        let plan = CopyPlan(seed: seed, index: index, share: share)
        switch format {
        case .flatopc:
            composer.compose(plan, into: &flat)
            return try body(flat.out.bytes)
        case .docxXML:
            composer.compose(plan, into: &bare)
            return try body(bare.out.bytes)
        case .pdf2xml:
            composer.compose(plan, into: &pages)
            return try body(pages.out.bytes)
        case .markdown:
            composer.compose(plan, into: &markdown)
            return try body(markdown.out.bytes)
        case .text, .mixed:
            composer.compose(plan, into: &text)
            return try body(text.out.bytes)
        case .jsonl:
            composer.compose(plan, into: &text)
            let line = record(index)
            return try line.withUnsafeBufferPointer(body)
        }
    }

    /// The record of the document that stands in `text`, its keys in byte order.
    private func record(_ index: Int) -> [UInt8] {
        let identity = SpecificationIdentity(seed: seed, index: index)
        var fields = ByteBuffer(capacity: 512)
        fields.append("{\"date\":\"")
        identity.appendDate(to: &fields)
        fields.append("\",\"id\":\"")
        identity.appendName(to: &fields)
        fields.append("\",\"language\":\"en\",\"publisher\":\"LGF\",\"specification\":\"")
        identity.appendNumber(to: &fields)
        fields.append("\",\"text\":")
        var line = [UInt8]()
        line.reserveCapacity(text.out.count + text.out.count / 16 + 512)
        line.append(contentsOf: fields.bytes)
        JSONText.append(UnsafeRawBufferPointer(text.out.bytes), to: &line)
        fields.removeAll()
        fields.append(",\"title\":\"")
        identity.appendTitle(words, to: &fields)
        fields.append("\",\"version\":\"")
        identity.appendVersion(to: &fields)
        fields.append("\"}\n")
        line.append(contentsOf: fields.bytes)
        return line
    }

    /// The line of ground truth for a document that is a copy; nil for an original.
    mutating func truth(_ index: Int) -> [UInt8]? {
        let plan = CopyPlan(seed: seed, index: index, share: share)
        guard let change = plan.change else { return nil }
        composer.compose(plan, into: &collector)
        let copy = collector.words.shingles()
        composer.compose(CopyPlan(originalAt: plan.original), into: &collector)
        let overlap = WordSequence.overlap(copy, collector.words.shingles())
        let line = JSONValue.object([
            "id": .string(name(index)), "of": .string(name(plan.original)), "change": .string(change.name),
            "shared": .integer(overlap.shared), "all": .integer(overlap.all),
            "jaccard": .double(Double(overlap.shared) / Double(overlap.all)),
        ])
        return line.encoded() + [0x0A]
    }
}
