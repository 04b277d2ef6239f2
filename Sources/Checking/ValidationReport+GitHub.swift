import Files

extension ValidationReport {
    /// A workflow command a finding. GitHub shows ten of each severity of a step: the gravest stand first.
    var annotations: String {
        var out = ""
        for finding in findings {
            let level =
                switch finding.severity {
                case .error: "error"
                case .warning: "warning"
                case .note: "notice"
                }
            var properties = ["file=" + GitHubText.property(finding.place.file)]
            if let line = finding.place.line { properties.append("line=\(line)") }
            properties.append("title=" + GitHubText.property("shardmill \(finding.rule)"))
            let place = finding.place.clause.map { "clause \($0): " } ?? ""
            out +=
                "::\(level) \(properties.joined(separator: ","))::"
                + GitHubText.data("\(place)\(finding.message); \(finding.hint)") + "\n"
        }
        return out + GitHubText.data("shardmill validate: \(MessageText.oneLine(target)): \(summary)") + "\n"
    }
}

/// Text inside of a workflow command.
enum GitHubText {
    /// A message: percent signs and line ends would end or change it.
    static func data(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": out += "%25"
            case "\r": out += "%0D"
            case "\n": out += "%0A"
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        // A line that begins with a command would be one.
        return out.hasPrefix("::") ? "\u{FFFD}" + out : out
    }

    /// The value of a property, where colons and commas mean something too.
    static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
