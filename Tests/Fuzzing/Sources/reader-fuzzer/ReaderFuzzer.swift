import Glibc
import ReadingProperties

/// libFuzzer's own loop; in `libclang_rt.fuzzer`, which `-sanitize=fuzzer` links.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Reads whatever libFuzzer thinks up and stops where a reader breaks a promise.
///
///     reader-fuzzer list                       the readers
///     reader-fuzzer seeds READER FOLDER        writes the inputs to begin with
///     reader-fuzzer dictionary READER FILE     writes the pieces to put in
///     reader-fuzzer check READER FILE…         says of each file which promise it breaks
///     reader-fuzzer READER …                   fuzzes; what follows are libFuzzer's arguments
@main struct ReaderFuzzer {
    /// Set once before the first input, read by one thread only.
    nonisolated(unsafe) private static var check = ReadingCheck(.text)

    static func main() {
        let arguments = CommandLine.arguments
        let command = arguments.dropFirst().first ?? "list"
        if command == "list" {
            for reader in FuzzedReader.allCases { print(reader.rawValue) }
            return
        }
        if let reader = FuzzedReader(rawValue: command) { fuzz(reader) }
        guard arguments.count > 3, let reader = FuzzedReader(rawValue: arguments[2]) else {
            return fail("\(command): expected a reader or a command with a reader and a path")
        }
        switch command {
        case "seeds":
            for (index, seed) in reader.seeds.enumerated() { write(seed, to: "\(arguments[3])/seed-\(index)") }
        case "dictionary":
            write(Array(reader.dictionary.map(line).joined().utf8), to: arguments[3])
        case "check":
            var isBroken = false
            let check = ReadingCheck(reader)
            for path in arguments.dropFirst(3) {
                let found = check.violation(bytes(of: path))
                print("\(path): \(found ?? "holds")")
                if found != nil { isBroken = true }
            }
            if isBroken { exit(1) }
        default: fail("\(command): expected list, seeds, dictionary, check or a reader")
        }
    }

    private static func fuzz(_ reader: FuzzedReader) -> Never {
        check = ReadingCheck(reader)
        // libFuzzer sees its own name and what follows the reader.
        var kept = [CommandLine.unsafeArgv[0]] + (2..<Int(CommandLine.argc)).map { CommandLine.unsafeArgv[$0] } + [nil]
        let status = kept.withUnsafeMutableBufferPointer { list in
            var count = CommandLine.argc - 1
            var start = list.baseAddress!
            return runFuzzer(&count, &start) { bytes, count in
                let input = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
                if let found = ReaderFuzzer.check.violation(input) {
                    ReaderFuzzer.say("BROKEN PROMISE: \(found)")
                    abort()
                }
                return 0
            }
        }
        exit(status)
    }

    /// A piece as libFuzzer's dictionaries have it.
    private static func line(_ piece: String) -> String {
        var out = "\""
        var bytes = Array(piece.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\\"), bytes.first == UInt8(ascii: "x") {
                out += "\\"
            } else if byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                let digits = String(byte, radix: 16)
                out += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            } else {
                out += String(UnicodeScalar(byte))
            }
        }
        return out + "\"\n"
    }

    private static func bytes(of path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else {
            fail("\(path): cannot be read")
            return []
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "w") else { return fail("\(path): cannot be written") }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    private static func say(_ line: String) {
        var bytes = Array((line + "\n").utf8)
        _ = Glibc.write(2, &bytes, bytes.count)
    }

    private static func fail(_ line: String) {
        say(line)
        exit(64)
    }
}
