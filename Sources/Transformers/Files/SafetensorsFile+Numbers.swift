// Conversion of stored numbers. Files are little-endian, as are all machines this program runs on.
extension SafetensorsFile {
    /// The numbers of an F32 tensor where the file has them, valid while this object lives and never to be written; nil where the
    /// tensor is of another type or not aligned to its elements. Costs nothing: pages are read when they are touched.
    public func mappedFloats(_ name: String) throws -> UnsafeBufferPointer<Float>? {
        let tensor = try tensor(name)
        guard tensor.elementType == .float32 else { return nil }
        return try withBytes(of: name) { bytes in
            guard let base = bytes.baseAddress, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 else {
                return nil
            }
            return UnsafeBufferPointer(
                start: base.assumingMemoryBound(to: Float.self), count: tensor.elementCount)
        }
    }

    /// Writes the numbers of a tensor to `destination`, converted to single precision. Throws `ModelFailure.wrongTensor`
    /// where the tensor is missing, holds no floating-point numbers, or has another number of elements than `destination`.
    ///
    /// Cost: one pass; a plain copy where the file holds F32.
    public func readFloats(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
        let tensor = try tensor(name)
        guard tensor.elementCount == destination.count else {
            throw ModelFailure.wrongTensor(
                path: path, name: name, expected: "\(destination.count) elements",
                found: "\(tensor.elementCount) in shape \(tensor.shape)")
        }
        try withBytes(of: name) { bytes in
            switch tensor.elementType {
            case .float32: UnsafeMutableRawBufferPointer(destination).copyMemory(from: bytes)
            case .bfloat16: SafetensorsFile.widenBrainFloats(bytes, destination)
            case .float16: SafetensorsFile.widenHalfFloats(bytes, destination)
            case .float64:
                for index in destination.indices {
                    destination[index] = Float(bytes.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
                }
            default:
                throw ModelFailure.wrongTensor(
                    path: path, name: name, expected: "floating-point numbers (F32, BF16, F16, F64)",
                    found: tensor.elementType.rawValue)
            }
        }
    }

    /// The numbers of a tensor in single precision.
    public func floats(_ name: String) throws -> [Float] {
        let count = try tensor(name).elementCount
        return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            try readFloats(name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }

    /// The numbers of a floating-point tensor in double precision.
    public func doubles(_ name: String) throws -> [Double] {
        let tensor = try tensor(name)
        guard tensor.elementType == .float64 else { return try floats(name).map(Double.init) }
        return try withBytes(of: name) { bytes in
            (0..<tensor.elementCount).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
        }
    }

    /// The numbers of an integer or truth-value tensor.
    public func integers(_ name: String) throws -> [Int] {
        let tensor = try tensor(name)
        return try withBytes(of: name) { bytes in
            func all<Stored: FixedWidthInteger & BitwiseCopyable>(_: Stored.Type) -> [Int] {
                (0..<tensor.elementCount).map {
                    Int(
                        truncatingIfNeeded: bytes.loadUnaligned(
                            fromByteOffset: $0 * MemoryLayout<Stored>.size, as: Stored.self))
                }
            }
            switch tensor.elementType {
            case .int64: return all(Int64.self)
            case .uint64: return all(UInt64.self)
            case .int32: return all(Int32.self)
            case .uint32: return all(UInt32.self)
            case .int16: return all(Int16.self)
            case .uint16: return all(UInt16.self)
            case .int8: return all(Int8.self)
            case .uint8, .bool: return all(UInt8.self)
            case .float64, .float32, .float16, .bfloat16:
                throw ModelFailure.wrongTensor(
                    path: path, name: name, expected: "integers", found: tensor.elementType.rawValue)
            }
        }
    }

    /// A bfloat16 is the upper half of a single-precision number.
    private static func widenBrainFloats(_ bytes: UnsafeRawBufferPointer, _ out: UnsafeMutableBufferPointer<Float>) {
        guard let source = bytes.baseAddress, let target = out.baseAddress else { return }
        for index in 0..<out.count {
            let stored = source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
            target[index] = Float(bitPattern: UInt32(stored) << 16)
        }
    }

    /// IEEE 754 half precision, subnormal numbers included, by bits: Swift's own `Float16` calls a library function per
    /// number on processors without F16C.
    private static func widenHalfFloats(_ bytes: UnsafeRawBufferPointer, _ out: UnsafeMutableBufferPointer<Float>) {
        guard let source = bytes.baseAddress, let target = out.baseAddress else { return }
        for index in 0..<out.count {
            target[index] = float(halfBits: source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
        }
    }

    /// The value of the half-precision number with these bits.
    static func float(halfBits: UInt16) -> Float {
        let sign = UInt32(halfBits & 0x8000) << 16
        let magnitude = UInt32(halfBits & 0x7FFF)
        if magnitude >= 0x7C00 {
            return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13)
        }
        // Moving the exponent by a multiplication makes subnormal halves normal floats: 2^112 = 2^(127 - 15).
        let scaled = Float(bitPattern: magnitude << 13) * 0x1p112
        return Float(bitPattern: scaled.bitPattern | sign)
    }
}
