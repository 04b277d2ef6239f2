import Documents
import Files
import Parallel
import Tokenization

/// Counts the pieces of texts, on several workers, and learns from the counts of all.
protocol TextCounter: ~Copyable, Sendable {
    /// Bytes added so far.
    var bytesSeen: Int { get }
    /// A counter for another worker.
    func sibling() -> Self
    /// Counts a text, `times` times.
    mutating func add(_ text: UnsafeRawBufferPointer, times: Int) throws
    /// Adds what another one counted.
    mutating func absorb(_ other: consuming Self) throws
}

extension BPETrainer: TextCounter {}
extension VocabularyExtender: TextCounter {}

extension TextInputs {
    /// What all workers of the pool counted in these texts. Names what could not be read. Throws `FileFailure` where there was no text;
    /// `inputs` says what was given, as `place` of the command.
    func counted<Counter: TextCounter & ~Copyable>(
        by first: consuming Counter, _ pool: WorkerPool, _ line: ProgressLine, inputs: [String], place: String
    ) throws -> Counter {
        let counters = WorkerValues(count: pool.threads, first) { $0.sibling() }
        let unread = try forEachDocument(pool, line, "count") { document, times, worker in
            try document.text.withUnsafeBytes { text in
                try counters.with(worker) { try $0.add(text, times: times) }
            }
        }
        let all = try counters.joined { try $0.absorb($1) }
        if all.bytesSeen == 0 {
            line.clear()
            throw FileFailure.malformed(
                path: inputs.joined(separator: ", "), place: place, expected: "text to learn from",
                found: unread.first ?? "none")
        }
        if !unread.isEmpty { line.clear() }
        for reason in unread { Console.error("not read: \(reason)") }
        return all
    }
}
