import Building
import Documents
import Files

/// Reads one part of `documents/`: digest, count, spans, ledgers.
struct DocumentPartCheck {
    let folder: String
    let part: Manifest.DocumentPart

    struct Result: Sendable {
        var findings: [Finding] = []
        var documents = 0
        /// Tokens packed from these documents, repeats counted.
        var tokens: [Split: Int] = [:]
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
                    found: String(describing: error), hint: "build again: the part is made anew from the artefacts"))
        }
        return result
    }

    private func read(_ path: String, _ result: inout Result) throws {
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var digest = SHA256Digest()
        while let document = try lines.next({ line in
            digest.update(line)
            digest.update([0x0A])
            return try parser.parse(line, name: path) { element in
                let tokens = element["tokens"]
                if let split = tokens?["split"]?.string.flatMap(Split.init), let count = tokens?["count"]?.int {
                    let copies = split == .train ? tokens?["copies"]?.int ?? 1 : 1
                    // Wrapping: the file may name any counts, and a sum that is off is a finding, no crash.
                    result.tokens[split, default: 0] &+= count &* copies
                }
                return try Document(jsonLine: element, name: path)
            }
        }) {
            result.documents += 1
            let place = "\(path): document \(document.id)"
            if !document.ledger.isClosed {
                result.findings.append(
                    Finding(
                        rule: "ledger", place: place, expected: "a closed extraction ledger",
                        found: "off by \(document.ledger.imbalance) scalars", hint: "text was lost: report this"))
            } else if document.ledger.written != unicodeScalarCount(document.text) {
                result.findings.append(
                    Finding(
                        rule: "ledger", place: place, expected: "\(document.ledger.written) scalars as the ledger says",
                        found: "\(unicodeScalarCount(document.text))", hint: "the text was changed after the build"))
            }
            var last = 0
            for span in document.spans {
                if span.start < last || span.end < span.start || span.end > document.text.count {
                    result.findings.append(
                        Finding(
                            rule: "spans", place: place, expected: "spans in order inside the text",
                            found: "\(span.kind.rawValue) \(span.start)–\(span.end)", hint: "report this"))
                    break
                }
                last = span.end
            }
        }
        if result.documents != part.documents || digest.hexadecimal() != part.sha256 {
            result.findings.append(
                Finding(
                    rule: "documents", place: path, expected: "\(part.documents) documents of digest \(part.sha256)",
                    found: "\(result.documents) of digest \(digest.hexadecimal())",
                    hint: "the file was changed after the build"))
        }
    }
}

/// Reads `rejected/`: digest, and counts by rule against the manifest.
struct RejectionCheck {
    let folder: String
    let manifest: Manifest

    func run() -> [Finding] {
        let path = PathText.join(folder, manifest.rejectedPart.name)
        func finding(_ expected: String, _ found: String) -> [Finding] {
            [
                Finding(
                    rule: "rejected", place: path, expected: expected, found: found,
                    hint: "the file was changed after the build")
            ]
        }
        do {
            var lines = LineReader(try ByteStream.open(path))
            let parser = JSONParser()
            var digest = SHA256Digest()
            var rules: [String: Int] = [:]
            while let rule = try lines.next({ line in
                digest.update(line)
                digest.update([0x0A])
                return try parser.parse(line, name: path) { $0["rule"]?.string ?? "" }
            }) {
                rules[rule, default: 0] += 1
            }
            if digest.hexadecimal() != manifest.rejectedPart.sha256 || rules != manifest.rejected {
                return finding(
                    "\(manifest.rejectedPart.documents) rejections of digest \(manifest.rejectedPart.sha256)",
                    "\(rules.values.reduce(0, +)) of digest \(digest.hexadecimal())")
            }
            return []
        } catch {
            return finding("readable rejections", String(describing: error))
        }
    }
}
