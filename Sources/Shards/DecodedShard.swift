internal import Files

/// The uncompressed bytes of one shard, checked to be well formed down to the range of each sample. Never changes.
final class DecodedShard: @unchecked Sendable {
    // @unchecked: the memory is written before `init` returns and only read afterwards.
    private let bytes: UnsafeRawBufferPointer
    private let owned: UnsafeMutableRawBufferPointer?
    private let mapped: MappedFile?
    let samples: Int

    /// Memory of our own, filled by `decode`.
    init(size: Int, samples: Int, decode: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 16)
        do { try decode(UnsafeMutableRawBufferPointer(rebasing: memory[..<size])) } catch {
            memory.deallocate()
            throw error
        }
        owned = memory
        mapped = nil
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<size])
        self.samples = samples
    }

    /// A raw shard where it lies.
    init(mapped: MappedFile, samples: Int) {
        owned = nil
        self.mapped = mapped
        bytes = mapped.bytes
        self.samples = samples
    }

    deinit { owned?.deallocate() }

    /// Memory that the cache answers for; a mapped file costs none.
    var memoryCost: Int { owned?.count ?? 0 }

    /// Nil when the header and all offsets are sound, else what was expected and found.
    func structuralFault() -> (expected: String, found: String)? {
        guard bytes.count >= 8 else { return ("at least 8 bytes", "\(bytes.count)") }
        let claimed = Int(word(0))
        if claimed != samples { return ("\(samples) samples", "\(claimed)") }
        let headerEnd = 4 + 4 * (samples + 1)
        guard bytes.count >= headerEnd else { return ("a header of \(headerEnd) bytes", "\(bytes.count) bytes in all") }
        var previous = headerEnd
        for sample in 0...samples {
            let offset = Int(word(4 + 4 * sample))
            if offset < previous || offset > bytes.count {
                return ("offset \(sample) from \(previous) to \(bytes.count)", "\(offset)")
            }
            previous = offset
        }
        return previous == bytes.count ? nil : ("samples up to byte \(bytes.count)", "\(previous)")
    }

    /// The bytes of a sample. Call only where `structuralFault()` was nil.
    func range(ofSample sample: Int) -> Range<Int> {
        Int(word(4 + 4 * sample))..<Int(word(8 + 4 * sample))
    }

    /// The little-endian 32-bit number at a byte that lies inside.
    func word(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Calls `body` with bytes that stay valid inside the call.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
    }
}
