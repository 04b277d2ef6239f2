extension ValidationReport {
    /// One report of several targets. What was looked at, and what was not, names its target.
    public init(merging reports: [ValidationReport]) {
        guard reports.count > 1, let first = reports.first else {
            self = reports.first ?? ValidationReport(tool: "", target: "", kind: "inputs")
            return
        }
        self.init(
            tool: first.tool, target: reports.map(\.target).joined(separator: " "),
            kind: Set(reports.map(\.kind)).count == 1 ? first.kind : "several")
        for report in reports {
            findings += report.findings
            waived += report.waived
            coverage += report.coverage.map {
                Coverage(name: "\($0.name) of \(report.target)", looked: $0.looked, all: $0.all)
            }
            remarks += report.remarks.map { "\(report.target): \($0)" }
        }
        let ids = Set(reports.flatMap(\.checked))
        checked = CheckRule.all.map(\.id).filter(ids.contains)
        sortFindings()
    }
}
