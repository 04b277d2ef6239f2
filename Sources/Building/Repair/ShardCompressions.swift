import Files
import Shards

/// How each shard of a corpus is compressed: by the index of its side where that is sound; else by what the shard says of itself, then by what
/// others of its build say; else as builds do by default.
struct ShardCompressions: Sendable {
    private var indices: [Split: MDSIndex] = [:]
    /// By side and name of the file.
    private var own: [Split: [String: MDSCompression]] = [:]
    private var ofGeneration: [Int: MDSCompression] = [:]
    private var any: MDSCompression?

    /// - Parameter sound: the index of each side; nil where it cannot be trusted: its shards are looked at.
    init(_ output: OutputFolder, _ sound: [Split: MDSIndex?]) {
        for split in Split.allCases {
            if let index = sound[split] ?? nil {
                indices[split] = index
                for entry in index.shards { note(entry.compression, entry.file.basename) }
                continue
            }
            let folder = output.split(split)
            let names = ((try? Folder.names(in: folder)) ?? []).filter { $0.hasSuffix(".mds.zstd") }
            for name in names.sorted(by: precedesInByteOrder) {
                guard let raw = try? ZstdDecompressor().decompress(file: PathText.join(folder, name)),
                    let found = MDSCompression(ofShard: raw)
                else { continue }
                own[split, default: [:]][name] = found
                note(found, name)
            }
        }
    }

    private mutating func note(_ compression: MDSCompression, _ name: String) {
        let generation = ShardCompressions.generation(of: name)
        if ofGeneration[generation] == nil { ofGeneration[generation] = compression }
        if any == nil { any = compression }
    }

    /// `g2.shard.00007.mds.zstd` is of build 2.
    private static func generation(of name: String) -> Int {
        name.hasPrefix("g") ? Int(name.dropFirst().prefix { $0 != "." }) ?? 0 : 0
    }

    /// The compression of a shard.
    func compression(_ split: Split, _ number: Int, generation: Int) -> MDSCompression {
        if let shards = indices[split]?.shards, shards.indices.contains(number) { return shards[number].compression }
        let name = (generation == 0 ? "" : "g\(generation).") + MDSShardWriter.fileName(number: number) + ".zstd"
        return own[split]?[name] ?? ofGeneration[generation] ?? any ?? MDSShardOptions().compression
    }
}
