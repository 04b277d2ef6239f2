public import Files

/// How the shards of a data set are written: the same for all of them.
public struct MDSShardOptions: Sendable, Equatable {
    /// Compression of each shard.
    public var compression: MDSCompression
    /// Hashes of each file that the index carries.
    public var hashes: [ShardHash]
    /// The size that the index promises no uncompressed shard exceeds.
    public var sizeLimit: Int

    /// Options.
    public init(
        compression: MDSCompression = .zstd(level: 7), hashes: [ShardHash] = [.sha256, .xxh64],
        sizeLimit: Int = 1 << 26
    ) {
        self.compression = compression
        self.hashes = hashes
        self.sizeLimit = sizeLimit
    }

    var hashNames: [String] { Set(hashes.map(\.rawValue)).sorted(by: precedesInByteOrder) }
}

/// A finished shard in memory.
public struct MDSShard: Sendable {
    /// The bytes of the `.mds` file.
    public let raw: [UInt8]
    /// The bytes of the `.mds.zstd` file; nil without compression.
    public let compressed: [UInt8]?
    /// What the index says of the shard.
    public let entry: MDSShardEntry

    /// The name of the one file that is written.
    public var fileName: String { entry.zipData?.basename ?? entry.rawData.basename }

    /// Writes the shard's one file into the folder of a data set, whole or not at all.
    public func write(to folder: String) throws {
        try AtomicFile.write(compressed ?? raw, to: PathText.join(folder, fileName))
    }
}

/// Builds one shard in memory, sample by sample, byte for byte as the format's own writer lays it out.
///
/// Cutting is the caller's: one writer makes one shard, whose samples are known beforehand, so that any process can write any
/// shard. Reused from shard to shard; one thread at a time.
public struct MDSShardWriter {
    /// The columns in byte order of their names.
    public let columns: [MDSColumn]
    /// The options the writer was made with.
    public let options: MDSShardOptions
    private let configuration: [UInt8]
    private let compressor: ZstdCompressor?
    /// Room for the header, then the samples: as much as the shard before needed, so that one of as many samples is never copied.
    private var body: [UInt8] = []
    private var room = 0
    private var ends: [Int] = []

    /// A writer without samples. Columns are sorted; a name twice or no column at all is refused.
    public init(columns: [MDSColumn], options: MDSShardOptions = MDSShardOptions()) throws(ShardFailure) {
        let sorted = columns.sorted { precedesInByteOrder($0.name, $1.name) }
        if sorted.isEmpty { throw .invalidLayout("expected at least one column, found none") }
        for index in sorted.indices.dropFirst() where sorted[index].name == sorted[index - 1].name {
            throw .invalidLayout("expected one column of the name \(sorted[index].name), found two")
        }
        guard options.sizeLimit > 0, options.sizeLimit <= MDSLayout.largestShard else {
            throw .invalidLayout(
                "expected a size limit from 1 to \(MDSLayout.largestShard), found \(options.sizeLimit)")
        }
        self.columns = sorted
        self.options = options
        configuration =
            JSONValue.object(
                MDSShardEntry.configuration(
                    columns: sorted, columnSizes: sorted.map(\.encoding.size), compression: options.compression,
                    hashNames: options.hashNames, sizeLimit: options.sizeLimit)
            ).encoded(.python)
        compressor = options.compression.level.map { ZstdCompressor(level: $0, checksum: true) }
    }

    /// Samples so far.
    public var samples: Int { ends.count }

    /// Bytes the shard will have uncompressed.
    public var rawSize: Int { headerSize + body.count - room }

    private var headerSize: Int { 4 + 4 * (ends.count + 1) + configuration.count }

    /// Adds a sample: `fill` puts one value for each column, in the order of `columns`. After a throw the writer is as before.
    public mutating func append(_ fill: (inout MDSSample) throws -> Void) throws {
        var sample = MDSSample(columns: columns, body: &body)
        let start = sample.start
        do {
            try fill(&sample)
            body = try sample.finished()
            guard headerSize + 4 + body.count - room <= options.sizeLimit else {
                throw ShardFailure.invalidLayout(
                    "a shard of \(ends.count + 1) samples is larger than its size limit of \(options.sizeLimit) bytes; "
                        + "put fewer blocks in a shard")
            }
        } catch {
            if body.isEmpty { body = sample.takeBody() }
            body.removeSubrange(start...)
            throw error
        }
        ends.append(body.count - room)
    }

    /// The shard of the samples so far, as number `number` of its data set. The writer is empty afterwards.
    public mutating func finish(number: Int, prefix: String = "") -> MDSShard {
        let samples = samples
        let raw = assembled()
        let name = prefix + MDSShardWriter.fileName(number: number)
        let compressed = compressor?.compress(raw)
        let entry = MDSShardEntry(
            columns: columns, compression: options.compression, hashNames: options.hashNames,
            rawData: file(name, raw), zipData: compressed.map { file(name + ".zstd", $0) }, samples: samples,
            sizeLimit: options.sizeLimit)
        ends.removeAll(keepingCapacity: true)
        return MDSShard(raw: raw, compressed: compressed, entry: entry)
    }

    /// `shard.00042.mds`.
    public static func fileName(number: Int) -> String {
        let digits = String(number)
        return "shard." + String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits + ".mds"
    }

    /// The bytes of the shard; the body is a new one afterwards, with room for the header of another shard like this one.
    private mutating func assembled() -> [UInt8] {
        let first = headerSize
        var raw: [UInt8] = []
        swap(&raw, &body)
        if room != first { raw.replaceSubrange(..<room, with: repeatElement(0, count: first)) }
        raw.withUnsafeMutableBytes { out in
            out.storeBytes(of: UInt32(ends.count).littleEndian, toByteOffset: 0, as: UInt32.self)
            out.storeBytes(of: UInt32(first).littleEndian, toByteOffset: 4, as: UInt32.self)
            for (index, end) in ends.enumerated() {
                out.storeBytes(of: UInt32(first + end).littleEndian, toByteOffset: 8 + 4 * index, as: UInt32.self)
            }
            let start = 8 + 4 * ends.count
            UnsafeMutableRawBufferPointer(rebasing: out[start..<first]).copyBytes(from: configuration)
        }
        room = first
        body.reserveCapacity(raw.count + raw.count / 64)
        body.append(contentsOf: repeatElement(0, count: room))
        return raw
    }

    private func file(_ name: String, _ bytes: [UInt8]) -> MDSFile {
        var hashes: [String: String] = [:]
        bytes.withUnsafeBytes { bytes in
            for hash in options.hashes { hashes[hash.rawValue] = hash.hexadecimal(of: bytes) }
        }
        return MDSFile(basename: name, bytes: bytes.count, hashes: hashes)
    }
}
