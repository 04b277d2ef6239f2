import CXML2
import Files
import Glibc

/// A program that was started, read through a pipe: no shell, nothing on its standard input, ended when this value goes.
final class ChildProgram: ByteStream {
    enum StartFailure: Error { case notFound }

    /// How a program ended.
    struct End: Equatable {
        /// The exit status; -1 where a signal ended it.
        var status: Int32
        var isOverTime: Bool
        /// The last line of standard error that says something, at most 300 bytes.
        var message: String
    }

    private var process: pid_t = -1
    private var output: Int32 = -1
    private var errors: Int32 = -1
    private let deadline: Int
    private var isOverTime = false
    private var messages: [UInt8] = []
    private var ending: End?
    private var hasOutput = false
    /// Whether all of standard output was read.
    var isAtEnd: Bool { output < 0 }
    private static let mostMessages = 1 << 14

    /// Starts `arguments[0]`, looked up in `PATH`. It is ended after `timeLimit` seconds.
    init(_ arguments: [String], name: String, timeLimit: Int) throws {
        deadline = ChildProgram.now() + timeLimit * 1000
        super.init(name: name)
        var out: [Int32] = [-1, -1]
        var err: [Int32] = [-1, -1]
        guard pipe2(&out, O_CLOEXEC) == 0 else { throw FileFailure.lastSystemCall("open a pipe for", name) }
        guard pipe2(&err, O_CLOEXEC) == 0 else {
            let failure = FileFailure.lastSystemCall("open a pipe for", name)
            for end in out { close(end) }
            throw failure
        }
        output = out[0]
        errors = err[0]
        defer {
            close(out[1])
            close(err[1])
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out[1], 1)
        posix_spawn_file_actions_adddup2(&actions, err[1], 2)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let status = posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ)
        if status != 0 {
            process = -1
            if status == ENOENT { throw StartFailure.notFound }
            throw FileFailure.system(path: arguments[0], operation: "start", code: status)
        }
    }

    deinit {
        stop()
        if output >= 0 { close(output) }
        if errors >= 0 { close(errors) }
    }

    override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while output >= 0 {
            guard wait() else { return 0 }
            if hasOutput {
                let got = Glibc.read(output, buffer.baseAddress, buffer.count)
                if got > 0 { return got }
                if got < 0, errno == EINTR || errno == EAGAIN { continue }
                close(output)
                output = -1
            }
        }
        return 0
    }

    /// Waits until there is something to read, and takes what standard error has. False where the time is over.
    private func wait() -> Bool {
        while true {
            let left = deadline - ChildProgram.now()
            if left <= 0 {
                isOverTime = true
                stop()
                return false
            }
            var descriptors = [
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&descriptors, 2, Int32(min(left, 1_000_000)))
            if ready < 0, errno == EINTR { continue }
            if descriptors[1].revents != 0 { takeErrors() }
            hasOutput = descriptors[0].revents != 0
            if hasOutput || output < 0 { return true }
        }
    }

    private func takeErrors() {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let got = Glibc.read(errors, &chunk, chunk.count)
        if got > 0 {
            messages.append(contentsOf: chunk[..<got])
            // The first messages and the last ones say most.
            if messages.count > ChildProgram.mostMessages {
                messages.removeSubrange(4096..<messages.count - 4096)
            }
        } else if got == 0 || errno != EINTR {
            close(errors)
            errors = -1
        }
    }

    /// Waits for the program to end, as long as it may run, and says how it did. What it still writes is lost.
    func end() -> End {
        if let ending { return ending }
        if output >= 0 {
            // The reader stopped before the end: so must the program.
            stop()
        }
        while errors >= 0, ChildProgram.now() < deadline {
            var descriptor = pollfd(fd: errors, events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, 100) > 0 { takeErrors() }
            if process < 0 { break }
        }
        stop()
        let end = ending ?? End(status: -1, isOverTime: isOverTime, message: lastMessage)
        ending = end
        return end
    }

    /// Ends the program if it runs, and takes its status.
    private func stop() {
        guard process > 0 else { return }
        var status: Int32 = 0
        // One that has closed its output is about to end by itself.
        var waited = output < 0 ? 0 : 1000
        var got = waitpid(process, &status, WNOHANG)
        while got == 0, waited < 1000 {
            usleep(1000)
            waited += 1
            got = waitpid(process, &status, WNOHANG)
        }
        if got == 0 {
            kill(process, SIGKILL)
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
        }
        process = -1
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
        ending = End(status: code, isOverTime: isOverTime, message: lastMessage)
    }

    private var lastMessage: String {
        let lines = messages.split { $0 == 0x0A || $0 == 0x0D }
        let line = lines.last { !$0.allSatisfy { $0 <= 0x20 } } ?? []
        return String(decoding: line.prefix(300), as: UTF8.self)
    }

    /// Whether any line of standard error holds a text.
    func said(_ text: String) -> Bool { String(decoding: messages, as: UTF8.self).contains(text) }

    /// Milliseconds of a clock that nobody sets.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
