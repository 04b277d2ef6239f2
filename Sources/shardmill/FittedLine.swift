/// A line of fields that never wraps.
enum FittedLine {
    /// The fields in order, without those of `dropping`, one after the other, that a line of `columns` has no room for; what is
    /// still too long is cut. The last column stays free: a terminal wraps when it is written.
    static func text(_ fields: [String], separator: String, dropping: [Int], columns: Int) -> String {
        var kept = fields.map { Optional($0) }
        var line = fields.joined(separator: separator)
        for index in dropping where line.count >= columns {
            kept[index] = nil
            line = kept.compactMap { $0 }.joined(separator: separator)
        }
        return line.count < columns ? line : String(line.prefix(max(0, columns - 1)))
    }
}
