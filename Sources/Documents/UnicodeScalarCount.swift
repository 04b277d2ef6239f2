/// Unicode scalars in valid UTF-8: the bytes that do not continue a scalar. Vectorised by the compiler.
public func unicodeScalarCount(_ utf8: UnsafeRawBufferPointer) -> Int {
    var continuations = 0
    for byte in utf8 where Int8(bitPattern: byte) < -64 { continuations &+= 1 }
    return utf8.count - continuations
}

/// Unicode scalars in valid UTF-8.
public func unicodeScalarCount(_ utf8: [UInt8]) -> Int {
    utf8.withUnsafeBytes { unicodeScalarCount($0) }
}
