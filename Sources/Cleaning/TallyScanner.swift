/// The loop behind `TextTally`: decodes UTF-8, looks every scalar up in a table, counts words as they end.
struct TallyScanner {
    private let classes = ScalarClass.basicPlane
    private let unspaced: [Bool] = TextScript.allCases.map(\.isUnspaced)

    /// Adds the counts of `text`. Cost: about 2 ns a byte. Bytes that are not UTF-8 count as symbols.
    func scan(_ text: UnsafeBufferPointer<UInt8>, into tally: inout TextTally) {
        classes.withUnsafeBufferPointer { classes in
            unspaced.withUnsafeBufferPointer { unspaced in
                var counts = tally
                count(text, &counts, classes, unspaced)
                tally = counts
            }
        }
    }

    private func count(
        _ text: UnsafeBufferPointer<UInt8>, _ tally: inout TextTally, _ classes: UnsafeBufferPointer<UInt8>,
        _ unspaced: UnsafeBufferPointer<Bool>
    ) {
        var index = 0
        var characters = 0
        var visible = 0
        var letters = 0
        var wordLength = 0
        var wordScript: UInt8 = 255
        while index < text.count {
            let byte = text[index]
            let code: UInt8
            if byte < 0x80 {
                code = classes[Int(byte)]
                index &+= 1
            } else {
                let (scalar, length) = TallyScanner.decode(text, index)
                code = scalar < 0x10000 ? classes[Int(scalar)] : ScalarClass.beyondBasicPlane(scalar)
                index &+= length
            }
            characters &+= 1
            if code < ScalarClass.digit {
                visible &+= 1
                letters &+= 1
                if unspaced[Int(code)] {
                    tally.endWord(&wordLength, &wordScript)
                    tally.words &+= 1
                    tally.wordsByScript[Int(code)] &+= 1
                } else {
                    wordLength &+= 1
                    if wordScript == 255 { wordScript = code }
                }
            } else if code == ScalarClass.digit {
                visible &+= 1
                wordLength &+= 1
            } else if code != ScalarClass.mark {
                if code == ScalarClass.symbol { visible &+= 1 }
                if wordLength > 0 { tally.endWord(&wordLength, &wordScript) }
            }
        }
        tally.endWord(&wordLength, &wordScript)
        tally.characters += characters
        tally.visible += visible
        tally.letters += letters
    }

    /// The scalar at `index` and its length; a damaged sequence is U+FFFD of one byte.
    @inline(__always)
    private static func decode(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> (UInt32, Int) {
        let first = UInt32(text[index])
        let left = text.count &- index
        func tail(_ offset: Int) -> UInt32 { UInt32(text[index &+ offset] & 0x3F) }
        if first >= 0xE0, first < 0xF0, left >= 3 { return ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
        if first >= 0xC2, first < 0xE0, left >= 2 { return ((first & 0x1F) << 6 | tail(1), 2) }
        if first >= 0xF0, first < 0xF5, left >= 4 {
            return ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
        }
        return (0xFFFD, 1)
    }
}

extension TextTally {
    /// Counts the word that has just ended, if there was one.
    @inline(__always)
    mutating func endWord(_ length: inout Int, _ script: inout UInt8) {
        if length == 0 { return }
        words &+= 1
        if script != 255 {
            wordsByScript[Int(script)] &+= 1
            spacedWords &+= 1
            spacedWordCharacters &+= length
            if length > TextTally.longWordLength { longWordCharacters &+= length }
            if length > longestWord { longestWord = length }
        }
        length = 0
        script = 255
    }
}
