import Building
import Documents
import Files

/// Reads one part of `documents/`: digest, count, spans, ledgers, and what rules and baselines ask for.
struct DocumentPartCheck {
    let folder: String
    let part: Manifest.DocumentPart
    var measures = DocumentMeasureOptions()

    struct Result: Sendable {
        var findings: [Finding] = []
        var documents = 0
        /// Tokens packed from these documents, repeats counted.
        var tokens: [Split: Int] = [:]
        var measure = DocumentMeasure()
        /// How many documents break a rule.
        fileprivate var broken: [String: Int] = [:]
    }

    func run() -> Result {
        var result = Result()
        let path = PathText.join(folder, part.name)
        do {
            try read(path, &result)
        } catch {
            result.findings.append(
                Finding(
                    rule: "documents", place: path, expected: "\(part.documents) readable documents",
                    found: String(describing: error),
                    hint: "`shardmill repair` makes it again from work/, where that is there; else put back a copy",
                    subject: "documents/" + part.name))
        }
        return result
    }

    private func read(_ path: String, _ result: inout Result) throws {
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var digest = SHA256Digest()
        // The document that a larger sample would take first: a part of which nothing was measured has it measured.
        var first: (rank: UInt64, document: Document, tokens: Int, path: String)?
        while let (document, tokens, source) = try lines.next({ line in
            digest.update(line)
            digest.update([0x0A])
            return try parser.parse(line, name: path, isLineOfReader: true) { element in
                let tokens = element["tokens"]
                let count = tokens?["count"]?.int ?? 0
                if let split = tokens?["split"]?.string.flatMap(Split.init) {
                    let copies = split == .train ? tokens?["copies"]?.int ?? 1 : 1
                    // Wrapping: the file may name any counts, and a sum that is off is a finding, no crash.
                    result.tokens[split, default: 0] &+= count &* copies
                }
                return (try Document(jsonLine: element, name: path), count, element["path"]?.string ?? "")
            }
        }) {
            result.documents += 1
            // What lies about itself is not measured: its spans may be anywhere.
            if check(document, FindingPlace(path, line: lines.lineNumber), &result) {
                result.measure.find(document, path: source, measures)
                result.measure.add(document, tokens: max(0, tokens), path: source, measures)
                if measures.share < 1, result.measure.documents == 0 {
                    let rank = CorpusSample.rank(document.id)
                    if rank < first?.rank ?? .max { first = (rank, document, max(0, tokens), source) }
                }
            }
        }
        if result.measure.documents == 0, let first {
            result.measure.add(
                first.document, tokens: first.tokens, path: first.path, measures, always: true)
        }
        for (rule, count) in result.broken.sorted(by: { precedesInByteOrder($0.key, $1.key) }) where count > most {
            result.findings.append(
                Finding(
                    rule: rule, place: path, expected: "documents that keep the rule", found: "\(count) that do not",
                    hint: "the first \(most) are named", subject: "documents/\(part.name) \(rule)"))
        }
        if result.documents != part.documents || digest.hexadecimal() != part.sha256 {
            result.findings.append(
                Finding(
                    rule: "documents", place: path, expected: "\(part.documents) documents of digest \(part.sha256)",
                    found: "\(result.documents) of digest \(digest.hexadecimal())",
                    hint:
                        "the file was changed after the build: `shardmill repair` makes it again from work/, where that is there; else put back a copy",
                    subject: "documents/" + part.name))
        }
    }

    /// Documents that are named for each rule: a damaged part may hold as many as there are.
    private var most: Int { max(1, measures.examples) }

    /// Whether a document keeps its ledger and its spans.
    private func check(_ document: Document, _ place: FindingPlace, _ result: inout Result) -> Bool {
        let name = "document \(document.id)"
        var isSound = true
        func add(_ rule: String, _ expected: String, _ found: String, _ hint: String) {
            isSound = false
            result.broken[rule, default: 0] += 1
            if result.broken[rule, default: 0] > most { return }
            result.findings.append(
                Finding(rule: rule, place: place, expected: expected, found: found, hint: hint, subject: name))
        }
        if !document.ledger.isClosed {
            add(
                "ledger", "a closed extraction ledger of \(name)", "off by \(document.ledger.imbalance) scalars",
                "text was lost: report this")
        } else if document.ledger.written != unicodeScalarCount(document.text) {
            add(
                "ledger", "\(document.ledger.written) scalars in \(name) as its ledger says",
                "\(unicodeScalarCount(document.text))", "the text was changed after the build")
        }
        var last = 0
        for span in document.spans {
            if span.start < last || span.end < span.start || span.end > document.text.count {
                add(
                    "spans", "spans of \(name) in order inside the text",
                    "\(span.kind.rawValue) \(span.start)–\(span.end)", "report this")
                break
            }
            last = span.end
        }
        return isSound
    }
}
