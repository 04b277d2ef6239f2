internal import Files
internal import Glibc

/// A safetensors file, mapped: the header is checked when the file is opened, the numbers are read when they are asked for.
///
/// The format is that of https://github.com/huggingface/safetensors: eight bytes of header length (little-endian), a JSON
/// header, then the bytes of all tensors without holes or overlaps. Opening costs the header; no tensor is copied.
public final class SafetensorsFile: Sendable {
    /// The path of the file.
    public var path: String { file.path }
    /// The tensors, in byte order of their names.
    public let tensors: [SafetensorsTensor]
    /// The header's `__metadata__`.
    public let metadata: [String: String]

    private let file: MappedFile
    private let places: [String: Place]

    private struct Place: Sendable {
        let index: Int
        let start: Int
    }

    /// The largest header that is read, as in the reference implementation.
    private static let headerLimit = 100_000_000

    /// Opens and checks a file. Throws `ModelFailure.malformed` for a header that lies, `FileFailure` where there is none.
    public init(_ path: String) throws {
        let file = try MappedFile(path)
        let bytes = file.bytes
        let headerLength = try SafetensorsFile.headerLength(of: bytes, path)
        let header = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + headerLength])
        var entries: [(tensor: SafetensorsTensor, start: Int, end: Int)] = []
        var metadata: [String: String] = [:]
        let parser = JSONParser()
        try parser.parse(header, name: "\(path): header") { root in
            guard root.kind == .object else {
                throw SafetensorsFile.malformed(path, "header", "a JSON object", "another JSON value")
            }
            try root.forEachMember { key, value in
                let name = String(decoding: key, as: UTF8.self)
                if name == "__metadata__" {
                    metadata = try SafetensorsFile.metadata(value, path)
                } else {
                    entries.append(
                        try SafetensorsFile.entry(name, value, dataCount: bytes.count - 8 - headerLength, path))
                }
            }
        }
        try SafetensorsFile.checkCoverage(entries, dataCount: bytes.count - 8 - headerLength, path)
        entries.sort { precedesInByteOrder($0.tensor.name, $1.tensor.name) }
        var places: [String: Place] = [:]
        for (index, entry) in entries.enumerated() {
            let place = Place(index: index, start: 8 + headerLength + entry.start)
            if places.updateValue(place, forKey: entry.tensor.name) != nil {
                throw SafetensorsFile.malformed(
                    path, "header", "every name once", "two tensors named \(entry.tensor.name)")
            }
        }
        self.file = file
        self.metadata = metadata
        self.places = places
        tensors = entries.map(\.tensor)
    }

    /// The tensor of that name; nil where there is none.
    public subscript(name: String) -> SafetensorsTensor? {
        places[name].map { tensors[$0.index] }
    }

    /// The tensor of that name. Throws `ModelFailure.wrongTensor` where there is none.
    public func tensor(_ name: String) throws -> SafetensorsTensor {
        guard let tensor = self[name] else {
            throw ModelFailure.wrongTensor(path: path, name: name, expected: "a tensor of this name", found: "none")
        }
        return tensor
    }

    /// Calls `body` with the stored bytes of a tensor: little-endian, row-major, not necessarily aligned, valid inside the
    /// call only.
    public func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let tensor = try tensor(name)
        let start = places[name]?.start ?? 0
        return try withExtendedLifetime(file) {
            try body(UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + tensor.byteCount]))
        }
    }
}

// Checks of the header.
extension SafetensorsFile {
    private static func malformed(_ path: String, _ place: String, _ expected: String, _ found: String) -> ModelFailure
    {
        .malformed(path: path, place: place, expected: expected, found: found)
    }

    private static func headerLength(of bytes: UnsafeRawBufferPointer, _ path: String) throws -> Int {
        guard bytes.count >= 8 else {
            throw malformed(path, "header length", "8 bytes", "a file of \(bytes.count) bytes")
        }
        let claimed = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard claimed <= UInt64(headerLimit) else {
            throw malformed(path, "header length", "at most \(headerLimit) bytes", "\(claimed)")
        }
        guard claimed <= UInt64(bytes.count - 8) else {
            throw malformed(
                path, "header length", "at most the \(bytes.count - 8) bytes that follow it", "\(claimed)")
        }
        guard claimed >= 2, bytes[8] == UInt8(ascii: "{") else {
            throw malformed(
                path, "header", "a JSON object that begins with {", "something else: not a safetensors file")
        }
        return Int(claimed)
    }

    private static func metadata(_ value: JSONElement, _ path: String) throws -> [String: String] {
        guard value.kind == .object else {
            throw malformed(path, "__metadata__", "an object of strings", "another JSON value")
        }
        var metadata: [String: String] = [:]
        try value.forEachMember { key, text in
            guard let text = text.string else {
                throw malformed(
                    path, "__metadata__", "an object of strings",
                    "another value for \(String(decoding: key, as: UTF8.self))")
            }
            metadata[String(decoding: key, as: UTF8.self)] = text
        }
        return metadata
    }

    private static func entry(
        _ name: String, _ value: JSONElement, dataCount: Int, _ path: String
    ) throws -> (tensor: SafetensorsTensor, start: Int, end: Int) {
        let place = "tensor \(name)"
        let typeName = value["dtype"]?.string ?? "none"
        guard let type = SafetensorsElementType(rawValue: typeName) else {
            throw malformed(
                path, place + " dtype",
                "one of " + SafetensorsElementType.allCases.map(\.rawValue).joined(separator: ", "), typeName)
        }
        let shape = try integers(value["shape"], path, place + " shape")
        let offsets = try integers(value["data_offsets"], path, place + " data_offsets")
        guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= dataCount else {
            throw malformed(
                path, place + " data_offsets", "start and end within the \(dataCount) bytes of data", "\(offsets)")
        }
        var byteCount = type.byteCount
        for dimension in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            guard !overflow else {
                throw malformed(path, place + " shape", "a size that fits in memory", "\(shape)")
            }
            byteCount = product
        }
        guard byteCount == offsets[1] - offsets[0] else {
            throw malformed(
                path, place, "\(byteCount) bytes for \(typeName) \(shape)", "\(offsets[1] - offsets[0]) bytes")
        }
        return (SafetensorsTensor(name: name, elementType: type, shape: shape), offsets[0], offsets[1])
    }

    private static func integers(_ value: JSONElement?, _ path: String, _ place: String) throws -> [Int] {
        guard let value, value.kind == .array else {
            throw malformed(path, place, "an array of integers", value == nil ? "none" : "another JSON value")
        }
        var numbers: [Int] = []
        try value.forEachItem { item in
            guard let number = item.int, number >= 0 else {
                throw malformed(path, place, "integers from 0", item.double.map { "\($0)" } ?? "another JSON value")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// The tensors must cover the data from its first to its last byte, each byte once.
    private static func checkCoverage(
        _ entries: [(tensor: SafetensorsTensor, start: Int, end: Int)], dataCount: Int, _ path: String
    ) throws {
        var covered = 0
        for entry in entries.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            guard entry.start == covered else {
                throw malformed(
                    path, "tensor \(entry.tensor.name) data_offsets",
                    "a start at byte \(covered), where the one before ends",
                    "\(entry.start): " + (entry.start < covered ? "tensors overlap" : "a hole between tensors"))
            }
            covered = entry.end
        }
        guard covered == dataCount else {
            throw malformed(path, "data", "\(covered) bytes, as the header says", "\(dataCount)")
        }
    }
}
