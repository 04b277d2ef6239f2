internal import Files
internal import Glibc

/// `metrics.jsonl` of a run: a JSON object a line, written through to the system line by line, so that a kill loses nothing but
/// the line it interrupts.
final class MetricsFile {
    private let path: String
    private let descriptor: Int32

    /// Opens the file to go on after `step`: lines of later steps, and a line that is not whole, are removed first.
    init(_ path: String, keepingUpTo step: Int) throws {
        self.path = path
        if Folder.exists(path) {
            var kept: [UInt8] = []
            var lines = LineReader(try FileByteStream(path))
            while true {
                let isLast = try lines.next { line -> Bool in
                    guard let value = try? JSONValue(parsing: Array(line), name: path), let number = value["step"]?.int,
                        number <= step
                    else { return true }
                    kept.append(contentsOf: line)
                    kept.append(0x0A)
                    return false
                }
                if isLast != false { break }
            }
            try AtomicFile.write(kept, to: path)
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw FileFailure.lastSystemCall("create", path) }
    }

    deinit { close(descriptor) }

    func append(_ value: JSONValue) throws {
        var line = value.encoded()
        line.append(0x0A)
        var offset = 0
        while offset < line.count {
            let wrote = line.withUnsafeBytes { write(descriptor, $0.baseAddress! + offset, line.count - offset) }
            if wrote < 0 {
                if errno == EINTR { continue }
                throw FileFailure.lastSystemCall("write", path)
            }
            offset += wrote
        }
    }

    /// Makes the lines so far survive a power cut.
    func sync() { fsync(descriptor) }
}
