import Files
import Glibc

/// Standard output and standard error. Progress and errors go to the latter.
enum Console {
    /// Whether standard error is a terminal: only then is progress shown.
    static let isErrorTerminal = isatty(2) == 1
    /// Whether standard output is a terminal: only then are colours used.
    static let isOutputTerminal = isatty(1) == 1

    /// Columns of the terminal at standard error; 80 where it does not say.
    static var errorColumns: Int {
        var size = winsize()
        return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Writes a line to standard output.
    static func print(_ line: String) { write(Array((line + "\n").utf8)) }

    /// Writes a line that nobody need read to standard output.
    static func remark(_ line: String) { write(Array((line + "\n").utf8), endsOnClosedPipe: false) }

    /// Writes one JSON object and a line feed to standard output.
    static func print(json: JSONValue) { write(json.encoded() + [0x0A]) }

    /// Writes a line to standard error.
    static func error(_ line: String) { write(Array((line + "\n").utf8), to: 2) }

    /// Writes bytes to a descriptor, standard output by default.
    ///
    /// Where data goes to a pipe that was closed, the reader has enough and the program ends; a remark that nobody reads must
    /// not end a build or a training. It ends at once: other workers may be inside a library whose globals `exit` would tear down.
    static func write(_ bytes: [UInt8], to descriptor: Int32 = 1, endsOnClosedPipe: Bool = true) {
        var offset = 0
        bytes.withUnsafeBytes { buffer in
            while offset < buffer.count {
                let wrote = Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                if wrote < 0 {
                    if errno == EINTR { continue }
                    if errno == EPIPE, descriptor == 1, endsOnClosedPipe { _exit(0) }
                    if errno == EPIPE { return }
                    if descriptor != 2 { error("error: standard output: \(String(cString: strerror(errno)))") }
                    _exit(74)
                }
                offset += wrote
            }
        }
    }
}
