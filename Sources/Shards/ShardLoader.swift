internal import Files
internal import Synchronization

/// Reads, checks and decompresses the file of one shard. Any number of threads at a time.
final class ShardLoader: Sendable {
    private let folder: String
    private let memory = ShardMemory()
    private let idle = Mutex<[Decompressor]>([])

    /// A decompressor on its way between threads; whoever popped it is its only user.
    private struct Decompressor: @unchecked Sendable {
        let zstd: ZstdDecompressor
    }

    init(folder: String) { self.folder = folder }

    /// The shard, structurally sound. `hashes` says which of the file's hashes are compared. `scratch` decodes a compressed shard
    /// there where it has room.
    func load(
        _ entry: MDSShardEntry, blocks: Range<Int>, hashes: HashCheck, scratch: ShardScratch.Place? = nil
    ) throws -> DecodedShard {
        let shard = try loadFile(entry, blocks, hashes, scratch)
        if let fault = shard.structuralFault() {
            throw ShardFailure.damagedShard(
                path: path(entry), blocks: blocks, fault: .structure, expected: fault.expected, found: fault.found)
        }
        return shard
    }

    /// Which hashes of a file are compared with the index: the first of those that are faster than reading it (those of the xxHash
    /// family), the fastest of whatever kind, or all.
    enum HashCheck: Sendable {
        case fast, cheapest, all

        private static let xxHashes: [ShardHash] = [.xxh364, .xxh3128, .xxh64]

        /// The hashes of a file to compare.
        func selected(_ file: MDSFile) -> [ShardHash] {
            let xxHashes = HashCheck.xxHashes.filter { file.hashes[$0.rawValue] != nil }
            if self == .fast { return Array(xxHashes.prefix(1)) }
            let known = xxHashes + [.sha256, .sha1].filter { file.hashes[$0.rawValue] != nil }
            return self == .all ? known : Array(known.prefix(1))
        }
    }

    /// The file that is read: the compressed one where the index names one.
    func path(_ entry: MDSShardEntry) -> String { PathText.join(folder, entry.file.basename) }

    /// What the size of a shard's file, or its absence, says against it; nil: nothing.
    func fileFailure(_ entry: MDSShardEntry, blocks: Range<Int>) -> ShardFailure? {
        var file = entry.file
        if entry.zipData != nil, !Folder.exists(path(entry)), isReadRaw(entry) { file = entry.rawData }
        let path = PathText.join(folder, file.basename)
        guard Folder.exists(path) else { return .missingShard(path: path, blocks: blocks) }
        let size = Folder.isFolder(path) ? nil : try? Folder.fileSize(path)
        if size == file.bytes { return nil }
        return .damagedShard(
            path: path, blocks: blocks, fault: .size, expected: "\(file.bytes) bytes",
            found: size.map(String.init) ?? "none that can be read")
    }

    /// Whether the uncompressed file stands in for a compressed one that is gone: a cache of another reader keeps only that. It has no frame
    /// checksum, so a hash has to hold.
    private func isReadRaw(_ entry: MDSShardEntry) -> Bool {
        Folder.exists(PathText.join(folder, entry.rawData.basename))
            && !HashCheck.cheapest.selected(entry.rawData).isEmpty
    }

    private func loadFile(
        _ entry: MDSShardEntry, _ blocks: Range<Int>, _ hashes: HashCheck, _ scratch: ShardScratch.Place?
    ) throws -> DecodedShard {
        guard let zip = entry.zipData else { return try loadRaw(entry, blocks, hashes) }
        let path = path(entry)
        if !Folder.exists(path) {
            if isReadRaw(entry) { return try loadRaw(entry, blocks, hashes == .fast ? .cheapest : hashes) }
            throw ShardFailure.missingShard(path: path, blocks: blocks)
        }
        let file = try MappedFile(path)
        try file.withBytes { try check($0, zip, path, blocks, hashes) }
        // Bytes that are those of the index need no second checksum; a full verification asks for both.
        let isChecked = hashes != .all && hashes.selected(zip).isEmpty == false
        func decode(_ buffer: UnsafeMutableRawBufferPointer) throws {
            let decompressor = idle.withLock { $0.popLast() } ?? Decompressor(zstd: ZstdDecompressor())
            defer { idle.withLock { $0.append(decompressor) } }
            do {
                try file.withBytes {
                    try decompressor.zstd.decompress($0, into: buffer, name: path, checksum: !isChecked)
                }
            } catch let
                FileFailure.malformed(_, _, expected, found)
            {
                throw ShardFailure.damagedShard(
                    path: path, blocks: blocks, fault: .frame, expected: expected, found: found)
            }
        }
        let shard =
            try scratch?.shard(samples: entry.samples, decode: decode)
            ?? DecodedShard(size: entry.rawData.bytes, samples: entry.samples, memory: memory, decode: decode)
        if hashes == .all {
            try shard.withBytes(0..<entry.rawData.bytes) {
                try checkHashes($0, entry.rawData, "\(path) (uncompressed)", blocks, hashes)
            }
        }
        return shard
    }

    private func loadRaw(_ entry: MDSShardEntry, _ blocks: Range<Int>, _ hashes: HashCheck) throws -> DecodedShard {
        let path = PathText.join(folder, entry.rawData.basename)
        if !Folder.exists(path) { throw ShardFailure.missingShard(path: path, blocks: blocks) }
        let file = try MappedFile(path)
        try file.withBytes { try check($0, entry.rawData, path, blocks, hashes) }
        return DecodedShard(mapped: file, samples: entry.samples)
    }

    private func check(
        _ bytes: UnsafeRawBufferPointer, _ file: MDSFile, _ path: String, _ blocks: Range<Int>, _ hashes: HashCheck
    ) throws {
        if bytes.count != file.bytes {
            throw ShardFailure.damagedShard(
                path: path, blocks: blocks, fault: .size, expected: "\(file.bytes) bytes", found: "\(bytes.count)")
        }
        try checkHashes(bytes, file, path, blocks, hashes)
    }

    private func checkHashes(
        _ bytes: UnsafeRawBufferPointer, _ file: MDSFile, _ path: String, _ blocks: Range<Int>, _ hashes: HashCheck
    ) throws {
        for hash in hashes.selected(file) {
            let expected = file.hashes[hash.rawValue] ?? ""
            let found = hash.hexadecimal(of: bytes)
            if found != expected {
                throw ShardFailure.damagedShard(
                    path: path, blocks: blocks, fault: .hash, expected: "\(hash.rawValue) \(expected)", found: found)
            }
        }
    }
}
