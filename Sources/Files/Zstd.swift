internal import CZstd

/// One zstd compression context, reused from call to call. One thread at a time.
public final class ZstdCompressor {
    private let context: OpaquePointer
    /// The level, 1 (fast) to 22 (small).
    public let level: Int

    /// A compressor at `level`; `checksum` adds the frame's own XXH64 of the content, which every decoder verifies.
    public init(level: Int, checksum: Bool = true) {
        self.level = level
        context = ZSTD_createCCtx()
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0)
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// One frame with content size (and checksum).
    public func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = ZSTD_compress2(context, buffer.baseAddress, bound, bytes.baseAddress, bytes.count)
            precondition(ZSTD_isError(count) == 0, "zstd cannot fail with a buffer of its own bound")
        }
    }

    /// One frame with content size (and checksum).
    public func compress(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { compress($0) }
    }

    /// Writes `bytes` as one frame into an atomic file.
    public func write(_ bytes: [UInt8], to path: String) throws {
        try AtomicFile.write(compress(bytes), to: path)
    }
}

/// One zstd decompression context, reused from call to call. One thread at a time.
public final class ZstdDecompressor {
    private let context: OpaquePointer

    /// A new context.
    public init() { context = ZSTD_createDCtx() }

    deinit { ZSTD_freeDCtx(context) }

    /// The content of the frame in `bytes`. `limit` bounds the size a lying header may claim. Throws
    /// `FileFailure.malformed` for damage, a wrong checksum, or bytes after the frame.
    public func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int, name: String) throws -> [UInt8] {
        let claimed = ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
        if claimed == ZSTD_CONTENTSIZE_ERROR || claimed == ZSTD_CONTENTSIZE_UNKNOWN {
            throw FileFailure.malformed(
                path: name, place: "zstd frame header", expected: "one frame that states its size",
                found: claimed == ZSTD_CONTENTSIZE_ERROR ? "no frame" : "a frame without size")
        }
        if claimed > UInt64(limit) {
            throw FileFailure.tooLarge(path: name, limit: limit, hint: "the frame claims \(claimed) bytes")
        }
        let size = Int(claimed)
        let compressed = ZSTD_findFrameCompressedSize(bytes.baseAddress, bytes.count)
        if ZSTD_isError(compressed) != 0 || compressed != bytes.count {
            throw FileFailure.malformed(
                path: name, place: "zstd frame", expected: "exactly one frame of \(bytes.count) bytes",
                found: ZSTD_isError(compressed) != 0
                    ? String(cString: ZSTD_getErrorName(compressed)) : "a frame of \(compressed) bytes")
        }
        return try [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            let got = ZSTD_decompressDCtx(context, buffer.baseAddress, size, bytes.baseAddress, bytes.count)
            if ZSTD_isError(got) != 0 {
                throw FileFailure.malformed(
                    path: name, place: "zstd frame", expected: "an intact frame of \(size) bytes",
                    found: String(cString: ZSTD_getErrorName(got)))
            }
            count = got
        }
    }

    /// Decodes the one frame in `bytes` into `buffer`, which it must fill exactly; the frame need not state its size. Throws
    /// `FileFailure.malformed` for damage, a wrong checksum, another size, or bytes after the frame. `checksum`: false where the bytes
    /// were held against a hash already; the frame's own, a tenth of the time, is then not computed.
    public func decompress(
        _ bytes: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, name: String, checksum: Bool = true
    ) throws {
        // Its third experimental parameter: ZSTD_d_forceIgnoreChecksum, since 1.4.9. A library that does not know it verifies.
        ZSTD_DCtx_setParameter(context, ZSTD_d_experimentalParam3, checksum ? 0 : 1)
        defer { ZSTD_DCtx_setParameter(context, ZSTD_d_experimentalParam3, 0) }
        let compressed = ZSTD_findFrameCompressedSize(bytes.baseAddress, bytes.count)
        let got =
            compressed == bytes.count
            ? ZSTD_decompressDCtx(context, buffer.baseAddress, buffer.count, bytes.baseAddress, bytes.count)
            : compressed
        if compressed == bytes.count, got == buffer.count { return }
        throw FileFailure.malformed(
            path: name, place: "zstd frame",
            expected: "exactly one intact frame of \(bytes.count) bytes that holds \(buffer.count)",
            found: ZSTD_isError(got) != 0
                ? String(cString: ZSTD_getErrorName(got))
                : compressed == bytes.count ? "\(got) bytes of content" : "a frame of \(compressed) bytes")
    }

    /// The content of a file that is one frame.
    public func decompress(file path: String, limit: Int = 1 << 32) throws -> [UInt8] {
        try MappedFile(path).withBytes { try decompress($0, limit: limit, name: path) }
    }
}
