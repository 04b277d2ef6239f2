internal import CZstd

/// Streams bytes through zstd into an atomic file: one frame with a checksum, in memory of a few megabytes.
///
/// The compressed bytes depend on the content, the level and the library's version only, not on how the content was cut
/// into calls: input is gathered into chunks of fixed size before the library sees it.
public struct ZstdFileWriter: ~Copyable {
    private var file: AtomicFile
    private let context: OpaquePointer
    private var pending: [UInt8] = []
    private var output: [UInt8]
    private static let chunk = 1 << 20

    /// Starts the file that will be `path`.
    public init(_ path: String, level: Int) throws {
        file = try AtomicFile(path)
        context = ZSTD_createCCtx()
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        output = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        pending.reserveCapacity(ZstdFileWriter.chunk * 2)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// Appends content.
    public mutating func write(_ bytes: [UInt8]) throws {
        pending += bytes
        try drain()
    }

    /// Lets `body` append content to the pending bytes directly, without an array of its own.
    public mutating func append(_ body: (inout [UInt8]) throws -> Void) throws {
        try body(&pending)
        try drain()
    }

    private mutating func drain() throws {
        var start = 0
        while pending.count - start >= ZstdFileWriter.chunk {
            try compress(start..<start + ZstdFileWriter.chunk, ZSTD_e_continue)
            start += ZstdFileWriter.chunk
        }
        if start > 0 { pending.removeFirst(start) }
    }

    private mutating func compress(_ range: Range<Int>, _ directive: ZSTD_EndDirective) throws {
        var consumed = 0
        while true {
            var written = 0
            let remaining = pending.withUnsafeBytes { bytes in
                output.withUnsafeMutableBytes { out in
                    var input = ZSTD_inBuffer(
                        src: bytes.baseAddress.map { $0 + range.lowerBound }, size: range.count, pos: consumed)
                    var target = ZSTD_outBuffer(dst: out.baseAddress, size: out.count, pos: 0)
                    let code = ZSTD_compressStream2(context, &target, &input, directive)
                    consumed = input.pos
                    written = target.pos
                    return code
                }
            }
            precondition(ZSTD_isError(remaining) == 0, "zstd refused valid parameters")
            try output.withUnsafeBytes { try file.write(UnsafeRawBufferPointer(rebasing: $0[..<written])) }
            if directive == ZSTD_e_continue ? consumed == range.count : remaining == 0 { return }
        }
    }

    /// Ends the frame, syncs the file and gives it its name.
    public mutating func commit() throws {
        try compress(0..<pending.count, ZSTD_e_end)
        try file.commit()
    }
}
