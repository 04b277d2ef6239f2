import CKernels

/// Unicode scalars in valid UTF-8: the bytes that do not continue a scalar.
public func unicodeScalarCount(_ utf8: UnsafeRawBufferPointer) -> Int {
    guard let base = utf8.baseAddress else { return 0 }
    return utf8.count &- shardmill_count_continuations(base.assumingMemoryBound(to: UInt8.self), utf8.count)
}

/// Unicode scalars in valid UTF-8.
public func unicodeScalarCount(_ utf8: [UInt8]) -> Int {
    utf8.withUnsafeBytes { unicodeScalarCount($0) }
}
