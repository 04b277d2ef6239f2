/// Unicode scalars in valid UTF-8: the bytes that do not continue a scalar. Eight bytes a step: each lane of a word counts the
/// continuation bytes (`10xxxxxx`) in its place, and is emptied before it can run over.
public func unicodeScalarCount(_ utf8: UnsafeRawBufferPointer) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let pairs: UInt64 = 0x00FF_00FF_00FF_00FF
    let words = utf8.count & ~7
    var continuations = 0
    var index = 0
    while index < words {
        let end = min(words, index &+ 8 * 255)
        var lanes: UInt64 = 0
        while index < end {
            let word = utf8.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            lanes &+= (word &>> 7) & ~(word &>> 6) & ones
            index &+= 8
        }
        let sums = (lanes & pairs) &+ ((lanes &>> 8) & pairs)
        continuations &+= Int((sums &* 0x0001_0001_0001_0001) &>> 48)
    }
    for place in words..<utf8.count where utf8[place] & 0xC0 == 0x80 { continuations &+= 1 }
    return utf8.count &- continuations
}

/// Unicode scalars in valid UTF-8.
public func unicodeScalarCount(_ utf8: [UInt8]) -> Int {
    utf8.withUnsafeBytes { unicodeScalarCount($0) }
}
