import Documents
import Glibc

/// Reads the words of a text so that layout does not matter: lower-cased runs of letters and digits.
///
/// A hyphen inside a word joins its parts, whether a line ends behind it or not (`non-orthogonal`, and `transmis-` before `sion`); soft
/// hyphens do too. Underscores, other punctuation, table pipes, marks of emphasis, headings and lists part words. Tags and references of HTML and the
/// targets of Markdown links are passed over. Words are 64-bit hashes with their place in the text. Reused from text to text; one thread
/// at a time.
public final class NormalizedWordScanner {
    /// A hash of each word, in the order of the text.
    @exclusivity(unchecked) public private(set) var hashes: [UInt64] = []
    /// The byte at which each word begins.
    @exclusivity(unchecked) public private(set) var starts: [UInt32] = []
    /// The byte behind each word.
    @exclusivity(unchecked) public private(set) var ends: [UInt32] = []

    private let scanner = WordScanner()
    /// For words put together from parts.
    private let partScanner = WordScanner()
    @exclusivity(unchecked) private var part: [UInt8] = []

    /// A scanner that has read nothing.
    public init() {}

    /// Reads a text below 4 GiB; of a larger one its first 4 GiB.
    public func scan(_ text: UnsafeRawBufferPointer) {
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
            while last &+ 1 < count,
                NormalizedWordScanner.joins(text, Int(words.ends[last]), Int(words.starts[last &+ 1]))
            {
                last &+= 1
            }
            let end = Int(words.ends[last])
            if last == index, underscore >= end {
                hashes.append(words.hashes[index])
                starts.append(UInt32(truncatingIfNeeded: start))
                ends.append(UInt32(truncatingIfNeeded: end))
            } else {
                for word in index...last { add(text, Int(words.starts[word]), Int(words.ends[word])) }
                close()
            }
            gapStart = end
            index = last &+ 1
        }
    }

    @exclusivity(unchecked) private var partStart = 0
    @exclusivity(unchecked) private var partEnd = 0

    /// Adds the bytes of a word to the open one; underscores end it.
    private func add(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        for place in start..<end {
            if text[place] == 0x5F {
                close()
                continue
            }
            if part.isEmpty { partStart = place }
            part.append(text[place])
            partEnd = place &+ 1
        }
    }

    private func close() {
        if part.isEmpty { return }
        part.withUnsafeBytes { bytes in
            let words = partScanner.scan(bytes)
            // More than one where what was put together is not one word in lower case: each stands for all of its bytes.
            for index in 0..<words.count {
                hashes.append(words.hashes[index])
                starts.append(UInt32(truncatingIfNeeded: partStart))
                ends.append(UInt32(truncatingIfNeeded: partEnd))
            }
        }
        part.removeAll(keepingCapacity: true)
    }

    private static func next(_ byte: UInt8, _ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
        guard let base = text.baseAddress, start < text.count,
            let hit = memchr(base + start, CInt(byte), text.count - start)
        else { return Int.max }
        return base.distance(to: hit)
    }

    /// Whether what stands from `start` to `end`, between two words, joins them: a hyphen, with at most one line end and white space of
    /// that line's end and the next one's beginning behind it.
    private static func joins(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        var place = start
        switch text[place] {
        case 0x2D: place &+= 1
        case 0xC2 where place &+ 1 < end && text[place &+ 1] == 0xAD: place &+= 2
        case 0xE2 where place &+ 2 < end && text[place &+ 1] == 0x80 && text[place &+ 2] & 0xFE == 0x90: place &+= 3
        default: return false
        }
        if place == end { return true }
        var lineFeeds = 0
        while place < end {
            switch text[place] {
            case 0x0A: lineFeeds &+= 1
            case 0x20, 0x09, 0x0D: break
            default: return false
            }
            place &+= 1
        }
        return lineFeeds == 1
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
