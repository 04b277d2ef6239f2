internal import Files

/// A PEFT folder with a LoRA adapter: `adapter_config.json` and `adapter_model.safetensors`.
public final class AdapterFolder: Sendable {
    /// The path of the folder.
    public let path: String
    /// What `adapter_config.json` says.
    public let configuration: AdapterConfiguration
    /// The adapted layers of the base model, in the order of computation.
    public let targets: [AdapterTarget]
    private let file: SafetensorsFile

    static let configurationName = "adapter_config.json"
    static let weightsName = "adapter_model.safetensors"

    /// Opens an adapter for a base model; every name and shape is checked against both configurations.
    public init(_ path: String, base: ModelConfiguration) throws {
        guard Folder.exists(path) else { throw FileFailure.missing(path: path) }
        self.path = path
        configuration = try AdapterConfiguration(file: PathText.join(path, AdapterFolder.configurationName))
        targets = try configuration.adapterTargets(in: base)
        file = try SafetensorsFile(PathText.join(path, AdapterFolder.weightsName))
        var expected: Set<String> = []
        for target in targets {
            for (name, shape) in [(target.downName, target.downShape), (target.upName, target.upShape)] {
                expected.insert(name)
                let tensor = try file.tensor(name)
                guard tensor.shape == shape else {
                    throw ModelFailure.wrongTensor(
                        path: file.path, name: name, expected: "shape \(shape)", found: "shape \(tensor.shape)")
                }
            }
        }
        for tensor in file.tensors where !expected.contains(tensor.name) {
            throw ModelFailure.wrongTensor(
                path: file.path, name: tensor.name, expected: "only tensors of the target modules",
                found: "an unexpected tensor")
        }
    }

    /// Writes A [rank, inputs] of a target to `destination` in single precision.
    public func readDown(_ target: AdapterTarget, into destination: UnsafeMutableBufferPointer<Float>) throws {
        try file.readFloats(target.downName, into: destination)
    }

    /// Writes B [outputs, rank] of a target to `destination` in single precision.
    public func readUp(_ target: AdapterTarget, into destination: UnsafeMutableBufferPointer<Float>) throws {
        try file.readFloats(target.upName, into: destination)
    }

    /// The numbers of A and B of a target, handed over inside the call: `write` must be called with A (`isUp` false) or B.
    public typealias NumberSource =
        (_ target: AdapterTarget, _ isUp: Bool, _ write: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

    /// Writes an adapter folder that PEFT loads; it appears under `path` when it is whole, in the place of a folder that is
    /// there already. Tokenizer files of `companions` are copied beside it.
    public static func write(
        to path: String, configuration: AdapterConfiguration, base: ModelConfiguration, companions: String? = nil,
        numbers: NumberSource
    ) throws {
        let targets = try configuration.adapterTargets(in: base)
        var sources: [String: (AdapterTarget, Bool)] = [:]
        var tensors: [SafetensorsTensor] = []
        for target in targets {
            sources[target.downName] = (target, false)
            sources[target.upName] = (target, true)
            tensors.append(.init(name: target.downName, elementType: .float32, shape: target.downShape))
            tensors.append(.init(name: target.upName, elementType: .float32, shape: target.upShape))
        }
        var folder = try AtomicFolder(path)
        var writer = try SafetensorsWriter(folder(weightsName), tensors: tensors)
        for tensor in writer.tensors {
            guard let (target, isUp) = sources[tensor.name] else { continue }
            try numbers(target, isUp) { try writer.write(tensor.name, floats: $0) }
        }
        try writer.commit()
        try AtomicFile.write(configuration.json.encoded(.pretty), to: folder(configurationName))
        let copied = try ModelFolder.copyCompanions(from: companions, to: folder.temporaryPath)
        if copied.contains("generation_config.json") { try Folder.remove(folder("generation_config.json")) }
        try folder.commit()
    }
}
