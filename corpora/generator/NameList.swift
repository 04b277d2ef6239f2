import Parallel

/// Words or names in one flat buffer, drawn by index: no allocation a word.
struct NameList: ~Copyable {
    private var text = ByteBuffer(capacity: 1 << 10)
    private var ends: [Int32] = []

    var count: Int { ends.count }

    /// The words of a text that are parted by white space.
    init(words: String) {
        for word in words.split(whereSeparator: \.isWhitespace) {
            text.append(text: String(word))
            finish()
        }
    }

    init() {}

    /// Forgets the names, keeps the memory.
    mutating func removeAll() {
        text.removeAll()
        ends.removeAll(keepingCapacity: true)
    }

    /// Lets `body` write the next name.
    mutating func add(_ body: (inout ByteBuffer) -> Void) {
        body(&text)
        finish()
    }

    private mutating func finish() { ends.append(Int32(text.count)) }

    /// The bytes of a name, valid until the next change.
    @inline(__always)
    subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
        let start = index == 0 ? 0 : Int(ends[index &- 1])
        return UnsafeBufferPointer(start: text.base + start, count: Int(ends[index]) &- start)
    }

    /// A name by chance. The list must not be empty.
    @inline(__always)
    func pick(_ random: inout SeededRandom) -> UnsafeBufferPointer<UInt8> {
        self[random.nextInt(below: ends.count)]
    }
}

/// How a word is written inside a name.
enum LetterCase {
    case asIs, upper, title
}

extension ByteBuffer {
    /// Appends an ASCII word in another case.
    mutating func append(_ word: UnsafeBufferPointer<UInt8>, _ letterCase: LetterCase) {
        let start = count
        append(word)
        switch letterCase {
        case .asIs: return
        case .title: capitalise(from: start)
        case .upper: for index in start..<count { capitalise(letter: index) }
        }
    }

    private mutating func capitalise(letter index: Int) {
        if base[index] >= 0x61, base[index] <= 0x7A { base[index] &-= 0x20 }
    }
}
