/// Changes of an input, the same for the same seed on every machine: what the fuzzer does, without its memory.
public struct Mutations {
    private var state: UInt64
    private let pieces: [[UInt8]]

    /// Changes that put in pieces of the reader's dictionary.
    public init(_ reader: FuzzedReader, seed: UInt64) {
        state = seed
        pieces = reader.dictionary.map { Array($0.utf8) }
    }

    /// SplitMix64.
    private mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((word ^ word >> 31) % UInt64(max(1, bound)))
    }

    private mutating func range(_ count: Int) -> Range<Int> {
        let start = next(below: count + 1)
        return start..<start + next(below: min(count - start, 64) + 1)
    }

    /// The input with one to four changes.
    public mutating func change(_ input: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0...next(below: 4) {
            let place = range(bytes.count)
            switch next(below: 7) {
            case 0: bytes.removeSubrange(place)
            case 1: bytes.insert(contentsOf: bytes[place], at: next(below: bytes.count + 1))
            case 2, 3: bytes.insert(contentsOf: pieces[next(below: pieces.count)], at: place.lowerBound)
            case 4: bytes.replaceSubrange(place, with: pieces[next(below: pieces.count)])
            case 5: if place.lowerBound < bytes.count { bytes[place.lowerBound] ^= 1 << UInt8(next(below: 8)) }
            default:
                if place.lowerBound < bytes.count { bytes[place.lowerBound] = UInt8(next(below: 256)) }
                if next(below: 20) == 0 { bytes.removeSubrange(place.upperBound...) }
            }
        }
        return bytes
    }
}
