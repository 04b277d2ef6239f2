import Files
import Glibc

/// Converts a binary Word document with LibreOffice, in a folder of its own that is gone afterwards.
struct LegacyWordConversion {
    private let folder: String
    /// A converter that hangs is ended after this many seconds.
    private static let longest = 180

    /// The .docx for `bytes`. Throws what to do where LibreOffice is missing or fails.
    static func convert(_ bytes: UnsafeRawBufferPointer, name: String) throws -> [UInt8] {
        guard let program = ["soffice", "libreoffice"].compactMap(path(ofProgram:)).first else {
            throw ReadFailure.unsupported(
                path: name, format: "legacy Word .doc",
                advice: "install LibreOffice (soffice was not found in PATH), or save it as .docx")
        }
        let conversion = try LegacyWordConversion(name)
        defer { conversion.remove() }
        return try conversion.run(program, bytes, name)
    }

    private init(_ name: String) throws {
        let base = TemporaryFile.defaultFolder
        var template = Array((base + "/shardmill-doc-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else {
            throw FileFailure.system(path: base, operation: "create a folder in", code: errno)
        }
        folder = String(cString: made)
    }

    private func run(_ program: String, _ bytes: UnsafeRawBufferPointer, _ name: String) throws -> [UInt8] {
        let input = folder + "/input.doc"
        var file = try AtomicFile(input)
        try file.write(Array(bytes))
        try file.commit()
        let status = LegacyWordConversion.start([
            program, "-env:UserInstallation=file://\(folder)/profile", "--headless", "--convert-to", "docx", "--outdir",
            folder, input,
        ])
        guard status == 0, let output = try? MappedFile(folder + "/input.docx") else {
            throw ReadFailure.malformed(
                path: name, place: "conversion", expected: "a .docx from LibreOffice",
                found: status == 0 ? "none" : "exit status \(status)")
        }
        defer { withExtendedLifetime(output) {} }
        return Array(output.bytes)
    }

    /// Runs a program without input and output; its exit status, -1 where it could not be started or had to be ended.
    private static func start(_ arguments: [String]) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A process group of its own: LibreOffice starts others.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        if posix_spawn(&process, arguments[0], &actions, &attributes, &pointers, environ) != 0 { return -1 }
        var status: Int32 = 0
        for _ in 0..<(longest * 20) {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1 }
            if ended < 0, errno != EINTR { return -1 }
            usleep(50_000)
        }
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return -1
    }

    private static func path(ofProgram name: String) -> String? {
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        return folders.split(separator: ":").map { $0 + "/" + name }.first { access($0, X_OK) == 0 }
    }

    private func remove() { LegacyWordConversion.remove(folder) }

    private static func remove(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                if unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
            }
            closedir(directory)
        }
        rmdir(path)
    }
}
