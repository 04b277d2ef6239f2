public import Files

/// What a validation looked at and what it found.
public struct ValidationReport: Sendable {
    /// The version of the JSON form.
    public static let schemaVersion = 2

    /// How much of something was looked at.
    public struct Coverage: Sendable, Equatable {
        /// `shards`, `blocks`, `documents`, …
        public var name: String
        /// How many were looked at.
        public var looked: Int
        /// How many there are.
        public var all: Int
    }

    /// A finding that somebody answers for.
    public struct Waived: Sendable, Equatable {
        /// The finding.
        public var finding: Finding
        /// Who answers for it, and until when.
        public var waiver: Waiver
    }

    /// The tool's name and version.
    public var tool: String
    /// What was validated, as it was named.
    public var target: String
    /// `corpus`, `shards`, `recipe` or `inputs`; `several` where targets of different kinds were validated together.
    public var kind: String
    /// What was found and is not waived, the gravest first.
    public var findings: [Finding] = []
    /// What was found and is waived.
    public var waived: [Waived] = []
    /// The ids of the rules that were checked, in the order of `CheckRule.all`.
    public var checked: [String] = []
    /// How much was looked at.
    public var coverage: [Coverage] = []
    /// What was not looked at, and why.
    public var remarks: [String] = []

    init(tool: String, target: String, kind: String) {
        self.tool = tool
        self.target = target
        self.kind = kind
    }

    /// Whether nothing of severity `error` was found.
    public var isSound: Bool { !findings.contains { $0.severity == .error } }

    /// How many findings have a severity.
    public func count(_ severity: Severity) -> Int { findings.count { $0.severity == severity } }

    /// Takes findings in: those that a waiver of `rules` is for are set aside, waivers that expired or were not needed become findings, and
    /// the rest is sorted, the gravest first, else in the order given.
    mutating func take(_ found: [Finding], _ rules: ValidationRules, today: CalendarDate, isWhole: Bool) {
        var used = Set<Int>()
        for finding in found {
            let waiver = rules.waivers.indices.first {
                rules.waivers[$0].expires >= today && rules.waivers[$0].covers(finding)
            }
            if let waiver {
                used.insert(waiver)
                waived.append(Waived(finding: finding, waiver: rules.waivers[waiver]))
            } else {
                findings.append(finding)
            }
        }
        for (index, waiver) in rules.waivers.enumerated() {
            let what = "\(waiver.rule)\(waiver.place.map { " of \($0)" } ?? "")"
            if waiver.expires < today {
                findings.append(
                    Finding(
                        rule: "waiver-expired", severity: rules.severity("waiver-expired"),
                        place: rules.place(waiver.line), expected: "a waiver of \(what) that is valid on \(today)",
                        found: "one that expired on \(waiver.expires)",
                        hint: "ask \(waiver.owner): mend what it waived, or renew it; its reason was: \(waiver.reason)",
                        subject: "waiver \(what)"))
            } else if !used.contains(index), isWhole {
                findings.append(
                    Finding(
                        rule: "waiver-unused", severity: rules.severity("waiver-unused", .note),
                        place: rules.place(waiver.line), expected: "a finding that the waiver of \(what) is for",
                        found: "none", hint: "remove it", subject: "waiver \(what)"))
            }
        }
        sortFindings()
    }

    /// The gravest first.
    mutating func sortFindings() {
        // Stable: findings of one severity stay in their order.
        findings = findings.enumerated().sorted {
            ($0.element.severity.rank, $0.offset) < ($1.element.severity.rank, $1.offset)
        }.map(\.element)
    }

    /// A fingerprint for each finding and each waived one behind them. Of equal ones the second and further ones carry their number, so that
    /// two findings are never taken for one.
    var fingerprints: [String] {
        var seen: [String: Int] = [:]
        return (findings + waived.map(\.finding)).map { finding in
            let print = finding.fingerprint
            seen[print, default: 0] += 1
            let number = seen[print] ?? 1
            return number == 1 ? print : "\(print)-\(number)"
        }
    }

    /// `2 errors, 1 warning`; `no findings`.
    public var summary: String {
        let parts = Severity.allCases.compactMap { severity -> String? in
            let count = count(severity)
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        let waivers = waived.isEmpty ? [] : ["\(waived.count) waived"]
        return parts.isEmpty && waivers.isEmpty ? "no findings" : (parts + waivers).joined(separator: ", ")
    }

    /// The file in one of the formats.
    public func text(_ format: ValidationFormat) -> String {
        switch format {
        case .text: plainText
        case .json: json.text(.pretty)
        case .junit: junit
        case .sarif: sarif.text(.pretty)
        case .github: annotations
        }
    }

    /// As a JSON object; `schema` is its version.
    public var json: JSONValue {
        let prints = fingerprints
        func object(_ finding: Finding, _ number: Int) -> [String: JSONValue] {
            [
                "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
                "place": finding.place.json, "message": .string(finding.message),
                "expected": .string(finding.expected), "found": .string(finding.found),
                "hint": .string(finding.hint), "fingerprint": .string(prints[number]),
            ]
        }
        return .object([
            "schema": .integer(ValidationReport.schemaVersion), "tool": .string(tool), "target": .string(target),
            "kind": .string(kind), "sound": .bool(isSound),
            "counts": .object(
                Dictionary(uniqueKeysWithValues: Severity.allCases.map { ($0.rawValue, .integer(count($0))) })),
            "findings": .array(findings.enumerated().map { .object(object($1, $0)) }),
            "waived": .array(
                waived.enumerated().map { number, waived in
                    var members = object(waived.finding, findings.count + number)
                    members["waiver"] = .object([
                        "reason": .string(waived.waiver.reason), "owner": .string(waived.waiver.owner),
                        "expires": .string(waived.waiver.expires.description),
                    ])
                    return .object(members)
                }), "checked": .array(checked.map { .string($0) }),
            "coverage": .object(
                Dictionary(
                    coverage.map {
                        ($0.name, .object(["looked_at": .integer($0.looked), "all": .integer($0.all)]))
                    }, uniquingKeysWith: { _, last in last })), "remarks": .array(remarks.map { .string($0) }),
        ])
    }

    private var plainText: String {
        var out = ""
        for finding in findings { out += finding.description + "\n" }
        for waived in waived {
            out +=
                "\(waived.finding.place): waived: \(waived.finding.rule): \(waived.finding.message); "
                + MessageText.oneLine(
                    "\(waived.waiver.owner) until \(waived.waiver.expires): \(waived.waiver.reason)")
                + "\n"
        }
        let looked = coverage.map {
            $0.looked == $0.all ? CountText.counted($0.all, $0.name) : "\($0.looked) of \($0.all) \($0.name)"
        }
        for remark in remarks { out += "not looked at: \(MessageText.oneLine(remark))\n" }
        return out + MessageText.oneLine("\(target): \(verdict)")
            + (looked.isEmpty ? "" : "; looked at " + looked.joined(separator: ", ")) + "\n"
    }

    /// Whether everything there is was looked at, and there was something.
    private var isWhole: Bool {
        coverage.contains { $0.looked > 0 } && coverage.allSatisfy { $0.looked == $0.all }
    }

    /// `sound` is said of what was looked at whole.
    private var verdict: String {
        if !isSound { return "not sound: \(summary)" }
        return isWhole ? "sound: \(summary)" : "\(summary) in what was looked at"
    }
}
