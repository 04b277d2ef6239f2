/// Numbers for people.
public enum NumberText {
    /// `1,234,567`.
    public static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude).utf8)
        var out: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(UInt8(ascii: ",")) }
            out.append(digit)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// With a fixed number of decimals, `–` for what is no finite number below 1e15.
    public static func decimal(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let whole = count(scaled / Int(scale))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        if decimals == 0 { return sign + whole }
        let fraction = String(scaled % Int(scale))
        return sign + whole + "." + String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
    }

    /// `12.3%` of a share from 0 to 1.
    public static func percent(_ share: Double, decimals: Int = 1) -> String { decimal(share * 100, decimals) + "%" }

    /// `12.3 MB`, decimal units.
    public static func bytes(_ value: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var scaled = Double(value)
        var unit = 0
        while scaled >= 999.5, unit + 1 < units.count {
            scaled /= 1000
            unit += 1
        }
        return unit == 0 ? "\(value) B" : "\(decimal(scaled, scaled < 99.5 ? 1 : 0)) \(units[unit])"
    }
}
