/// Words as `stats`, `tokenizer compare`, `validate` and `doctor` count them: what stands between white space and control characters of ASCII.
public enum WordCount {
    /// Words that begin in a range of a text: those of all ranges are those of the text. Cost: about a tenth of a nanosecond for each byte.
    public static func count(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= text.count, "a range of the text")
        guard let base = text.baseAddress, !range.isEmpty else { return 0 }
        var words = 0
        var position = range.lowerBound
        if position == 0 {
            words = base.load(as: UInt8.self) > 0x20 ? 1 : 0
            position = 1
        }
        while position < range.upperBound {
            // A sum of bytes, so that sixteen are compared at a time; it cannot pass 255.
            let end = min(range.upperBound, position + 255)
            var begun: UInt8 = 0
            while position < end {
                let isInside: UInt8 = base.load(fromByteOffset: position, as: UInt8.self) > 0x20 ? 1 : 0
                let wasInside: UInt8 = base.load(fromByteOffset: position &- 1, as: UInt8.self) > 0x20 ? 1 : 0
                begun &+= isInside & (wasInside ^ 1)
                position &+= 1
            }
            words += Int(begun)
        }
        return words
    }
}
