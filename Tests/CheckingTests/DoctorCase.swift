import Building
import Files
import Parallel
import Shards
import TestSupport
import Tokenization
import Transformers

@testable import Checking

/// A healthy tiny model, data and recipe, each of which a test can spoil in one way.
struct DoctorCase {
    let folder = TemporaryFolder()
    static let end = UInt32(ByteTokenizer.end)
    static let length = 64

    static let shape: ModelConfiguration = {
        var shape = ModelConfiguration(
            family: .llama, vocabularySize: 257, hiddenSize: 16, intermediateSize: 24, layerCount: 2, headCount: 4,
            keyValueHeadCount: 2, normEpsilon: 1e-5, rotaryBase: 10_000, maximumPositions: 256)
        shape.endTokenIDs = [ByteTokenizer.end]
        return shape
    }()

    /// A model folder with the byte tokenizer.
    func model(
        _ name: String = "base", settings: JSONValue = ["eos_token": "<|endoftext|>"],
        _ change: (inout ModelConfiguration) -> Void = { _ in }
    ) throws -> String {
        var shape = DoctorCase.shape
        change(&shape)
        try ModelFolder.initialize(at: folder(name), configuration: shape, seed: 5, pool: WorkerPool(threads: 1))
        folder.write(ByteTokenizer.json, to: name + "/tokenizer.json")
        folder.write(settings.text(), to: name + "/tokenizer_config.json")
        return folder(name)
    }

    /// A data set as another program writes one: a column of tokens and nothing else.
    func rows(_ rows: [[UInt16]], name: String = "rows") throws -> String {
        let isFixed = Set(rows.map(\.count)).count == 1
        let encoding: MDSEncoding = isFixed ? .fixedArray(.uint16, shape: [rows[0].count]) : .array(.uint16)
        var writer = try MDSShardWriter(columns: [MDSColumn("tokens", encoding)])
        for row in rows { try writer.append { try $0.put(row) } }
        return try write([writer.finish(number: 0)], [:], name)
    }

    /// A data set of ours: packed blocks with segments, each of `contents` tokens that end in the end token.
    func blocks(
        _ contents: [Int] = [Int](repeating: DoctorCase.length, count: 12), policy: String = "eos",
        writesEnd: Bool = true, largest: UInt32 = 200, vocabularySize: Int = 257, attributes: [String: JSONValue] = [:],
        digest: String? = nil, name: String = "blocks"
    ) throws -> String {
        let tokenizer = try digest ?? Tokenizer.load(folder.write(ByteTokenizer.json, to: "bytes.json")).digest
        let schema = BlockSchema(
            length: DoctorCase.length, vocabularySize: vocabularySize, tokenizerDigest: tokenizer,
            separatorPolicy: policy, paddingToken: DoctorCase.end)
        var writer = try schema.makeWriter(blocksPerShard: contents.count)
        for (number, count) in contents.enumerated() {
            var ids = (0..<DoctorCase.length).map { UInt32(($0 * 7 + number) % 100) }
            ids[0] = largest
            for place in count..<DoctorCase.length { ids[place] = DoctorCase.end }
            if writesEnd { ids[count - 1] = DoctorCase.end }
            try ids.withUnsafeBufferPointer {
                try writer.append(block: $0, segmentEnds: [UInt32(count)], segmentDocuments: [0])
            }
        }
        let members = schema.indexAttributes.merging(attributes) { $1 }
        return try write([writer.finish(number: 0)], members, name)
    }

    /// Blocks that say which of their positions carry loss.
    func spans(_ spans: [Range<Int>], name: String) throws -> String {
        let tokenizer = try Tokenizer.load(folder.write(ByteTokenizer.json, to: "bytes.json")).digest
        let schema = BlockSchema(
            length: DoctorCase.length, vocabularySize: 257, tokenizerDigest: tokenizer, separatorPolicy: "eos",
            paddingToken: DoctorCase.end, hasLossSpans: true)
        var writer = try schema.makeWriter(blocksPerShard: 4)
        for number in 0..<4 {
            var ids = (0..<DoctorCase.length).map { UInt32(($0 * 7 + number) % 100) }
            ids[DoctorCase.length - 1] = DoctorCase.end
            try ids.withUnsafeBufferPointer {
                try writer.append(
                    block: $0, segmentEnds: [UInt32(DoctorCase.length)], segmentDocuments: [0],
                    lossSpans: BlockSchema.lossBounds(spans))
            }
        }
        return try write([writer.finish(number: 0)], schema.indexAttributes, name)
    }

    /// The same with something held out.
    func corpus(_ name: String = "corpus") throws -> String {
        _ = try blocks(name: name + "/train")
        _ = try blocks([DoctorCase.length], name: name + "/validation")
        return folder(name)
    }

    private func write(_ shards: [MDSShard], _ attributes: [String: JSONValue], _ name: String) throws -> String {
        try Folder.create(folder(name))
        for shard in shards { try shard.write(to: folder(name)) }
        try MDSIndex(shards: shards.map(\.entry), attributes: attributes).write(to: folder(name))
        return folder(name)
    }

    /// Training options in a file.
    func options(_ text: String) -> String { folder.write(text, to: "train.yaml") }

    /// A recipe over texts of prose.
    func recipe(
        _ extra: String = "", licence: String = ", licence: ours", text: String = CheckedCorpus.prose(1),
        tokenizer: String = "standards.json"
    ) throws -> String {
        folder.write(ByteTokenizer.json, to: "bytes.json")
        let standards = TestData.repository + "/tokenizers/standards-4k/tokenizer.json"
        folder.write(try FileByteStream(standards).readAll(limit: 1 << 24), to: "standards.json")
        folder.write(text, to: "texts/a.md")
        return folder.write(
            "sources:\n  - {name: a, path: texts/*.md\(licence)}\ntokenizer: \(tokenizer)\n\(extra)\n",
            to: "recipe.yaml")
    }

    func check(
        _ targets: String..., model: String? = nil, _ change: (inout DoctorOptions) -> Void = { _ in }
    ) throws -> DoctorReport {
        var options = DoctorOptions()
        options.model = model
        options.operationsPerSecond = 1e9
        options.memory = 1 << 40
        options.processors = 4
        options.threads = 2
        options.output = folder.path
        change(&options)
        return try Doctor(targets, options: options, pool: WorkerPool(threads: 1)).run()
    }
}
