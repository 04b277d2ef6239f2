internal import Files

/// The uncompressed bytes of one shard, checked to be well formed down to the range of each sample. Never changes.
final class DecodedShard: @unchecked Sendable {
    // @unchecked: the memory is written before `init` returns and only read afterwards.
    private let bytes: UnsafeRawBufferPointer
    private let owned: UnsafeMutableRawBufferPointer?
    private let memory: ShardMemory?
    /// What keeps memory that is not our own.
    private let keeper: AnyObject?
    let samples: Int

    /// Memory of our own, filled by `decode`; it comes from `memory` and goes back there.
    init(
        size: Int, samples: Int, memory: ShardMemory? = nil, decode: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws {
        let taken = memory?.take(size) ?? .allocate(byteCount: max(size, 1), alignment: 64)
        do { try decode(UnsafeMutableRawBufferPointer(rebasing: taken[..<size])) } catch {
            if let memory { memory.giveBack(taken) } else { taken.deallocate() }
            throw error
        }
        owned = taken
        self.memory = memory
        keeper = nil
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(taken)[..<size])
        self.samples = samples
    }

    /// A raw shard where it lies.
    init(mapped: MappedFile, samples: Int) {
        owned = nil
        memory = nil
        keeper = mapped
        bytes = mapped.bytes
        self.samples = samples
    }

    /// Bytes that `keeper` answers for.
    init(_ bytes: UnsafeRawBufferPointer, keptBy keeper: AnyObject, samples: Int) {
        owned = nil
        memory = nil
        self.keeper = keeper
        self.bytes = bytes
        self.samples = samples
    }

    deinit {
        guard let owned else { return }
        if let memory { memory.giveBack(owned) } else { owned.deallocate() }
    }

    /// Memory that the cache answers for; a mapped file costs none.
    var memoryCost: Int { owned?.count ?? 0 }

    /// Whether its memory is part of `object`.
    func isKept(by object: AnyObject) -> Bool { keeper === object }

    /// All bytes.
    var size: Int { bytes.count }

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

    /// Nil when the columns that the shard names itself are those of its entry in the index. Call only where `structuralFault()`
    /// was nil.
    func configurationFault(_ entry: MDSShardEntry) -> (expected: String, found: String)? {
        let range = 4 + 4 * (samples + 1)..<Int(word(4))
        let own = withBytes(range) { try? JSONValue(parsing: Array($0), name: "configuration") }
        let expected = entry.json
        for member in ["column_encodings", "column_names", "column_sizes", "format", "version"]
        where own?[member] != expected[member] {
            return (
                "\(member) \(expected[member]?.text() ?? "none") as in the index",
                "\(own?[member]?.text() ?? "none") in the shard's own configuration"
            )
        }
        return nil
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
