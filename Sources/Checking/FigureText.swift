/// Figures for messages: short, and the same everywhere.
enum FigureText {
    /// `12.3%`, `0.05%`, `0%`.
    static func percent(_ share: Double) -> String { number(share * 100) + "%" }

    /// At most four digits behind the point, none that say nothing.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e14 else { return "\(value)" }
        let scaled = (value * 10_000).rounded()
        if scaled == 0, value != 0 { return "\(value)" }
        let whole = Int(scaled.magnitude) / 10_000
        var digits = String(Int(scaled.magnitude) % 10_000)
        digits = String(repeating: "0", count: 4 - digits.utf8.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return (scaled < 0 ? "-" : "") + "\(whole)" + (digits.isEmpty ? "" : "." + digits)
    }

    /// A whole number.
    static func count(_ value: Double) -> String {
        value.magnitude < 1e18 ? String(Int(value.rounded())) : "\(value)"
    }
}
