import Parallel

extension WordScanner {
    /// Replaces `items` by a hash for each Unicode scalar of the lower-cased words of a text, with one space between two words.
    public func readLoweredScalars(of utf8: UnsafeRawBufferPointer, into items: inout [UInt64]) {
        items.removeAll(keepingCapacity: true)
        let text = utf8.assumingMemoryBound(to: UInt8.self)
        let space = KeyedHash.mix(0x20)
        var isBehindWord = false
        var at = 0
        while at < text.count {
            let (scalar, length) = UTF8Scalar.decode(text, at)
            let entry = scalar.map { scalars[$0] } ?? 0
            if entry & WordScalars.isWord == 0 {
                isBehindWord = false
            } else {
                if !isBehindWord, !items.isEmpty { items.append(space) }
                var lowered = entry & WordScalars.lowered
                if entry & WordScalars.isSpecial != 0, scalar == 0x3A3, FinalSigma.isFinal(text, at) { lowered = 0x3C2 }
                items.append(KeyedHash.mix(UInt64(lowered)))
                // The dot of a Turkish İ is in no word.
                isBehindWord = scalar != 0x130
            }
            at &+= length
        }
    }
}
