import Building
import Documents
import Files

/// Reads the file of `rejected/`: digest, counts, and the first rejections of each rule and source, to name them.
struct RejectionCheck {
    let folder: String
    let manifest: Manifest
    /// Rejections kept of each rule and source.
    var examples = 0
    /// Waivers for single rejections; nil: there are none.
    var waived: WaivedPlaces?

    struct Result: Sendable {
        var findings: [Finding] = []
        /// Counts by source and rule.
        var counts: [String: [String: Int]] = [:]
        /// Of these counts what a waiver is for.
        var waivedCounts: [String: [String: Int]] = [:]
        /// The first that a waiver is for, of each source, rule and waiver.
        var firstWaived: [String: [String: [Rejection]]] = [:]
        /// The first other rejections by source and rule, in the order of the file.
        var first: [String: [String: [Rejection]]] = [:]
    }

    func run() -> Result {
        var result = Result()
        let path = PathText.join(folder, manifest.rejectedPart.name)
        func finding(_ expected: String, _ found: String) -> Finding {
            Finding(
                rule: "rejected", place: path, expected: expected, found: found,
                hint:
                    "the file was changed or lost after the build: `shardmill repair` makes it again from work/, where that is there; else put back a copy",
                subject: "rejected/" + manifest.rejectedPart.name)
        }
        do {
            var lines = LineReader(try ByteStream.open(path))
            let parser = JSONParser()
            var digest = SHA256Digest()
            var rules: [String: Int] = [:]
            var shown: [String: [String: [Int: Int]]] = [:]
            while let rejection = try lines.next({ line in
                digest.update(line)
                digest.update([0x0A])
                return try parser.parse(line, name: path, isLineOfReader: true) { $0.value }
            }) {
                let rule = rejection["rule"]?.string ?? ""
                let source = rejection["source"]?.string ?? ""
                rules[rule, default: 0] += 1
                result.counts[source, default: [:]][rule, default: 0] += 1
                let check = RuleCheck.checkRule(of: rule)
                if let waived, waived.concerns(check), let rejection = Rejection(json: rejection),
                    let waiver = waived.waiver(
                        of: RuleCheck.finding(check, rejection, severity: .error, hint: ""))
                {
                    result.waivedCounts[source, default: [:]][rule, default: 0] += 1
                    let number = shown[source]?[rule]?[waiver] ?? 0
                    if number < max(1, examples) {
                        shown[source, default: [:]][rule, default: [:]][waiver] = number + 1
                        result.firstWaived[source, default: [:]][rule, default: []].append(rejection)
                    }
                    continue
                }
                if result.first[source]?[rule]?.count ?? 0 < examples, let rejection = Rejection(json: rejection) {
                    result.first[source, default: [:]][rule, default: []].append(rejection)
                }
            }
            if digest.hexadecimal() != manifest.rejectedPart.sha256 || rules != manifest.rejected {
                result.findings.append(
                    finding(
                        "\(manifest.rejectedPart.documents) rejections of digest \(manifest.rejectedPart.sha256)",
                        "\(rules.values.reduce(0, +)) of digest \(digest.hexadecimal())"))
            }
        } catch {
            result.findings.append(finding("readable rejections", String(describing: error)))
        }
        return result
    }
}
