internal import Files

/// Writes one safetensors file: the tensors are declared first, then their numbers follow one tensor after the other, so
/// that memory holds none of them. The file appears under its name when `commit()` is called.
///
/// Tensors stand in the file with the larger element types first and then in byte order of their names, as the reference
/// implementation orders them: every tensor is then aligned to its element. The header is padded with spaces to 8 bytes.
public struct SafetensorsWriter: ~Copyable {
    /// The declared tensors in the order in which they must be written.
    public let tensors: [SafetensorsTensor]
    private var file: AtomicFile
    private var next = 0

    /// Starts the file at `path` for the declared tensors, in any order. Throws `ModelFailure.usage` for a name that is
    /// declared twice.
    public init(
        _ path: String, tensors: [SafetensorsTensor], metadata: [String: String] = ["format": "pt"]
    ) throws {
        let ordered = tensors.sorted {
            $0.elementType.byteCount != $1.elementType.byteCount
                ? $0.elementType.byteCount > $1.elementType.byteCount : precedesInByteOrder($0.name, $1.name)
        }
        var header: [String: JSONValue] = [:]
        var offset = 0
        for tensor in ordered {
            let entry: JSONValue = [
                "dtype": .string(tensor.elementType.rawValue), "shape": .array(tensor.shape.map { .integer($0) }),
                "data_offsets": [.integer(offset), .integer(offset + tensor.byteCount)],
            ]
            offset += tensor.byteCount
            if tensor.name == "__metadata__" || header.updateValue(entry, forKey: tensor.name) != nil {
                throw ModelFailure.usage(
                    subject: path, expected: "every tensor name once", found: "\(tensor.name) used again")
            }
        }
        if !metadata.isEmpty { header["__metadata__"] = .object(metadata.mapValues { .string($0) }) }
        var bytes = JSONValue.object(header).encoded()
        while bytes.count % 8 != 0 { bytes.append(0x20) }
        let length = UInt64(bytes.count)
        var output = try AtomicFile(path)
        try output.write((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        try output.write(bytes)
        self.tensors = ordered
        file = output
    }

    /// Writes the stored bytes of the tensor called `name`, which must be the next of `tensors`.
    public mutating func write(_ name: String, bytes: UnsafeRawBufferPointer) throws {
        guard next < tensors.count, tensors[next].name == name, tensors[next].byteCount == bytes.count else {
            let expected =
                next < tensors.count ? "\(tensors[next].name), \(tensors[next].byteCount) bytes" : "nothing more"
            throw ModelFailure.wrongTensor(
                path: file.path, name: name, expected: "the next declared tensor: \(expected)",
                found: "\(name), \(bytes.count) bytes")
        }
        next += 1
        try file.write(bytes)
    }

    /// Writes the numbers of a tensor that is declared as F32.
    public mutating func write(_ name: String, floats: UnsafeBufferPointer<Float>) throws {
        if next < tensors.count, tensors[next].elementType != .float32 {
            throw ModelFailure.wrongTensor(
                path: file.path, name: name, expected: tensors[next].elementType.rawValue, found: "F32")
        }
        try write(name, bytes: UnsafeRawBufferPointer(floats))
    }

    /// Writes the numbers of a tensor that is declared as F32.
    public mutating func write(_ name: String, floats: [Float]) throws {
        try floats.withUnsafeBufferPointer { try write(name, floats: $0) }
    }

    /// Syncs the file and gives it its name. Throws `ModelFailure.wrongTensor` where a declared tensor was not written.
    public mutating func commit() throws {
        if next < tensors.count {
            throw ModelFailure.wrongTensor(
                path: file.path, name: tensors[next].name, expected: "its numbers before the file ends", found: "none")
        }
        try file.commit()
    }
}
