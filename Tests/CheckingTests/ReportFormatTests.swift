import Files
import TestSupport
import Testing

@testable import Checking

/// Names and texts of any kind cannot break out of a format.
@Suite struct ReportFormatTests {
    static let hostile = [
        "a\nb", "a\r\n::error file=x::y", "::set-output name=x::y", "%0A::warning::z", "<b>&\"'</b>", "]]>",
        "\u{1B}[31m", "\u{0}",
        "\u{FFFE}", "a:b,c=d%", "ünïcödé \u{1F600}", "\u{2028}", "\u{85}", "../../etc", "/abs/path with space",
        "{\"a\": \"}\"}", "\u{202E}gnp", "",
    ]

    static func report() -> ValidationReport {
        var report = ValidationReport(tool: "shardmill 1.2.3", target: "t\n::error::x<", kind: "corpus")
        var findings: [Finding] = []
        for (number, text) in hostile.enumerated() {
            var place = FindingPlace(
                text, line: number % 2 == 0 ? number + 1 : nil, clause: number % 2 == 0 ? nil : text)
            place.subject = FindingPlace.Subject(id: "", source: text, path: text + "!" + text)
            findings.append(
                Finding(
                    rule: CheckRule.all[number % CheckRule.all.count].id,
                    severity: Severity.allCases[number % 3], place: place, expected: text, found: text, hint: text,
                    subject: text))
        }
        report.checked = CheckRule.all.map(\.id)
        report.remarks = hostile
        report.coverage = [.init(name: "shards", looked: 1, all: 2)]
        let waiver = Waiver(
            rule: "ledger", reason: hostile.joined(), owner: "<&>\n", expires: CalendarDate("2026-11-22")!)
        var rules = ValidationRules()
        rules.waivers = [waiver]
        report.take(findings, rules, today: CalendarDate("2026-11-22")!, isWhole: true)
        return report
    }

    @Test func annotationsAreOneLineEachAndNameFileAndLine() {
        let report = Self.report()
        let lines = report.text(.github).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == report.findings.count + 2 && lines.last == "")
        for (finding, line) in zip(report.findings, lines) {
            let level = ["error": "error", "warning": "warning", "note": "notice"][finding.severity.rawValue]!
            #expect(line.hasPrefix("::\(level) file="), "\(line)")
            // A command ends at the first `::` behind its properties; a property at a comma.
            let body = line.dropFirst(2)
            let properties = body[..<body.firstRange(of: "::")!.lowerBound].split(separator: ",")
            #expect(properties.count == (finding.place.line == nil ? 2 : 3), "\(line)")
            if let number = finding.place.line { #expect(properties[1] == "line=\(number)") }
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
        }
        #expect(lines[lines.count - 2].hasPrefix("shardmill validate: "))
        #expect(GitHubText.property("a:b,c%\n") == "a%3Ab%2Cc%25%0A")
        #expect(GitHubText.data("100%\r\n") == "100%25%0D%0A")
    }

    @Test func plainTextIsALineAFinding() {
        let report = Self.report()
        let lines = report.text(.text).split(separator: "\n")
        #expect(lines.count == report.findings.count + report.waived.count + report.remarks.count + 1)
        #expect(lines.allSatisfy { !$0.unicodeScalars.contains { $0.value < 0x20 } })
        #expect(lines.last?.contains("1 of 2 shards") == true)
        #expect(!report.text(.text).unicodeScalars.contains("\u{202E}"))
    }

    @Test func jsonHoldsWhatWasFoundAsItWas() throws {
        let report = Self.report()
        let json = try JSONValue(parsing: Array(report.text(.json).utf8), name: "json")
        #expect(json == report.json)
        #expect(json["findings"]?.items?.count == report.findings.count)
        #expect(json["counts"]?["error"]?.int == report.count(.error) && json["sound"]?.bool == false)
        #expect(
            json["findings"]?.items?.compactMap { $0["place"]?["file"]?.string } == report.findings.map(\.place.file))
    }

    @Test func xmlHoldsNoCharacterThatXMLDoesNot() {
        let text = Self.report().text(.junit)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{FFFE}" })
        #expect(XMLText.attribute("<a b=\"&\">\n\t'") == "&lt;a b=&quot;&amp;&quot;&gt;&#10;&#9;'")
        #expect(XMLText.content("]]>\n\u{1B}") == "]]&gt;\n\u{FFFD}")
    }

    @Test func pathsBecomeReferences() {
        #expect(URIText.reference("a b/ü%#?.md") == "a%20b/%C3%BC%25%23%3F.md")
        #expect(URIText.reference("/tmp/x:y") == "file:///tmp/x%3Ay")
        #expect(URIText.reference("a:b") == "a%3Ab")
    }

    @Test func figuresAreShortAndTrue() {
        for (value, text) in [
            (0.0, "0"), (1, "1"), (0.5, "0.5"), (1.23456, "1.2346"), (-2.5, "-2.5"), (0.00001, "1e-05"),
            (9.5e14, "950000000000000.0"),
            (99.99999, "100"),
            (1e20, "1e+20"), (.infinity, "inf"),
        ] { #expect(FigureText.number(value) == text) }
        #expect(FigureText.percent(0.0123) == "1.23%" && FigureText.count(12.0) == "12")
    }

    @Test func probesAreLinesCutAtCharacters() {
        let text = Array("  \n\t first line \r\nsecond\n".utf8)
        #expect(TextProbe.line(of: text, at: 0) == Array("first line".utf8))
        #expect(TextProbe.line(of: text, at: 20) == Array("second".utf8))
        #expect(TextProbe.line(of: text, at: 10_000) == [])
        #expect(TextProbe.line(of: [], at: 0) == [])
        for length in 150...170 {
            let long = Array((String(repeating: "a", count: length) + String(repeating: "é", count: 20)).utf8)
            let probe = TextProbe.line(of: long, at: 0)
            #expect(probe.count <= 160 && long.starts(with: probe))
            #expect(String(validating: probe, as: UTF8.self) != nil)
        }
    }
}
