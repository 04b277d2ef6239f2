import Files
import Testing

@testable import Checking

@Suite struct WaiverTests {
    static func finding(_ rule: String = "unreadable", _ path: String = "a/b.docx", severity: Severity = .error)
        -> Finding
    {
        Finding(
            rule: rule, severity: severity,
            place: FindingPlace(FindingPlace.Subject(id: "i", source: "texts", path: path)), expected: "e", found: "f",
            hint: "h", subject: "unreadable texts \(path)")
    }

    static func rules(_ waivers: String...) throws -> ValidationRules {
        try ValidationRules(
            yaml: "waivers:\n" + waivers.map { "  - {\($0), reason: because, owner: anna}\n" }.joined(), file: "r.yaml")
    }

    func report(_ findings: [Finding], _ rules: ValidationRules, today: String = "2026-11-22") -> ValidationReport {
        var report = ValidationReport(tool: "shardmill 1", target: "t", kind: "corpus")
        report.take(findings, rules, today: CalendarDate(today)!, isWhole: true)
        return report
    }

    @Test func aWaivedFindingFailsNothingAndIsStillShown() throws {
        let report = report(
            [Self.finding()], try Self.rules("rule: unreadable, where: \"*.docx\", expires: 2026-11-22"))
        #expect(report.findings.isEmpty && report.isSound)
        #expect(report.waived.map(\.waiver.owner) == ["anna"])
        for format in ValidationFormat.allCases where format != .github {
            #expect(report.text(format).contains("because"), "\(format)")
        }
    }

    @Test func anExpiredWaiverWaivesNothingAndIsAFindingItself() throws {
        let report = report([Self.finding()], try Self.rules("rule: unreadable, expires: 2026-11-21"))
        #expect(report.findings.map(\.rule) == ["unreadable", "waiver-expired"])
        #expect(report.findings.last?.place == FindingPlace("r.yaml", line: 2))
        #expect(report.findings.last?.hint.contains("ask anna") == true)
        #expect(!report.isSound && report.waived.isEmpty)
    }

    @Test func aWaiverThatIsNotNeededIsANote() throws {
        let report = report(
            [], try Self.rules("rule: unreadable, expires: 2027-01-01", "rule: padding, where: x, expires: 2027-01-01"))
        #expect(report.findings.map(\.rule) == ["waiver-unused", "waiver-unused"])
        #expect(report.findings.map(\.place.line) == [2, 3])
        #expect(report.findings.allSatisfy { $0.severity == .note } && report.isSound)
        // Of a part of the corpus nothing is known.
        var part = ValidationReport(tool: "shardmill 1", target: "t", kind: "corpus")
        part.take([], try Self.rules("rule: unreadable, expires: 2027-01-01"), today: .today, isWhole: false)
        #expect(part.findings.isEmpty)
    }

    @Test(arguments: [
        ("texts", true), ("a/b.docx", true), ("a/*", true), ("*", true), ("a/b", false), ("other", false),
        ("*.doc", false), ("unreadable texts *", true), ("", false),
    ]) func whereIsTheWholeNameOfAFileASourceOrASubject(pattern: String, covers: Bool) throws {
        var waiver = try Self.rules("rule: unreadable, expires: 2027-01-01").waivers[0]
        waiver.place = pattern
        #expect(waiver.covers(Self.finding()) == covers)
        waiver.rule = "padding"
        #expect(!waiver.covers(Self.finding()))
    }

    @Test func daysAreThoseOfTheCalendar() {
        for day in ["2026-02-28", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            #expect(CalendarDate(day)?.description == day)
        }
        for day in [
            "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-01", "26-01-01", "2026-01-00",
            "2026/01/01", "2026-01-01 ", "+026-01-01", "", "2026-01-0١",
        ] { #expect(CalendarDate(day) == nil, "\(day)") }
        #expect(CalendarDate("2026-09-30")! < CalendarDate("2026-10-01")!)
        #expect(CalendarDate.today > CalendarDate("2025-01-01")!)
    }

    @Test func theGravestStandFirstAndEqualFingerprintsAreToldApart() {
        var report = report(
            [
                Self.finding("padding", "x", severity: .note), Self.finding(severity: .warning), Self.finding(),
                Self.finding(),
            ], ValidationRules())
        #expect(report.findings.map(\.severity) == [.error, .error, .warning, .note])
        let prints = report.fingerprints
        #expect(Set(prints).count == 4 && prints[1] == prints[0] + "-2" && prints[2] == prints[0] + "-3")
        #expect(prints[0].utf8.count == 32)
        report.findings[0].found = "other figures"
        report.findings[0].place.line = 99
        #expect(report.fingerprints == prints)
    }
}
