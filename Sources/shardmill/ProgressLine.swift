import Files
import Glibc
import Synchronization

/// One line on a terminal that shows phase, bar, rate and time left. Silent where standard error is no terminal.
final class ProgressLine: Sendable {
    private struct State {
        var label = ""
        var started = 0.0
        var lastShown = 0.0
        var isVisible = false
    }

    private let state = Mutex(State())
    private let isEnabled: Bool

    init(quiet: Bool) { isEnabled = !quiet && Console.isErrorTerminal }

    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Shows where a phase stands, at most ten times a second.
    func update(_ label: String, done: Int, total: Int, rate: (Double) -> String) {
        if !isEnabled { return }
        state.withLock { state in
            let now = ProgressLine.now()
            if label != state.label {
                state.label = label
                state.started = now
                state.lastShown = 0
            }
            if now - state.lastShown < 0.1, done < total { return }
            state.lastShown = now
            state.isVisible = true
            let elapsed = max(now - state.started, 1e-3)
            let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
            let filled = Int(share * 24)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
            let left = done > 0 ? elapsed / Double(done) * Double(total - done) : 0
            let text = FittedLine.text(
                [
                    ProgressLine.padded(label, 10), bar, ProgressLine.padded("\(Int(share * 100))%", -4),
                    rate(Double(done) / elapsed), done > 0 && done < total ? "ETA \(ProgressLine.clock(left))" : "",
                ], separator: " ", dropping: [1, 3, 4], columns: Console.errorColumns)
            Console.write(Array("\r\u{1B}[2K\(text)".utf8), to: 2)
        }
    }

    /// Removes the line.
    func clear() {
        state.withLock { state in
            if state.isVisible { Console.write(Array("\r\u{1B}[2K".utf8), to: 2) }
            state.isVisible = false
        }
    }

    /// `1:02:03` or `02:03`.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let rest = "\(two(whole / 60 % 60)):\(two(whole % 60))"
        return whole >= 3600 ? "\(whole / 3600):\(rest)" : rest
    }

    /// Left-aligned in a positive width, right-aligned in a negative one.
    static func padded(_ text: String, _ width: Int) -> String {
        let space = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? space + text : text + space
    }
}

/// Numbers as people read them.
enum Readable {
    /// `12.3 MB`, powers of 1000.
    static func bytes(_ count: Double) -> String {
        var value = count
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return "\(decimal(value, unit == "B" ? 0 : 1)) \(unit)" }
            value /= 1000
        }
        return "\(decimal(value, 1)) TB"
    }

    /// `1 shard`, `2,000 shards`.
    static func counted(_ value: Int, _ noun: String) -> String {
        "\(NumberText.count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A number in scientific notation with two decimals: `3.00e-04`.
    static func scientific(_ value: Double) -> String { formatted("%.2e", [value]) }

    private static func formatted(_ format: String, _ arguments: [any CVarArg]) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList(arguments) { vsnprintf(&buffer, buffer.count, format, $0) }
        let used = buffer.prefix(max(0, min(Int(count), buffer.count - 1)))
        return String(decoding: used.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A number with a fixed number of decimals.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        formatted("%.*f", [Int32(digits), value])
    }
}
