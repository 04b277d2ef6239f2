import ArgumentParser
import CZstd
import Files
import Shards

struct WriteBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Write token ids as shards; bare: the zstd encoder alone, on the same raw shards.",
        discussion: """
            "write_s" is everything from ids in memory to synced files, "pack_s" the same without writing the files. The bare encoder \
            has a context and a buffer of its own and takes its turn after each shard.
            """)

    @Argument(
        help:
            "16-bit token ids, little-endian, and beside it, with .lengths at the end, the 64-bit lengths of the documents."
    )
    var tokens: String

    @Argument(help: "The folder of the data set.")
    var folder: String

    @Option(help: "Tokens in a block.")
    var length = 2048

    @Option(help: "Blocks in a shard.")
    var blocks = 512

    @Option(help: "zstd level.")
    var level = 7

    @Option(help: "Passes over the tokens, one data set.")
    var passes = 1

    @Option(help: "Hashes of each file, separated by commas.")
    var hashes = "sha256,xxh64"

    func run() throws {
        ProcessMemory.keepFreed()
        let file = try MappedFile(tokens)
        let documents = try MappedFile(tokens + ".lengths").withBytes { bytes in
            (0..<bytes.count / 8).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
        }
        let schema = BlockSchema(
            length: length, vocabularySize: 1 << 16, tokenizerDigest: "none", separatorPolicy: "none", paddingToken: 0)
        let names = hashes.split(separator: ",").compactMap { ShardHash(rawValue: String($0)) }
        var writer = try schema.makeWriter(blocksPerShard: blocks, compression: .zstd(level: level), hashes: names)
        try Folder.create(folder)
        let context = ZSTD_createCCtx()
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        var bareOut: [UInt8] = []
        var entries: [MDSShardEntry] = []
        var (pack, write, bare) = (0.0, 0.0, 0.0)
        let blockCount = file.bytes.count / 2 / length
        var ids = [UInt32](repeating: 0, count: blockCount * length)
        WriteBenchmark.widen(file, &ids)
        var started = ShardsBenchmark.cpuSeconds
        for pass in 0..<passes {
            var document = 0
            var left = documents.first ?? 0
            for block in 0..<blockCount {
                var ends: [UInt32] = []
                var rows: [UInt32] = []
                var place = 0
                while place < length {
                    while left == 0 {
                        document += 1
                        left = document < documents.count ? documents[document] : .max
                    }
                    let taken = min(left, length - place)
                    place += taken
                    left -= taken
                    ends.append(UInt32(place))
                    rows.append(UInt32(document))
                }
                try ids.withUnsafeBufferPointer {
                    try writer.append(
                        block: UnsafeBufferPointer(rebasing: $0[block * length..<(block + 1) * length]),
                        segmentEnds: ends, segmentDocuments: rows)
                }
                if writer.samples < blocks, block + 1 < blockCount || pass + 1 < passes { continue }
                let shard = writer.finish(number: entries.count)
                entries.append(shard.entry)
                let packed = ShardsBenchmark.cpuSeconds
                try shard.write(to: folder)
                let written = ShardsBenchmark.cpuSeconds
                pack += packed - started
                write += written - started
                let bound = ZSTD_compressBound(shard.raw.count)
                if bareOut.count < bound { bareOut = [UInt8](repeating: 0, count: bound) }
                let before = ShardsBenchmark.cpuSeconds
                let size = ZSTD_compress2(context, &bareOut, bareOut.count, shard.raw, shard.raw.count)
                bare += ShardsBenchmark.cpuSeconds - before
                precondition(size == shard.compressed?.count, "the bare encoder made another frame")
                started = ShardsBenchmark.cpuSeconds
            }
        }
        try MDSIndex(shards: entries, attributes: schema.indexAttributes).write(to: folder)
        let written = entries.reduce(0) { $0 + $1.file.bytes }
        ShardsBenchmark.print([
            "blocks": .integer(blockCount * passes), "cpu_s": .double(write), "pack_s": .double(pack),
            "bare_s": .double(bare), "shards": .integer(entries.count), "bytes": .integer(written),
            "raw_shard_bytes": .integer(entries.map(\.rawData.bytes).max() ?? 0),
            "bytes_per_token": .double(Double(written) / Double(blockCount * passes * length)),
        ])
    }

    private static func widen(_ file: MappedFile, _ ids: inout [UInt32]) {
        file.withBytes { bytes in
            ids.withUnsafeMutableBufferPointer { ids in
                for place in ids.indices {
                    ids[place] = UInt32(bytes.loadUnaligned(fromByteOffset: place * 2, as: UInt16.self))
                }
            }
        }
    }
}
