internal import Files
public import Parallel

extension ModelFolder {
    /// The numbers of a parameter, handed over inside the call: the second argument must be called exactly once with all of
    /// them in row-major order.
    public typealias NumberSource =
        (_ parameter: ModelParameter, _ write: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

    /// Files beside the weights that are copied from one folder to the next where they are there.
    public static let tokenizerFileNames = [
        "added_tokens.json", "chat_template.jinja", "encoding.json", "merges.txt", "special_tokens_map.json",
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json",
    ]

    /// Writes a model folder that transformers loads; it appears under `path` when it is whole, in the place of a folder that
    /// is there already.
    ///
    /// - Parameters:
    ///   - elementType: F32 or BF16 (rounded to the nearest, ties to even).
    ///   - maximumFileBytes: weights beyond it are spread over several files with an index.
    ///   - companions: a folder (or one tokenizer file) whose tokenizer files and `generation_config.json` are copied.
    ///   - numbers: asked for each parameter once, in the order of the files; one parameter at a time is in memory.
    public static func write(
        to path: String, configuration: ModelConfiguration, elementType: SafetensorsElementType = .float32,
        maximumFileBytes: Int = 5_000_000_000, companions: String? = nil, numbers: NumberSource
    ) throws {
        var folder = try AtomicFolder(path)
        let parts = split(configuration.parameters, elementType: elementType, maximumFileBytes: maximumFileBytes)
        for (index, part) in parts.enumerated() {
            try write(part, to: folder(fileName(index, of: parts.count)), elementType, numbers)
        }
        if parts.count > 1 {
            var map: [String: JSONValue] = [:]
            for (index, part) in parts.enumerated() {
                for parameter in part { map[parameter.name] = .string(fileName(index, of: parts.count)) }
            }
            let total = configuration.parameterCount * elementType.byteCount
            let value: JSONValue = ["metadata": ["total_size": .integer(total)], "weight_map": .object(map)]
            try AtomicFile.write(value.encoded(.pretty), to: folder(indexName))
        }
        try AtomicFile.write(
            configuration.json(elementType: elementType).encoded(.pretty), to: folder("config.json"))
        let copied = try copyCompanions(from: companions, to: folder.temporaryPath)
        if !copied.contains("generation_config.json"), !configuration.endTokenIDs.isEmpty {
            try AtomicFile.write(configuration.generationJSON.encoded(.pretty), to: folder("generation_config.json"))
        }
        try folder.commit()
    }

    /// Makes a model folder with random weights, the same for the same configuration and seed on any number of threads.
    public static func initialize(
        at path: String, configuration: ModelConfiguration, seed: UInt64, companions: String? = nil, pool: WorkerPool
    ) throws {
        try write(to: path, configuration: configuration, companions: companions) { parameter, write in
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: parameter.elementCount)
            defer { buffer.deallocate() }
            try WeightInitialization.fill(
                buffer, for: parameter, deviation: configuration.initializerRange, seed: seed, pool: pool)
            try write(UnsafeBufferPointer(buffer))
        }
    }

    /// Copies the tokenizer files and `generation_config.json` of a folder, or one tokenizer file; returns their names.
    @discardableResult
    public static func copyCompanions(from source: String?, to folder: String) throws -> [String] {
        guard let source else { return [] }
        guard Folder.exists(source) else { throw FileFailure.missing(path: source) }
        var copied: [String] = []
        if !Folder.isFolder(source) {
            try copyFile(source, to: PathText.join(folder, PathText.name(of: source)))
            return [PathText.name(of: source)]
        }
        for name in try Folder.names(in: source) {
            guard tokenizerFileNames.contains(name) || name == "generation_config.json" || name.hasSuffix(".tiktoken")
            else { continue }
            try copyFile(PathText.join(source, name), to: PathText.join(folder, name))
            copied.append(name)
        }
        return copied
    }

    private static func copyFile(_ source: String, to target: String) throws {
        let stream = try FileByteStream(source)
        var file = try AtomicFile(target)
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = try chunk.withUnsafeMutableBytes { try stream.read(into: $0) }
            if got == 0 { break }
            try chunk.withUnsafeBytes { try file.write(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
        }
        try file.commit()
    }

    /// Cuts the parameters, in their order, into files of at most `maximumFileBytes` (one parameter at least).
    private static func split(
        _ parameters: [ModelParameter], elementType: SafetensorsElementType, maximumFileBytes: Int
    ) -> [[ModelParameter]] {
        var parts: [[ModelParameter]] = [[]]
        var size = 0
        for parameter in parameters {
            let bytes = parameter.elementCount * elementType.byteCount
            if size > 0, size + bytes > maximumFileBytes {
                parts.append([])
                size = 0
            }
            parts[parts.count - 1].append(parameter)
            size += bytes
        }
        return parts
    }

    private static func fileName(_ index: Int, of count: Int) -> String {
        if count == 1 { return singleName }
        func digits(_ number: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, 5 - text.utf8.count)) + text
        }
        return "model-\(digits(index + 1))-of-\(digits(count)).safetensors"
    }

    private static func write(
        _ parameters: [ModelParameter], to path: String, _ elementType: SafetensorsElementType, _ numbers: NumberSource
    ) throws {
        var writer = try SafetensorsWriter(
            path,
            tensors: parameters.map { .init(name: $0.name, elementType: elementType, shape: $0.shape) })
        let byName = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) })
        for tensor in writer.tensors {
            guard let parameter = byName[tensor.name] else { continue }
            try numbers(parameter) { floats in
                if elementType == .bfloat16 {
                    try floats.map(brainFloat).withUnsafeBytes { try writer.write(tensor.name, bytes: $0) }
                } else {
                    try writer.write(tensor.name, floats: floats)
                }
            }
        }
        try writer.commit()
    }

    /// The bits of the nearest bfloat16, ties to even; a NaN stays one.
    static func brainFloat(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}

extension ModelConfiguration {
    /// The text of a `generation_config.json`: where a text begins and ends.
    var generationJSON: JSONValue {
        let written = json()
        return [
            "_from_model_config": true, "bos_token_id": written["bos_token_id"] ?? .null,
            "eos_token_id": written["eos_token_id"] ?? .null,
        ]
    }
}
