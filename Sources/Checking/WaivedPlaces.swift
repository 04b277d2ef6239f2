import Files

/// Waivers that are valid and name a place, with what tells where a document stands.
struct WaivedPlaces: Sendable {
    private let waivers: [Waiver]
    private let locator: SourceLocator
    private let rules: Set<String>

    /// Nil where no waiver is for a place: then nothing is to be taken from any sum.
    init?(_ rules: ValidationRules, today: CalendarDate, locator: () -> SourceLocator) {
        waivers = rules.waivers.filter { $0.place != nil && $0.expires >= today }
        if waivers.isEmpty { return nil }
        self.rules = Set(waivers.map(\.rule))
        self.locator = locator()
    }

    /// Whether any waiver is for a rule.
    func concerns(_ rule: String) -> Bool { rules.contains(rule) }

    /// The first waiver that sets a finding aside, as a number; nil: none does.
    func waiver(of finding: Finding) -> Int? {
        if !concerns(finding.rule) { return nil }
        var finding = finding
        if let file = finding.place.subject.flatMap(locator.file) { finding.place.file = file }
        return waivers.firstIndex { $0.covers(finding) }
    }
}
