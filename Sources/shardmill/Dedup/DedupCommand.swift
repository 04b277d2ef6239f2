import ArgumentParser
import Building
import Deduplication
import Files
import Glibc
import Parallel
import Readers

/// `shardmill dedup`
struct DedupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dedup", abstract: "Find and remove exact and near duplicates.",
        discussion: """
            Documents are compared by their shingles (runs of five words): MinHash finds candidates, and every candidate is verified by
            the exact Jaccard similarity of the two sets of shingles.

            EXAMPLE
              shardmill dedup plan
              shardmill dedup run corpora/standards/notes/notes.jsonl --output kept.jsonl --removed removed.jsonl
            """,
        subcommands: [DedupRunCommand.self, DedupPlanCommand.self, DedupReportCommand.self, DedupAgainstCommand.self])

    /// Summarises a search for a person and for a machine.
    static func summary(_ search: DuplicateSearch) -> (text: String, json: JSONValue) {
        let removed = search.count - search.keptCount
        let exact = search.removals.count { $0.rule == .exact }
        let known = search.removals.count { $0.cluster == 0 }
        let clusters = Set(search.removals.map(\.cluster)).subtracting([0]).count
        let share = search.count > 0 ? Double(removed) / Double(search.count) * 100 : 0
        var text =
            "\(Readable.counted(search.count, "document")) of \(Readable.bytes(Double(search.textBytes))): "
            + "\(NumberText.count(search.keptCount)) stay, \(NumberText.count(removed)) go (\(Readable.decimal(share, 1)) %) "
            + "from \(Readable.counted(clusters, "cluster")), \(NumberText.count(exact)) of them exact"
        if known > 0 { text += ", \(NumberText.count(known)) known to the index" }
        if search.found.skipped > 0 {
            text +=
                "; \(NumberText.count(search.found.skipped)) pairs in crowded buckets were not compared: more --rows make them smaller"
        }
        return (
            text,
            [
                "documents": .integer(search.count), "kept": .integer(search.keptCount), "removed": .integer(removed),
                "exact": .integer(exact), "known": .integer(known), "clusters": .integer(clusters),
                "text_bytes": .integer(search.textBytes), "candidates": .integer(search.found.candidates),
                "comparisons": .integer(search.found.comparisons), "rejected": .integer(search.found.rejected),
                "skipped": .integer(search.found.skipped), "unreadable": .integer(search.unreadable.count),
                "peak_memory": .integer(ProcessMemory.peakBytes),
            ]
        )
    }

    /// Prints the summary of a search: on standard error where a file of records goes to standard output.
    static func printSummary(_ search: DuplicateSearch, _ common: CommonOptions, outputs: [String?]) {
        let summary = summary(search)
        if common.json {
            Console.print(json: summary.json)
        } else if outputs.contains("/dev/stdout") {
            if !common.quiet { Console.error(summary.text) }
        } else {
            common.say(summary.text)
        }
    }

    /// Names what could not be read on standard error, at most twenty. Throws where nothing else was there.
    static func reportUnreadable(_ search: DuplicateSearch) throws {
        for line in search.unreadable.prefix(20) { Console.error("warning: \(line)") }
        if search.unreadable.count > 20 {
            Console.error("warning: and \(NumberText.count(search.unreadable.count - 20)) more that could not be read")
        }
        if search.count == 0, !search.unreadable.isEmpty { throw ExitCode(FailureKind.unreadableInput.exitStatus) }
    }

    /// Throws where an output is one of the files that are read, or both outputs are one.
    static func check(outputs: [(option: String, path: String?)], inputs: [String]) throws {
        var files: [String] = []
        for input in inputs {
            if Folder.isPipe(input) {
                throw ValidationError("\(input): a pipe, which is gone when it was read once: write it to a file first")
            }
        }
        for input in inputs { files += try PathPattern(input, relativeTo: "").expand().map(\.path) }
        for (index, output) in outputs.enumerated() {
            guard let path = output.path else { continue }
            if let input = files.first(where: { isSameFile($0, path) }) {
                throw ValidationError("\(output.option) \(path) is the input \(input): name another file")
            }
            if let other = outputs[..<index].first(where: { $0.path == path && path != "/dev/null" }) {
                throw ValidationError("\(output.option) \(path) is \(other.option), too: name another file")
            }
        }
    }

    private static func isSameFile(_ one: String, _ other: String) -> Bool {
        var first = stat()
        var second = stat()
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_mode & S_IFMT == S_IFREG
            && first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}
