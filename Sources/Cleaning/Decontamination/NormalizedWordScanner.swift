import Documents
import Glibc

/// Reads the words of a text so that layout does not matter: lower-cased runs of letters and digits.
///
/// Hyphens, underscores and other punctuation, table pipes, marks of emphasis, headings and lists part words; soft hyphens do not. A hyphen
/// at the end of a line may be either: it joins what stands around it where `isKnown` says that the joined word is one. Tags and references
/// of HTML and the targets of Markdown links are passed over. Words are 64-bit hashes with their place in the text. Reused from text to text; one
/// thread at a time.
public final class NormalizedWordScanner {
    /// A hash of each word, in the order of the text.
    @exclusivity(unchecked) public private(set) var hashes: [UInt64] = []
    /// The byte at which each word begins.
    @exclusivity(unchecked) public private(set) var starts: [UInt32] = []
    /// The byte behind each word.
    @exclusivity(unchecked) public private(set) var ends: [UInt32] = []

    private let scanner = WordScanner()
    /// For words put together from parts, and parts of words.
    private let partScanner = WordScanner()
    @exclusivity(unchecked) private var part: [UInt8] = []

    /// A scanner that has read nothing.
    public init() {}

    /// Reads a text below 4 GiB; of a larger one its first 4 GiB. `isKnown` is asked for the hash of a word that a hyphen at a line's end parts.
    public func scan(_ text: UnsafeRawBufferPointer, isKnown: (UInt64) -> Bool = { _ in true }) {
        hashes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        let words = scanner.scan(text)
        let count = words.count
        hashes.reserveCapacity(count)
        starts.reserveCapacity(count)
        ends.reserveCapacity(count)
        var index = 0
        // Up to where the text is no text: a tag, a reference, the target of a link.
        var passed = 0
        var gapStart = 0
        var underscore = NormalizedWordScanner.next(0x5F, text, 0)
        while index < count {
            let start = Int(words.starts[index])
            var place = max(gapStart, passed)
            while place < start {
                let byte = text[place]
                if byte == 0x3C || byte == 0x26 || byte == 0x5D {
                    let end = NormalizedWordScanner.markEnd(text, place)
                    passed = max(passed, end)
                    if end > place {
                        place = end
                        continue
                    }
                }
                place &+= 1
            }
            if start < passed {
                gapStart = Int(words.ends[index])
                index &+= 1
                continue
            }
            if underscore < start { underscore = NormalizedWordScanner.next(0x5F, text, start) }
            var last = index
            var isSure = true
            while last &+ 1 < count {
                let hyphen = NormalizedWordScanner.hyphen(text, Int(words.ends[last]), Int(words.starts[last &+ 1]))
                if hyphen == .parts { break }
                if hyphen == .atLineEnd { isSure = false }
                last &+= 1
            }
            let end = Int(words.ends[last])
            if last == index, underscore >= end {
                hashes.append(words.hashes[index])
                starts.append(UInt32(truncatingIfNeeded: start))
                ends.append(UInt32(truncatingIfNeeded: end))
            } else if last == index {
                addParts(text, start, end)
            } else {
                join(text, words, index...last, isSure: isSure, isKnown)
            }
            gapStart = end
            index = last &+ 1
        }
    }

    /// Adds some words that hyphens stand between as one, or each for itself.
    private func join(
        _ text: UnsafeRawBufferPointer, _ words: ScannedWords, _ range: ClosedRange<Int>, isSure: Bool,
        _ isKnown: (UInt64) -> Bool
    ) {
        // Underscores around it are emphasis.
        var start = Int(words.starts[range.lowerBound])
        var end = Int(words.ends[range.upperBound])
        while start < end, text[start] == 0x5F { start &+= 1 }
        while end > start, text[end &- 1] == 0x5F { end &-= 1 }
        part.removeAll(keepingCapacity: true)
        for word in range {
            for place in max(start, Int(words.starts[word]))..<max(start, min(end, Int(words.ends[word]))) {
                part.append(text[place])
            }
        }
        let joined = part.withUnsafeBytes { bytes -> UInt64? in
            let found = partScanner.scan(bytes)
            return found.count == 1 ? found.hashes[0] : nil
        }
        if let joined, !part.contains(0x5F), isSure || isKnown(joined) {
            hashes.append(joined)
            starts.append(UInt32(truncatingIfNeeded: start))
            ends.append(UInt32(truncatingIfNeeded: end))
        } else {
            for word in range { addParts(text, Int(words.starts[word]), Int(words.ends[word])) }
        }
    }

    /// Adds the parts of a word between underscores.
    private func addParts(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        var first = start
        while first < end {
            var last = first
            while last < end, text[last] != 0x5F { last &+= 1 }
            if last > first {
                let words = partScanner.scan(UnsafeRawBufferPointer(rebasing: text[first..<last]))
                for index in 0..<words.count {
                    hashes.append(words.hashes[index])
                    starts.append(UInt32(truncatingIfNeeded: first &+ Int(words.starts[index])))
                    ends.append(UInt32(truncatingIfNeeded: first &+ Int(words.ends[index])))
                }
            }
            first = last &+ 1
        }
    }

    private static func next(_ byte: UInt8, _ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
        guard let base = text.baseAddress, start < text.count,
            let hit = memchr(base + start, CInt(byte), text.count - start)
        else { return Int.max }
        return base.distance(to: hit)
    }

    private enum Hyphen { case parts, joins, atLineEnd }

    /// What stands from `start` to `end`, between two words: a soft hyphen, which joins them; a hyphen and one line end, with nothing but
    /// white space around it; or what parts them.
    private static func hyphen(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Hyphen {
        var place = start
        var isSoft = false
        switch text[place] {
        case 0x2D: place &+= 1
        case 0xC2 where place &+ 1 < end && text[place &+ 1] == 0xAD:
            place &+= 2
            isSoft = true
        case 0xE2 where place &+ 2 < end && text[place &+ 1] == 0x80 && text[place &+ 2] == 0x90: place &+= 3
        default: return .parts
        }
        if place == end { return isSoft ? .joins : .parts }
        var lineFeeds = 0
        while place < end {
            switch text[place] {
            case 0x0A: lineFeeds &+= 1
            case 0x20, 0x09, 0x0D: break
            default: return .parts
            }
            place &+= 1
        }
        return lineFeeds != 1 ? .parts : isSoft ? .joins : .atLineEnd
    }

    /// The end of the tag, reference or link target that begins at `place`; `place` itself where none does.
    private static func markEnd(_ text: UnsafeRawBufferPointer, _ place: Int) -> Int {
        let limit = min(text.count, place &+ 200)
        var next = place &+ 1
        if next >= limit { return place }
        switch text[place] {
        case 0x3C:
            if text[next] == 0x2F { next &+= 1 }
            if next >= limit || text[next] | 0x20 < 0x61 || text[next] | 0x20 > 0x7A { return place }
            while next < limit, text[next] != 0x3E {
                if text[next] == 0x3C || text[next] == 0x0A { return place }
                next &+= 1
            }
        case 0x26:
            let start = next
            while next < limit, text[next] != 0x3B {
                let byte = text[next]
                let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
                if !isLetter, !(byte >= 0x30 && byte <= 0x39), byte != 0x23 { return place }
                next &+= 1
            }
            if next &- start < 2 || next &- start > 10 { return place }
        default:
            if text[next] != 0x28 { return place }
            while next < limit, text[next] != 0x29 {
                if text[next] == 0x20 || text[next] == 0x0A { return place }
                next &+= 1
            }
        }
        return next < limit ? next &+ 1 : place
    }
}
