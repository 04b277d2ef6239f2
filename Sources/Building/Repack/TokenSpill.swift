import Files
import Glibc

/// Token ids on disk, in a file without a name that is gone when this is: written and read at any place by any number of threads, so that
/// packing in another order needs no memory for the tokens.
final class TokenSpill: Sendable {
    private let descriptor: Int32
    private let folder: String
    /// Bytes of an id, 2 or 4.
    private let width: Int

    init(in folder: String, width: Int) throws {
        self.folder = folder
        self.width = width
        descriptor = try TemporaryFile.open(in: folder)
    }

    deinit { close(descriptor) }

    /// Writes ids from place `start` on.
    func write(_ ids: UnsafeBufferPointer<UInt32>, at start: Int) throws {
        if width == 4 { return try write(UnsafeRawBufferPointer(ids), at: start * 4) }
        try withUnsafeTemporaryAllocation(of: UInt16.self, capacity: ids.count) { narrow in
            for index in 0..<ids.count { narrow[index] = UInt16(truncatingIfNeeded: ids[index]) }
            try write(
                UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(narrow)[..<(ids.count * 2)]), at: start * 2)
        }
    }

    /// Reads ids from place `start` on, as many as `target` has.
    func read(_ start: Int, into target: UnsafeMutableBufferPointer<UInt32>) throws {
        if width == 4 { return try read(start * 4, UnsafeMutableRawBufferPointer(target)) }
        try withUnsafeTemporaryAllocation(of: UInt16.self, capacity: max(1, target.count)) { narrow in
            try read(
                start * 2,
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(narrow)[..<(target.count * 2)]))
            for index in 0..<target.count { target[index] = UInt32(narrow[index]) }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at place: Int) throws {
        var done = 0
        while done < bytes.count {
            let wrote = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(place + done))
            if wrote < 0, errno == EINTR { continue }
            if wrote <= 0 {
                throw FileFailure.system(path: folder, operation: "write to a temporary file in", code: errno)
            }
            done += wrote
        }
    }

    private func read(_ place: Int, _ bytes: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let got = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(place + done))
            if got < 0, errno == EINTR { continue }
            if got <= 0 {
                throw FileFailure.system(path: folder, operation: "read from a temporary file in", code: errno)
            }
            done += got
        }
    }
}
