import ArgumentParser
import CZstd
import Files
import Shards

struct ReadBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Read a data set of shards; bare: the zstd decoder alone, on the same frames in their order.",
        discussion: """
            "cpu_s" is the median of the passes: open the data set, read every block and copy its ids as 32-bit numbers. "bare_s": map \
            each file and decode its frame into one buffer. Both take turns.
            """)

    enum Order: String, ExpressibleByArgument, CaseIterable { case stored, shuffled, random }

    @Argument(help: "The folder of the data set.")
    var folder: String

    @Option(help: "stored, shuffled, or random: by the number of the block, so many as --count, without a cache.")
    var order = Order.stored

    @Option(help: "Blocks for --order random.")
    var count = 2000

    @Option(help: "Megabytes of the cache.")
    var cache = 64

    @Option(help: "Passes.")
    var passes = 3

    @Option(help: "Epochs in a pass.")
    var epochs = 1

    @Option(help: "Folder for decoded shards.")
    var scratch: String?

    func run() throws {
        let options = ShardReadingOptions(cacheBytes: order == .random ? 0 : cache << 20, scratchFolder: scratch)
        var seconds: [Double] = []
        var bare: [Double] = []
        var blocks = 0
        var sum: UInt64 = 0
        for pass in 0..<passes {
            let started = ShardsBenchmark.cpuSeconds
            let dataset = try ShardDataset(folder, options: options)
            var ids = [UInt32](repeating: 0, count: dataset.blockLength ?? 1 << 16)
            blocks = 0
            func take(_ block: TokenBlock) {
                ids.withUnsafeMutableBufferPointer {
                    block.copyTokens(to: $0)
                    sum &+= UInt64($0[blocks % $0.count])
                }
                blocks += 1
            }
            if order == .random {
                var next = try DataOrder(count: dataset.blockCount, seed: UInt64(pass))
                for _ in 0..<count { if let number = next.next() { take(try dataset.block(number)) } }
            } else {
                var reader = try BlockReader(dataset, seed: order == .shuffled ? 1 : nil, epochs: epochs)
                while let block = try reader.next() { take(block) }
            }
            seconds.append(ShardsBenchmark.cpuSeconds - started)
            bare.append(try bareSeconds(dataset.index))
        }
        ShardsBenchmark.print([
            "blocks": .integer(blocks), "cpu_s": .double(seconds.sorted()[passes / 2]),
            "bare_s": .double(bare.sorted()[passes / 2]), "sum": .string(String(sum)),
        ])
    }

    private func bareSeconds(_ index: MDSIndex) throws -> Double {
        let context = ZSTD_createDCtx()
        defer { ZSTD_freeDCtx(context) }
        let size = index.shards.map(\.rawData.bytes).max() ?? 0
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(1, size), alignment: 64)
        defer { buffer.deallocate() }
        let started = ShardsBenchmark.cpuSeconds
        for entry in index.shards {
            let file = try MappedFile(PathText.join(folder, entry.file.basename))
            let got = file.withBytes { ZSTD_decompressDCtx(context, buffer, size, $0.baseAddress, $0.count) }
            precondition(got == entry.rawData.bytes, "the bare decoder failed")
        }
        return ShardsBenchmark.cpuSeconds - started
    }
}
