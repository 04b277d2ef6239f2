import ArgumentParser
import Deduplication
import Files
import Glibc

/// Measures the search for repeated spans inside one process, as `tools/bench` measures the peers: the work alone, without reading.
@main
struct SpansBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spans-benchmark",
        abstract: "Time the search for repeated spans in the texts of JSON Lines, in CPU seconds of this process.",
        discussion: """
            Prints one JSON object. "repeated" is what keep-first takes out, "struck" what is part of any repetition, both as the
            number of spans and their bytes. With --spans the former are written, a line each: first and last byte of all texts.
            """)

    @Argument(help: "JSON Lines with text.")
    var file: String

    @Option(help: "Bytes, or with --words words, that make a repetition.")
    var length = 100

    @Option(help: "Passes, each with an object of its own.")
    var passes = 1

    @Flag(help: "Units are words and symbols.")
    var words = false

    @Flag(help: "Remember where repeated spans stood before.")
    var places = false

    @Option(help: "Write the spans of the last pass to this file.")
    var spans: String?

    func run() throws {
        ProcessMemory.keepFreed()
        var text: [UInt8] = []
        var counts: [Int] = []
        let parser = JSONParser()
        var lines = LineReader(try ByteStream.open(file))
        while try lines.next({ line in
            try parser.parse(line, name: file, isLineOfReader: true) { element in
                guard let bytes = element["text"]?.utf8 else { return }
                text.append(contentsOf: bytes)
                counts.append(bytes.count)
            }
        }) != nil {}
        let before = ProcessMemory.peakBytes
        var seconds: [Double] = []
        var facts: [String: JSONValue] = [:]
        for pass in 0..<passes {
            var found: [Range<Int>] = []
            let started = SpansBenchmark.cpuSeconds
            let finder = RepeatedSpans(length: length, unitBytes: words ? 4 : 1, recordsPlaces: places)
            var start = 0
            for count in counts {
                try text[start..<start + count].withUnsafeBufferPointer { document in
                    if words {
                        let units = TextUnits(document)
                        for span in try finder.append(units.hashes) {
                            let bytes = units.bytes(of: span)
                            found.append(start + bytes.lowerBound..<start + bytes.upperBound)
                        }
                    } else {
                        for span in try finder.append(document) {
                            found.append(start + span.lowerBound..<start + span.upperBound)
                        }
                    }
                }
                start += count
            }
            seconds.append(SpansBenchmark.cpuSeconds - started)
            if pass < passes - 1 { continue }
            facts["spans"] = .integer(found.count)
            facts["repeated_bytes"] = .integer(found.reduce(0) { $0 + $1.count })
            facts["finder_bytes"] = .integer(finder.memoryBytes)
            facts["anchors"] = .integer(finder.rememberedPositions.anchors)
            facts["windows"] = .integer(finder.rememberedPositions.windows)
            facts["places"] = .integer(finder.places.count)
            if let spans {
                var out: [UInt8] = []
                for span in found { out += "\(span.lowerBound) \(span.upperBound)\n".utf8 }
                try AtomicFile.write(out, to: spans)
            }
        }
        facts["cpu_s"] = .double(seconds.sorted()[seconds.count / 2])
        facts["bytes"] = .integer(text.count)
        facts["documents"] = .integer(counts.count)
        facts["peak_bytes"] = .integer(ProcessMemory.peakBytes)
        facts["peak_bytes_before"] = .integer(before)
        print(JSONValue.object(facts).text())
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
