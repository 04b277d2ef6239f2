import Files
import Glibc

/// A file that is written from its beginning and not synced: what is generated can be generated again.
final class OutputFile: Sendable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw FileFailure.lastSystemCall("create", path) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBufferPointer { try write($0) } }

    func write(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        try writeAll(UnsafeRawBufferPointer(bytes), to: descriptor, path: path)
    }
}
