import Files

extension ValidationReport {
    /// JUnit XML as Jenkins, GitLab and others read it: a suite with a test case for each finding and for each rule that has none. Errors
    /// are failures, what is waived is skipped, warnings and notes pass and say so in their output. No times: none are measured.
    var junit: String {
        var cases = ""
        var number = 0
        func testCase(_ rule: String, _ name: String, _ content: String) {
            number += 1
            cases +=
                "    <testcase classname=\"shardmill.\(XMLText.attribute(rule))\" name=\"\(XMLText.attribute(name))\""
            cases += content.isEmpty ? "/>\n" : ">\n\(content)    </testcase>\n"
        }
        func body(_ finding: Finding) -> String {
            "\(finding.place): \(finding.message)\nrule: \(finding.rule)\nto do: \(finding.hint)"
        }
        for rule in checked
        where !findings.contains(where: { $0.rule == rule })
            && !waived.contains(where: { $0.finding.rule == rule })
        {
            testCase(rule, CheckRule.named(rule)?.title ?? rule, "")
        }
        for finding in findings {
            let content =
                finding.severity == .error
                ? "      <failure type=\"\(XMLText.attribute(finding.rule))\" message=\"\(XMLText.attribute(finding.message))\">"
                    + "\(XMLText.content(body(finding)))</failure>\n"
                : "      <system-out>\(XMLText.content(finding.severity.rawValue + ": " + body(finding)))</system-out>\n"
            testCase(finding.rule, finding.place.description, content)
        }
        for waived in waived {
            let message =
                "waived by \(waived.waiver.owner) until \(waived.waiver.expires): \(waived.waiver.reason)"
            testCase(
                waived.finding.rule, waived.finding.place.description,
                "      <skipped message=\"\(XMLText.attribute(message))\"/>\n")
        }
        let counts = "tests=\"\(number)\" failures=\"\(count(.error))\" errors=\"0\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="shardmill validate" \(counts)>
              <testsuite name="\(XMLText.attribute(target))" \(counts) skipped="\(waived.count)">
            \(cases)  </testsuite>
            </testsuites>

            """
    }
}

/// Text inside of XML 1.0.
enum XMLText {
    /// Between tags: what XML cannot hold is replaced.
    static func content(_ text: String) -> String { escaped(text, isAttribute: false) }

    /// Between quotation marks: line ends and tabs would become spaces.
    static func attribute(_ text: String) -> String { escaped(text, isAttribute: true) }

    private static func escaped(_ text: String, isAttribute: Bool) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += isAttribute ? "&quot;" : "\""
            case "\n" where isAttribute: out += "&#10;"
            case "\t" where isAttribute: out += "&#9;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
