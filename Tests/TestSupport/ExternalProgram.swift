import Glibc

/// Runs a program of another project for a parity test and takes what it prints.
public enum ExternalProgram {
    /// What a program left behind.
    public struct Outcome: Sendable {
        /// The exit status; -1 where a signal ended it or it could not be started.
        public let status: Int32
        /// All of standard output.
        public let output: String
        /// All of standard error.
        public let errors: String
    }

    /// Runs `arguments[0]`, looked up in `PATH`, with the remaining arguments, and waits for it.
    public static func run(_ arguments: [String]) -> Outcome {
        let folder = TemporaryFolder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder("output"), O_WRONLY | O_CREAT, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, folder("errors"), O_WRONLY | O_CREAT, 0o644)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        let started = posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ)
        if started != 0 { return Outcome(status: -1, output: "", errors: String(cString: strerror(started))) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return Outcome(
            status: status & 0x7F == 0 ? (status >> 8) & 0xFF : -1, output: text(folder("output")),
            errors: text(folder("errors")))
    }

    /// The value of an environment variable; nil where it is not set or empty.
    public static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = fread(&chunk, 1, chunk.count, file)
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<got]
        }
    }
}
