import ArgumentParser
import Files
import Glibc

/// Measures shards inside one process, as `tools/bench` measures the peers, beside the bare zstd library on the same bytes.
@main
struct ShardsBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shards-benchmark",
        abstract: "Time writing and reading of shards, in CPU seconds of this process. Prints one JSON object.",
        subcommands: [WriteBenchmark.self, ReadBenchmark.self])

    static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func print(_ facts: [String: JSONValue]) {
        var facts = facts
        facts["rss_mb"] = .double(Double(ProcessMemory.peakBytes) / 1e6)
        Swift.print(JSONValue.object(facts).text())
    }
}
