import Files
import Parallel
import Shards
import Tensors
import TestSupport
import Transformers

@testable import Training

/// A small random model, small data sets, and runs over them.
struct TinyRun {
    let folder = TemporaryFolder()
    let backend = CPUBackend(threads: 1)
    static let length = 32

    static let shape: ModelConfiguration = {
        var shape = ModelConfiguration(
            family: .llama, vocabularySize: 40, hiddenSize: 16, intermediateSize: 24, layerCount: 2, headCount: 4,
            keyValueHeadCount: 2, normEpsilon: 1e-5, rotaryBase: 10_000, maximumPositions: 64)
        shape.beginTokenID = 1
        shape.endTokenIDs = [2]
        return shape
    }()

    init() throws {
        try ModelFolder.initialize(
            at: folder("base"), configuration: TinyRun.shape, seed: 5, pool: WorkerPool(threads: 1))
        folder.write("{}", to: "base/tokenizer.json")
        try makeDataset("data/train", blocks: 24, seed: 1)
        try makeDataset("data/validation", blocks: 3, seed: 2)
    }

    /// Blocks with a pattern to learn: each token follows from the one before, but for a little noise.
    func makeDataset(
        _ name: String, blocks: Int, seed: UInt64, vocabularySize: Int = 40, digest: String = "t",
        segments: Bool = true,
        lossSpans: ((_ block: Int) -> [UInt32])? = nil
    ) throws {
        let schema = BlockSchema(
            length: TinyRun.length, vocabularySize: vocabularySize, tokenizerDigest: digest, separatorPolicy: "none",
            paddingToken: 0, hasLossSpans: lossSpans != nil)
        var writer = try schema.makeWriter(blocksPerShard: 10)
        var random = SeededRandom(seed: seed)
        let path = folder(name)
        try Folder.create(path)
        var entries: [MDSShardEntry] = []
        for block in 0..<blocks {
            var tokens: [UInt32] = []
            for _ in 0..<TinyRun.length {
                let follows = UInt32(((tokens.last ?? 0) * 7 + 3) % 40)
                tokens.append(random.nextInt(below: 8) == 0 ? UInt32(random.nextInt(below: 40)) : follows)
            }
            let ends: [UInt32] = block == blocks - 1 ? [9, 20] : block % 3 == 0 ? [32] : [5, 18, 32]
            try tokens.withUnsafeBufferPointer {
                try writer.append(
                    block: $0, segmentEnds: ends, segmentDocuments: ends.map { _ in 0 }, lossSpans: lossSpans?(block))
            }
            if writer.samples == 10 || block == blocks - 1 {
                let shard = writer.finish(number: entries.count)
                try shard.write(to: path)
                entries.append(shard.entry)
            }
        }
        try MDSIndex(shards: entries, attributes: schema.indexAttributes).write(to: path)
    }

    var data: TrainingData {
        get throws { try TrainingData([(folder("data"), nil)]) }
    }

    /// Ten steps of two passes of two rows of 16 tokens.
    static var options: TrainingOptions {
        var options = TrainingOptions()
        options.steps = 10
        options.sequenceLength = 16
        options.batchRows = 2
        options.gradientAccumulation = 2
        options.learningRate = 0.01
        options.warmupSteps = 2
        options.evaluationInterval = 4
        options.checkpointInterval = 2
        return options
    }

    static var adapterOptions: TrainingOptions {
        var options = TinyRun.options
        options.method = .lora
        options.lora.rank = 3
        options.lora.alpha = 6
        options.lora.targets = ["q_proj", "v_proj", "down_proj"]
        return options
    }

    func make(_ name: String, _ options: TrainingOptions, data: TrainingData? = nil, resumes: Bool = false) throws
        -> TrainingRun
    {
        try TrainingRun(
            modelPath: folder("base"), data: data ?? self.data, output: folder(name), options: options,
            resumes: resumes, backend: backend)
    }

    /// The lines of a run's metrics without their time fields.
    func metrics(_ name: String) throws -> [JSONValue] {
        var lines = LineReader(try FileByteStream(folder("\(name)/metrics.jsonl")))
        var found: [JSONValue] = []
        while let value = try lines.next({ try JSONValue(parsing: Array($0), name: "metrics") }) {
            var members = value.members ?? [:]
            for name in ["step_seconds", "time", "tokens_per_second"] { members[name] = nil }
            found.append(.object(members))
        }
        return found
    }

    /// The bytes of a file of a run.
    func bytes(_ name: String) throws -> [UInt8] { try FileByteStream(folder(name)).readAll(limit: 1 << 24) }
}

/// What a test throws to end a run as a kill would, between two steps.
struct Killed: Error {}

/// The message of whatever `body` throws.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch { return "\(error)" }
}
