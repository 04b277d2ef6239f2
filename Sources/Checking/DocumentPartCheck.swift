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
                    found: String(describing: error), hint: "build again: the part is made anew from the artefacts",
                    subject: "documents/" + part.name))
        }
        return result
    }

    private func read(_ path: String, _ result: inout Result) throws {
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        let words = WordScanner()
        var digest = SHA256Digest()
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
            let findings = result.findings.count
            check(document, FindingPlace(path, line: lines.lineNumber), &result)
            // What lies about itself is not measured: its spans may be anywhere.
            if result.findings.count == findings {
                result.measure.add(document, tokens: max(0, tokens), path: source, measures, words)
            }
        }
        if result.documents != part.documents || digest.hexadecimal() != part.sha256 {
            result.findings.append(
                Finding(
                    rule: "documents", place: path, expected: "\(part.documents) documents of digest \(part.sha256)",
                    found: "\(result.documents) of digest \(digest.hexadecimal())",
                    hint: "the file was changed after the build", subject: "documents/" + part.name))
        }
    }

    private func check(_ document: Document, _ place: FindingPlace, _ result: inout Result) {
        let name = "document \(document.id)"
        if !document.ledger.isClosed {
            result.findings.append(
                Finding(
                    rule: "ledger", place: place, expected: "a closed extraction ledger of \(name)",
                    found: "off by \(document.ledger.imbalance) scalars", hint: "text was lost: report this",
                    subject: name))
        } else if document.ledger.written != unicodeScalarCount(document.text) {
            result.findings.append(
                Finding(
                    rule: "ledger", place: place,
                    expected: "\(document.ledger.written) scalars in \(name) as its ledger says",
                    found: "\(unicodeScalarCount(document.text))", hint: "the text was changed after the build",
                    subject: name))
        }
        var last = 0
        for span in document.spans {
            if span.start < last || span.end < span.start || span.end > document.text.count {
                result.findings.append(
                    Finding(
                        rule: "spans", place: place, expected: "spans of \(name) in order inside the text",
                        found: "\(span.kind.rawValue) \(span.start)–\(span.end)", hint: "report this", subject: name))
                break
            }
            last = span.end
        }
    }
}
