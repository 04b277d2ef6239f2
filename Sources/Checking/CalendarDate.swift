import Glibc

/// A day, as `2026-11-30`.
public struct CalendarDate: Sendable, Comparable, CustomStringConvertible {
    /// The day as it is written.
    public let description: String

    /// A day that is there in the calendar, written with four, two and two digits; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month), day >= 1
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if day > days[month - 1] { return nil }
        description = text
    }

    /// The day it is, in UTC: the same everywhere in the world.
    public static var today: CalendarDate {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        func digits(_ value: Int32, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let text = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
        // Only a clock beyond the year 9999 writes what is no day.
        return CalendarDate(text) ?? CalendarDate("9999-12-31")!
    }

    /// The earlier day first.
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
