import Files
import Foundation
import TestSupport

/// Runs the built tool as a person would.
enum Tool {
    struct Result {
        let status: Int32
        let output: String
        let error: String
        /// Whether a signal ended the tool; `status` is then the number of the signal.
        let wasKilled: Bool

        /// The one JSON object on standard output.
        var json: JSONValue {
            get throws { try JSONValue(parsing: Array(output.utf8), name: "standard output") }
        }
    }

    /// The tool that was built beside this test bundle.
    static let path: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        for candidate in CommandLine.arguments + [own] {
            let beside = PathText.join(PathText.folder(of: candidate), "shardmill")
            if candidate.contains(".xctest") || candidate == own, Folder.exists(beside) { return beside }
        }
        return PathText.join(TestData.repository, ".build/release/shardmill")
    }()

    @discardableResult
    static func run(_ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:]) throws -> Result
    {
        let process = try start(arguments, input: input, environment: environment)
        return process.wait()
    }

    /// A tool at work.
    final class Running {
        let process = Process()
        private let folder = TemporaryFolder()
        private var outputPath: String { folder("output") }
        private var errorPath: String { folder("error") }

        init(
            _ arguments: [String], executable: String = Tool.path, input: [UInt8]?, environment: [String: String]
        ) throws {
            process.executableURL = URL(fileURLWithPath: executable)
            process.arguments = arguments
            var values = ProcessInfo.processInfo.environment
            for (key, value) in environment { values[key] = value }
            process.environment = values
            folder.write([], to: "output")
            folder.write([], to: "error")
            folder.write(input ?? [], to: "input")
            process.standardInput = FileHandle(forReadingAtPath: folder("input"))
            process.standardOutput = FileHandle(forWritingAtPath: outputPath)
            process.standardError = FileHandle(forWritingAtPath: errorPath)
            try process.run()
        }

        func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

        /// Sends what Ctrl-C sends.
        func interrupt() { Foundation.kill(process.processIdentifier, SIGINT) }

        func wait() -> Result {
            process.waitUntilExit()
            func text(_ path: String) -> String {
                ((try? FileByteStream(path).readAll(limit: 1 << 30)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
            }
            return Result(
                status: process.terminationStatus, output: text(outputPath), error: text(errorPath),
                wasKilled: process.terminationReason == .uncaughtSignal)
        }
    }

    static func start(
        _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:]
    ) throws -> Running {
        try Running(arguments, input: input, environment: environment)
    }

    /// Starts the tool and kills it as soon as `changes` changes of what stands below `folder` were seen, wherever its work then is: a
    /// time would say other things on other machines. Returns whether the kill met it at work.
    static func kill(_ arguments: [String], after changes: Int, in folder: String) throws -> Bool {
        func files() -> [String] { (try? Folder.filesBelow(folder)) ?? [] }
        let running = try start(arguments)
        var last = files()
        var seen = 0
        while running.process.isRunning, seen < changes {
            let now = files()
            if now != last { seen += 1 }
            last = now
            usleep(500)
        }
        running.kill()
        return running.wait().wasKilled
    }

    /// The records of a JSON Lines file, compressed or not.
    static func lines(of path: String) throws -> [JSONValue] {
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var values: [JSONValue] = []
        while let value = try lines.next({ try parser.parse($0, name: path) { $0.value } }) { values.append(value) }
        return values
    }

    /// A digest of every file below a folder: names and bytes, `work/` and hidden files left out.
    static func digest(of folder: String) throws -> String {
        var digest = SHA256Digest()
        for file in try Folder.filesBelow(folder) where !file.hasPrefix("work/") {
            digest.update(file)
            digest.update(try SHA256Digest.hexadecimal(ofFile: PathText.join(folder, file)))
        }
        return digest.hexadecimal()
    }
}
