import Files

extension ValidationReport {
    /// SARIF 2.1.0 with one run: the rules that were checked, and a result for each finding; a waived one is suppressed.
    var sarif: JSONValue {
        let used = Set(checked + findings.map(\.rule) + waived.map(\.finding.rule))
        let rules = CheckRule.all.filter { used.contains($0.id) }
        let prints = fingerprints
        let places = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
        var results = findings.enumerated().map { result($1, prints[$0], places) }
        for (number, waived) in waived.enumerated() {
            var members = result(waived.finding, prints[findings.count + number], places).members ?? [:]
            members["suppressions"] = [
                .object([
                    "kind": "external", "status": "accepted",
                    "justification": .string(
                        "\(waived.waiver.owner) until \(waived.waiver.expires): \(waived.waiver.reason)"),
                ])
            ]
            results.append(.object(members))
        }
        let parts = tool.split(separator: " ", maxSplits: 1).map(String.init)
        return .object([
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [
                .object([
                    "tool": .object([
                        "driver": .object([
                            "name": .string(parts.first ?? "shardmill"), "version": .string(parts.last ?? ""),
                            "rules": .array(rules.map(\.sarif)),
                        ])
                    ]), "columnKind": "unicodeCodePoints",
                    "automationDetails": .object(["id": .string("shardmill-validate/\(kind)/")]),
                    "results": .array(results),
                    "properties": .object([
                        "target": .string(MessageText.oneLine(target)),
                        "remarks": .array(remarks.map { .string($0) }),
                    ]),
                ])
            ],
        ])
    }

    private func result(_ finding: Finding, _ fingerprint: String, _ places: [String: Int]) -> JSONValue {
        var members: [String: JSONValue] = [
            "ruleId": .string(finding.rule), "level": .string(finding.severity.rawValue),
            "message": .object(["text": .string("\(finding.message); \(finding.hint)")]),
            "partialFingerprints": .object(["shardmillFinding/v1": .string(fingerprint)]),
            "locations": [location(finding.place)],
        ]
        if let place = places[finding.rule] { members["ruleIndex"] = .integer(place) }
        return .object(members)
    }

    private func location(_ place: FindingPlace) -> JSONValue {
        var physical: [String: JSONValue] = [
            "artifactLocation": .object(["uri": .string(URIText.reference(place.file))])
        ]
        if let line = place.line { physical["region"] = .object(["startLine": .integer(line)]) }
        var members: [String: JSONValue] = ["physicalLocation": .object(physical)]
        var logical: [JSONValue] = []
        if let clause = place.clause {
            logical.append(
                .object([
                    "name": .string(clause), "kind": "clause",
                    "fullyQualifiedName": .string(
                        MessageText.oneLine(place.subject?.path ?? "\(place.file)#\(clause)")),
                ]))
        } else if let subject = place.subject, subject.path != place.file {
            logical.append(
                .object([
                    "name": .string(MessageText.oneLine(subject.path)), "kind": "document",
                    "fullyQualifiedName": .string(MessageText.oneLine("\(subject.source)/\(subject.path)")),
                ]))
        }
        if !logical.isEmpty { members["logicalLocations"] = .array(logical) }
        return .object(members)
    }
}

extension CheckRule {
    /// As a reportingDescriptor.
    fileprivate var sarif: JSONValue {
        .object([
            "id": .string(id), "name": .string(id), "shortDescription": .object(["text": .string(title)]),
            "fullDescription": .object(["text": .string(help)]), "help": .object(["text": .string(help)]),
            "defaultConfiguration": .object(["level": .string(id == "waiver-unused" ? "note" : "error")]),
        ])
    }
}

/// Paths as references of RFC 3986.
enum URIText {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// A relative reference, or a `file:` URI for a path from the root; all that is no plain character is written in percent.
    static func reference(_ path: String) -> String {
        var out: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                out.append(byte)
            default:
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        let text = String(decoding: out, as: UTF8.self)
        return path.hasPrefix("/") ? "file://" + text : text
    }
}
