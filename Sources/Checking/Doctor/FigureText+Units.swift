extension FigureText {
    /// `3.1 GB`, powers of 1000, two digits that count.
    static func bytes(_ count: Double) -> String {
        var (value, unit) = (count, 0)
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
        while value >= 1000, unit + 1 < units.count {
            value /= 1000
            unit += 1
        }
        return "\(unit == 0 || value >= 100 ? FigureText.count(value) : tenths(value)) \(units[unit])"
    }

    /// `2.37`.
    static func ratio(_ value: Double) -> String { FigureText.number((value * 100).rounded() / 100) }

    /// `3.5 h`: the largest unit that fits.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(tenths(seconds)) s"
        case ..<5400: "\(tenths(seconds / 60)) min"
        case ..<172_800: "\(tenths(seconds / 3600)) h"
        default: "\(tenths(seconds / 86_400)) days"
        }
    }

    private static func tenths(_ value: Double) -> String {
        value >= 100 ? FigureText.count(value) : FigureText.number((value * 10).rounded() / 10)
    }
}
