internal import Files
internal import Synchronization

/// Reads, checks and decompresses the file of one shard. Any number of threads at a time.
final class ShardLoader: Sendable {
    private let folder: String
    private let idle = Mutex<[Decompressor]>([])

    /// A decompressor on its way between threads; whoever popped it is its only user.
    private struct Decompressor: @unchecked Sendable {
        let zstd: ZstdDecompressor
    }

    init(folder: String) { self.folder = folder }

    /// The shard, structurally sound. `hashes` says which of the file's hashes are compared.
    func load(_ entry: MDSShardEntry, blocks: Range<Int>, hashes: HashCheck) throws -> DecodedShard {
        let shard = try loadFile(entry, blocks, hashes)
        if let fault = shard.structuralFault() {
            throw ShardFailure.damagedShard(
                path: path(entry), blocks: blocks, expected: fault.expected, found: fault.found)
        }
        return shard
    }

    enum HashCheck: Sendable { case none, cheapest, all }

    /// The file that is read: the compressed one where the index names one.
    func path(_ entry: MDSShardEntry) -> String {
        PathText.join(folder, (entry.zipData ?? entry.rawData).basename)
    }

    private func loadFile(_ entry: MDSShardEntry, _ blocks: Range<Int>, _ hashes: HashCheck) throws -> DecodedShard {
        guard let zip = entry.zipData else { return try loadRaw(entry, blocks, hashes) }
        let path = path(entry)
        if !Folder.exists(path) {
            // A cache of another reader keeps only the decompressed file. It has no frame checksum, so a hash has to hold.
            if Folder.exists(PathText.join(folder, entry.rawData.basename)),
                !ShardLoader.known(entry.rawData.hashes).isEmpty
            {
                return try loadRaw(entry, blocks, hashes == .none ? .cheapest : hashes)
            }
            throw ShardFailure.missingShard(path: path, blocks: blocks)
        }
        let file = try MappedFile(path)
        try file.withBytes { try check($0, zip, path, blocks, hashes) }
        let shard = try DecodedShard(size: entry.rawData.bytes, samples: entry.samples) { buffer in
            let decompressor = idle.withLock { $0.popLast() } ?? Decompressor(zstd: ZstdDecompressor())
            defer { idle.withLock { $0.append(decompressor) } }
            do { try file.withBytes { try decompressor.zstd.decompress($0, into: buffer, name: path) } } catch let
                FileFailure.malformed(_, _, expected, found)
            {
                throw ShardFailure.damagedShard(path: path, blocks: blocks, expected: expected, found: found)
            }
        }
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
                path: path, blocks: blocks, expected: "\(file.bytes) bytes", found: "\(bytes.count)")
        }
        try checkHashes(bytes, file, path, blocks, hashes)
    }

    private func checkHashes(
        _ bytes: UnsafeRawBufferPointer, _ file: MDSFile, _ path: String, _ blocks: Range<Int>, _ hashes: HashCheck
    ) throws {
        if hashes == .none { return }
        let known = ShardLoader.known(file.hashes)
        for hash in hashes == .all ? known : Array(known.prefix(1)) {
            let expected = file.hashes[hash.rawValue] ?? ""
            let found = hash.hexadecimal(of: bytes)
            if found != expected {
                throw ShardFailure.damagedShard(
                    path: path, blocks: blocks, expected: "\(hash.rawValue) \(expected)", found: found)
            }
        }
    }

    /// The hashes of a file that can be computed here, the fastest first.
    private static func known(_ hashes: [String: String]) -> [ShardHash] {
        [.xxh364, .xxh3128, .xxh64, .sha256, .sha1].filter { hashes[$0.rawValue] != nil }
    }
}
