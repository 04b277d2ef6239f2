internal import Files

/// A Hugging Face model folder that is read: `config.json` and the weights in `model.safetensors` or in the files that
/// `model.safetensors.index.json` lists.
///
/// Opening checks every name and shape against the configuration and reads no numbers; the files are mapped.
public final class ModelFolder: Sendable {
    /// The path of the folder.
    public let path: String
    /// What `config.json` says.
    public let configuration: ModelConfiguration
    private let files: [SafetensorsFile]
    private let fileOfTensor: [String: Int]

    static let singleName = "model.safetensors"
    static let indexName = "model.safetensors.index.json"

    /// Opens a folder. Throws `FileFailure` for a missing file and `ModelFailure` for a missing, unexpected or wrongly shaped
    /// tensor, an index that does not match its files, or weights in another format.
    public init(_ path: String) throws {
        guard Folder.exists(path) else { throw FileFailure.missing(path: path) }
        guard Folder.isFolder(path) else {
            throw FileFailure.wrongKind(path: path, expected: "a model folder with config.json", found: "a file")
        }
        self.path = path
        configuration = try ModelConfiguration(file: PathText.join(path, "config.json"))
        let single = PathText.join(path, ModelFolder.singleName)
        let index = PathText.join(path, ModelFolder.indexName)
        if Folder.exists(single) {
            files = [try SafetensorsFile(single)]
            fileOfTensor = Dictionary(uniqueKeysWithValues: files[0].tensors.map { ($0.name, 0) })
        } else if Folder.exists(index) {
            (files, fileOfTensor) = try ModelFolder.openParts(index, in: path)
        } else {
            if let other = try Folder.names(in: path).first(where: { $0.hasSuffix(".bin") || $0.hasSuffix(".gguf") }) {
                throw ModelFailure.unsupported(
                    path: path, feature: "the format of the weights", found: other, supported: ModelFolder.singleName)
            }
            throw FileFailure.missing(path: single)
        }
        try check()
    }

    private static func openParts(_ index: String, in folder: String) throws -> ([SafetensorsFile], [String: Int]) {
        guard let map = try JSONValue(file: index)["weight_map"]?.members else {
            throw ModelFailure.malformed(
                path: index, place: "weight_map", expected: "an object of tensor names and file names", found: "none")
        }
        var files: [SafetensorsFile] = []
        var indexOfFile: [String: Int] = [:]
        var fileOfTensor: [String: Int] = [:]
        for name in map.keys.sorted(by: precedesInByteOrder) {
            guard let fileName = map[name]?.string, !fileName.isEmpty, !fileName.utf8.contains(UInt8(ascii: "/")) else {
                throw ModelFailure.malformed(
                    path: index, place: "weight_map.\(name)", expected: "the name of a file in the folder",
                    found: map[name]?.text() ?? "none")
            }
            if indexOfFile[fileName] == nil {
                indexOfFile[fileName] = files.count
                files.append(try SafetensorsFile(PathText.join(folder, fileName)))
            }
            let file = indexOfFile[fileName]!
            _ = try files[file].tensor(name)
            fileOfTensor[name] = file
        }
        return (files, fileOfTensor)
    }

    /// Names and shapes against the configuration.
    private func check() throws {
        var expected: Set<String> = []
        for parameter in configuration.parameters {
            expected.insert(parameter.name)
            guard let file = fileOfTensor[parameter.name], let tensor = files[file][parameter.name] else {
                throw ModelFailure.wrongTensor(
                    path: path, name: parameter.name, expected: "shape \(parameter.shape)", found: "no such tensor")
            }
            guard tensor.shape == parameter.shape else {
                throw ModelFailure.wrongTensor(
                    path: files[file].path, name: parameter.name, expected: "shape \(parameter.shape)",
                    found: "shape \(tensor.shape)")
            }
            guard [.float32, .bfloat16, .float16, .float64].contains(tensor.elementType) else {
                throw ModelFailure.wrongTensor(
                    path: files[file].path, name: parameter.name, expected: "F32, BF16, F16 or F64",
                    found: tensor.elementType.rawValue)
            }
        }
        for name in fileOfTensor.keys.sorted(by: precedesInByteOrder) where !expected.contains(name) {
            if name == "lm_head.weight" {
                try checkTiedOutput()
            } else if !name.hasSuffix(".rotary_emb.inv_freq") {  // A constant that old checkpoints carry.
                throw ModelFailure.wrongTensor(
                    path: path, name: name, expected: "only tensors that config.json calls for",
                    found: "an unexpected tensor")
            }
        }
    }

    /// A folder with tied embeddings may repeat them as the output matrix; another matrix there would change the model.
    private func checkTiedOutput() throws {
        let same = try withBytes(of: "lm_head.weight") { output in
            try withBytes(of: "model.embed_tokens.weight") { output.elementsEqual($0) }
        }
        guard same else {
            throw ModelFailure.wrongTensor(
                path: path, name: "lm_head.weight",
                expected: "the same numbers as model.embed_tokens.weight, since tie_word_embeddings is true",
                found: "other numbers")
        }
    }

    private func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result
    {
        try files[fileOfTensor[name] ?? 0].withBytes(of: name, body)
    }

    /// How the numbers of a parameter are stored.
    public func elementType(of parameter: ModelParameter) throws -> SafetensorsElementType {
        try files[fileOfTensor[parameter.name] ?? 0].tensor(parameter.name).elementType
    }

    /// Writes the numbers of a parameter to `destination` in single precision.
    public func read(_ parameter: ModelParameter, into destination: UnsafeMutableBufferPointer<Float>) throws {
        try files[fileOfTensor[parameter.name] ?? 0].readFloats(parameter.name, into: destination)
    }

    /// The numbers of a parameter where its file has them, valid while this object lives and never to be written; nil where they
    /// are not stored as aligned F32. For frozen weights, which then need no memory of their own.
    public func mappedFloats(of parameter: ModelParameter) throws -> UnsafeBufferPointer<Float>? {
        try files[fileOfTensor[parameter.name] ?? 0].mappedFloats(parameter.name)
    }

    /// The digest of the configuration and of every tensor's name and stored bytes: equal for the same weights however they
    /// are spread over files. Reads all of them.
    public func digest() throws -> String {
        var digest = SHA256Digest()
        digest.update(configuration.json().text())
        for parameter in configuration.parameters {
            digest.update(parameter.name)
            try withBytes(of: parameter.name) { digest.update($0) }
        }
        return digest.hexadecimal()
    }
}
