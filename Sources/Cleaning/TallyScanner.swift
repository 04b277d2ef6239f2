import CKernels

/// The loop behind `TextTally`: a kernel for plain ASCII; else decodes UTF-8, looks every scalar up in a table, counts words as they end.
struct TallyScanner {
    private let classes = ScalarClass.basicPlane
    private static let unspaced = TextScript.allCases.map(\.isUnspaced)
    private static let latin = ScalarClass.letter(.latin)
    private static let noScript: UInt8 = 255

    /// Whether the ASCII kernel is used; without it every scalar is looked at: the oracle of the tests.
    private let usesKernel: Bool

    init(usesKernel: Bool = true) { self.usesKernel = usesKernel }

    /// The word that is being read.
    private struct Word {
        var length = 0
        var script = TallyScanner.noScript
    }

    /// Adds the counts of `text`. Cost: about 0.2 ns a byte of ASCII, 2 ns of others. Bytes that are not UTF-8 count as symbols.
    func scan(_ text: UnsafeBufferPointer<UInt8>, into tally: inout TextTally) {
        classes.withUnsafeBufferPointer { classes in
            TallyScanner.unspaced.withUnsafeBufferPointer { unspaced in
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
        var word = Word()
        // The kernel counts all lettered words as Latin.
        var mayBePlain = usesKernel
        while index < text.count {
            if mayBePlain, word.script == TallyScanner.noScript || word.script == TallyScanner.latin {
                let read = countPlain(text, index, &tally, &word)
                index &+= read
                characters &+= read
                if index == text.count { break }
            }
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
            mayBePlain = usesKernel && TallyScanner.isPlain(text, index)
            characters &+= 1
            if code < ScalarClass.digit {
                visible &+= 1
                letters &+= 1
                if unspaced[Int(code)] {
                    tally.endWord(&word.length, &word.script)
                    tally.words &+= 1
                    tally.wordsByScript[Int(code)] &+= 1
                } else {
                    word.length &+= 1
                    if word.script == TallyScanner.noScript { word.script = code }
                }
            } else if code == ScalarClass.digit {
                visible &+= 1
                word.length &+= 1
            } else if code != ScalarClass.mark {
                if code == ScalarClass.symbol { visible &+= 1 }
                if word.length > 0 { tally.endWord(&word.length, &word.script) }
            }
        }
        tally.endWord(&word.length, &word.script)
        tally.characters += characters
        tally.visible += visible
        tally.letters += letters
    }

    /// Counts from `index` on what the kernel knows, all but characters; how many bytes it has read.
    private func countPlain(
        _ text: UnsafeBufferPointer<UInt8>, _ index: Int, _ tally: inout TextTally, _ word: inout Word
    ) -> Int {
        var plain = shardmill_tally()
        plain.longest = UInt64(tally.longestWord)
        plain.open = UInt64(word.length)
        plain.open_has_letter = word.script == TallyScanner.latin ? 1 : 0
        let read = shardmill_tally_ascii(text.baseAddress! + index, text.count &- index, &plain)
        tally.visible &+= Int(plain.visible)
        tally.letters &+= Int(plain.letters)
        tally.words &+= Int(plain.words)
        tally.wordsByScript[Int(TallyScanner.latin)] &+= Int(plain.lettered_words)
        tally.spacedWords &+= Int(plain.lettered_words)
        tally.spacedWordCharacters &+= Int(plain.lettered_characters)
        tally.longWordCharacters &+= Int(plain.long_characters)
        tally.longestWord = Int(plain.longest)
        word.length = Int(plain.open)
        word.script = plain.open_has_letter != 0 ? TallyScanner.latin : TallyScanner.noScript
        return read
    }

    /// Whether the kernel is worth its call: only ASCII in the next eight bytes.
    @inline(__always)
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard index &+ 8 <= text.count else { return false }
        let eight = UnsafeRawPointer(text.baseAddress! + index).loadUnaligned(as: UInt64.self)
        return eight & 0x8080_8080_8080_8080 == 0
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
