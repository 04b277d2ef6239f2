import Files
import TestSupport
import Testing

@testable import Transformers

@Suite struct SafetensorsTests {
    private let folder = TemporaryFolder()

    /// A file with this header text and this many bytes of data (0, 1, 2, …).
    private func file(_ header: String, data: Int, length: UInt64? = nil) -> String {
        var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) }
        bytes += header.utf8
        bytes += (0..<data).map { UInt8(truncatingIfNeeded: $0) }
        return folder.write(bytes, to: "x.safetensors")
    }

    private func message(_ path: String) -> String {
        do {
            _ = try SafetensorsFile(path)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7, "start and end within the 7 bytes"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 9, "data: expected 8 bytes"),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8,
            "expected 12 bytes for F32 [3], found 8"
        ),
        ("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "tensor a dtype"),
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3, "a hole"),
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,0]}}", 3, "start and end"),
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[-2],\"data_offsets\":[0,2]}}", 2, "integers from 0"),
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,2]}}", 2, "integers from 0"),
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[18446744073709551615],\"data_offsets\":[0,2]}}", 2, "integers from 0"),
        (
            "{\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0,
            "a size that fits in memory"
        ),
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}", 2, "tensor a data_offsets: expected an array"),
        (
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3, "tensors overlap"
        ),
        (
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                + "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", 4, "two tensors named a"
        ),
        ("{\"__metadata__\":{\"a\":1}}", 0, "an object of strings"),
        ("{\"a\":3}", 0, "tensor a dtype"),
        ("{\"a\"", 0, "header: JSON"),
        ("[1,2]", 0, "begins with {"),
    ])
    func lyingHeadersAreNamed(_ header: String, _ data: Int, _ expected: String) {
        let found = message(file(header, data: data))
        #expect(found.contains(expected), "\(found)")
        #expect(!found.contains("\n") && found.contains("x.safetensors"))
    }

    @Test func lyingHeaderLengthsAreNamed() {
        #expect(message(file("{}", data: 0, length: 3)).contains("at most the 2 bytes that follow"))
        #expect(message(file("{}", data: 0, length: .max)).contains("at most 100000000"))
        #expect(message(file("{}", data: 0, length: 0)).contains("begins with {"))
        #expect(message(folder.write([1, 2, 3], to: "x.safetensors")).contains("a file of 3 bytes"))
        #expect(message(folder.write([], to: "x.safetensors")).contains("a file of 0 bytes"))
        #expect(message(folder("none.safetensors")).contains("no such file"))
    }

    @Test func anEmptyFileOfTensorsIsFine() throws {
        let file = try SafetensorsFile(file("{}", data: 0))
        #expect(file.tensors.isEmpty && file["a"] == nil)
        #expect(throws: ModelFailure.self) { try file.floats("a") }
    }

    @Test func tensorsSurviveARoundTrip() throws {
        let path = folder("model.safetensors")
        let tensors = [
            SafetensorsTensor(name: "b", elementType: .float32, shape: [2, 2]),
            SafetensorsTensor(name: "é\"", elementType: .float32, shape: []),
            SafetensorsTensor(name: "a", elementType: .uint8, shape: [3]),
            SafetensorsTensor(name: "none", elementType: .float32, shape: [0, 4]),
        ]
        var writer = try SafetensorsWriter(path, tensors: tensors)
        #expect(writer.tensors.map(\.name) == ["b", "none", "é\"", "a"])
        try writer.write("b", floats: [1, -2, 3.5, .infinity])
        try writer.write("none", floats: [])
        try writer.write("é\"", floats: [7])
        try ([9, 8, 1] as [UInt8]).withUnsafeBytes { try writer.write("a", bytes: $0) }
        try writer.commit()
        let file = try SafetensorsFile(path)
        #expect(file.metadata == ["format": "pt"])
        #expect(file.tensors.map(\.name) == ["a", "b", "none", "é\""])
        #expect(try file.floats("b") == [1, -2, 3.5, .infinity])
        #expect(try file.floats("é\"") == [7])
        #expect(try file.floats("none") == [])
        #expect(try file.integers("a") == [9, 8, 1])
        #expect(file["b"]?.shape == [2, 2])
        #expect(throws: ModelFailure.self) { try file.floats("a") }
        #expect(throws: ModelFailure.self) { try file.integers("b") }
        let headerLength = try FileByteStream(path).readAll(limit: 8 << 10)[0..<8].reversed().reduce(0) {
            $0 << 8 | Int($1)
        }
        #expect(headerLength % 8 == 0)
    }

    @Test func writerHoldsItsOrder() throws {
        let tensors = ["a", "b"].map { SafetensorsTensor(name: $0, elementType: .float32, shape: [1]) }
        var writer = try SafetensorsWriter(folder("w.safetensors"), tensors: tensors)
        #expect(throws: ModelFailure.self) { try writer.write("b", floats: [1]) }
        #expect(throws: ModelFailure.self) { try writer.write("a", floats: [1, 2]) }
        try writer.write("a", floats: [1])
        #expect(throws: ModelFailure.self) { try writer.commit() }
        #expect(!Folder.exists(folder("w.safetensors")))
        #expect(throws: ModelFailure.self) {
            _ = try SafetensorsWriter(folder("w2.safetensors"), tensors: tensors + tensors)
        }
    }

    @Test func halfPrecisionMatchesTheHardware() {
        for bits in UInt16.min...UInt16.max {
            let expected = Float(Float16(bitPattern: bits))
            let found = SafetensorsFile.float(halfBits: bits)
            if expected.isNaN { #expect(found.isNaN) } else { #expect(found.bitPattern == expected.bitPattern) }
        }
    }

    @Test func brainFloatsAreUpperHalves() throws {
        let header = "{\"a\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[0,6]}}"
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
        for value: UInt16 in [0x3F80, 0xC049, 0x0001] { bytes += [UInt8(value & 255), UInt8(value >> 8)] }
        let file = try SafetensorsFile(folder.write(bytes, to: "b.safetensors"))
        #expect(try file.floats("a") == [1, -3.140625, Float(bitPattern: 0x0001_0000)])
    }

    @Test(.enabled(if: TestData.isPresent)) func referenceFilesAreRead() throws {
        let file = try SafetensorsFile(TestData.path("train-reference/llama/full.safetensors"))
        #expect(file["logits"]?.shape == [2, 32, 272])
        #expect(try file.integers("input_ids").count == 5 * 2 * 32)
        #expect(try file.doubles("lr").count == 5)
        #expect(try file.integers("doc.mask").allSatisfy { $0 == 0 || $0 == 1 })
    }
}
