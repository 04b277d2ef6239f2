/// Cuts a text without white space into words as the rules of English of the web filters' word splitter do: what is known
/// stays whole, marks go from both ends, and what is left is an address of the web or is cut in its middle.
///
/// Cost: linear in the text; a rule looks at no more than twelve scalars beside where it is, runs of full stops apart.
struct EnglishSplitter: ~Copyable {
    var scalars = Scratch<UInt32>()
    var bits = Scratch<UInt16>()
    /// Scalars in `scalars`.
    private(set) var count = 0
    /// Where the words end, in scalars.
    var ends = Scratch<Int32>()
    private(set) var words = 0
    /// Where the words ended before known forms were joined across them.
    var plainEnds = Scratch<Int32>()
    private(set) var plainWords = 0
    /// Whether no known form was joined across words.
    private(set) var isPlain = true
    private(set) var exceptions: EnglishExceptions
    private var classes = EnglishScalars()
    private var suffixes = Scratch<Int32>()
    // Byte offsets of the scalars, one more than there are.
    var offsets = Scratch<Int32>()

    init() { exceptions = EnglishSplitter.prepared }

    private init(preparing exceptions: EnglishExceptions) {
        self.exceptions = exceptions
        for index in exceptions.forms.indices {
            load(exceptions.forms[index].scalars)
            let isCut = find(infixFrom: 0, 0, count) != nil || prefix(0, count) > 0 || suffix(0, count) > 0
            if !isCut { continue }
            cut(knownForms: false)
            if words > 1 { self.exceptions.setPlainEnds((0..<words).map { Int(ends.base[$0]) }, of: index) }
        }
    }

    private static let prepared: EnglishExceptions = EnglishSplitter(preparing: EnglishExceptions()).exceptions

    /// Takes scalars as the text to cut.
    private mutating func load(_ text: [UInt32]) {
        scalars.reserve(text.count)
        bits.reserve(text.count)
        count = text.count
        for (index, scalar) in text.enumerated() {
            scalars.base[index] = scalar
            bits.base[index] = classes.bits(scalar)
        }
    }

    /// Decodes UTF-8; a byte that is none counts as U+FFFD.
    mutating func load(_ text: UnsafePointer<UInt8>, _ length: Int) {
        scalars.reserve(length)
        bits.reserve(length)
        offsets.reserve(length + 1)
        var index = 0
        var filled = 0
        while index < length {
            let byte = UInt32(text[index])
            offsets.base[filled] = Int32(truncatingIfNeeded: index)
            if byte < 0x80 {
                scalars.base[filled] = byte
                index += 1
            } else {
                let (scalar, size) = EnglishSplitter.decode(text, index, length)
                scalars.base[filled] = scalar
                index += size
            }
            bits.base[filled] = classes.bits(scalars.base[filled])
            filled += 1
        }
        offsets.base[filled] = Int32(truncatingIfNeeded: length)
        count = filled
    }

    /// The scalar at `index` and its length; a damaged sequence is U+FFFD of one byte.
    static func decode(_ text: UnsafePointer<UInt8>, _ index: Int, _ length: Int) -> (UInt32, Int) {
        let first = UInt32(text[index])
        let left = length - index
        func tail(_ offset: Int) -> UInt32 { UInt32(text[index + offset] & 0x3F) }
        if first >= 0xC2, first < 0xE0, left >= 2 { return ((first & 0x1F) << 6 | tail(1), 2) }
        if first >= 0xE0, first < 0xF0, left >= 3 { return ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
        if first >= 0xF0, first < 0xF5, left >= 4 {
            let scalar = (first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)
            if scalar < 0x110000 { return (scalar, 4) }
        }
        return (0xFFFD, 1)
    }

    /// Cuts the loaded text into `ends`; `plainEnds` are the words before known forms were joined.
    mutating func cut() {
        cut(knownForms: true)
        isPlain = true
        if words < 2 { return }
        plainWords = words
        plainEnds.reserve(words)
        plainEnds.base.update(from: ends.base, count: words)
        joinForms()
    }

    private mutating func add(_ end: Int) {
        ends.reserve(words + 1, keeping: words)
        ends.base[words] = Int32(truncatingIfNeeded: end)
        words += 1
    }

    private mutating func add(_ form: Int, at start: Int) {
        for end in exceptions.forms[form].ends { add(start + end) }
    }

    /// Cuts off both ends what may stand there, then the middle.
    private mutating func cut(knownForms: Bool) {
        words = 0
        var low = 0
        var high = count
        var cutOff = 0
        var last = -1
        var known: Int?
        while high > low, high - low != last {
            if knownForms {
                known = exceptions.find(scalars.base + low, high - low)
                if known != nil { break }
            }
            last = high - low
            let before = prefix(low, high)
            if knownForms, before > 0, before < high - low {
                known = exceptions.find(scalars.base + low + before, high - low - before)
                if known != nil {
                    add(low + before)
                    low += before
                    break
                }
            }
            let behind = suffix(low + before, high)
            if knownForms, behind > 0, behind < high - low {
                known = exceptions.find(scalars.base + low, high - low - behind)
                if known != nil {
                    suffixes.reserve(cutOff + 1, keeping: cutOff)
                    suffixes.base[cutOff] = Int32(truncatingIfNeeded: high)
                    cutOff += 1
                    high -= behind
                    break
                }
            }
            if before > 0 {
                add(low + before)
                low += before
            }
            if behind > 0 {
                suffixes.reserve(cutOff + 1, keeping: cutOff)
                suffixes.base[cutOff] = Int32(truncatingIfNeeded: high)
                cutOff += 1
                high -= behind
            }
        }
        if high > low {
            if let known { add(known, at: low) } else { cutMiddle(low, high) }
        }
        while cutOff > 0 {
            cutOff -= 1
            add(Int(suffixes.base[cutOff]))
        }
    }

    private mutating func cutMiddle(_ low: Int, _ high: Int) {
        var start = low
        var from = low
        var hasStop = false
        var isPlain = true
        for index in low..<high {
            if bits.base[index] & EnglishScalars.infix != 0 { isPlain = false }
            if scalars.base[index] == 0x2E { hasStop = true }
        }
        if isPlain || (hasStop && WebAddress.matches(scalars.base, bits.base, low, high)) { return add(high) }
        while let (first, end) = find(infixFrom: from, low, high) {
            from = end
            if first == low { continue }
            if first != start { add(first) }
            add(end)
            start = end
        }
        if start < high { add(high) }
    }

    @inline(__always)
    private func has(_ index: Int, _ mask: UInt16) -> Bool { bits.base[index] & mask != 0 }

    /// Scalars to cut off the front.
    private func prefix(_ low: Int, _ high: Int) -> Int {
        if low >= high { return 0 }
        if has(low, EnglishScalars.prefix) { return 1 }
        func scalar(_ offset: Int) -> UInt32 { low + offset < high ? scalars.base[low + offset] : 0 }
        switch scalars.base[low] {
        case 0x2B: return low + 1 < high && has(low + 1, EnglishScalars.digit) ? 0 : 1
        case 0x2E:
            var run = 1
            while scalar(run) == 0x2E { run += 1 }
            return run > 1 ? run : 0
        case 0x55: return scalar(1) == 0x53 && scalar(2) == 0x24 ? 3 : 0
        case 0x41, 0x43: return scalar(1) == 0x24 ? 2 : 0
        default: return 0
        }
    }

    /// Scalars to cut off the end: the most that a rule takes.
    private func suffix(_ low: Int, _ high: Int) -> Int {
        if low >= high { return 0 }
        let last = scalars.base[high - 1]
        func scalar(_ back: Int) -> UInt32 { high - back >= low ? scalars.base[high - back] : 0 }
        func `is`(_ back: Int, _ mask: UInt16) -> Bool { high - back >= low && has(high - back, mask) }
        if last == 0x2E {
            var run = 1
            while scalar(run + 1) == 0x2E { run += 1 }
            if run > 1 { return run }
            if `is`(2, EnglishScalars.beforeStop) { return 1 }
            if `is`(2, EnglishScalars.upper), `is`(3, EnglishScalars.upper) { return 1 }
            return scalar(3) == 0xB0 && [0x43, 0x46, 0x4B, 0x63, 0x66, 0x6B].contains(scalar(2)) ? 1 : 0
        }
        if last == 0x73 || last == 0x53, scalar(2) == 0x27 || scalar(2) == 0x2019 { return 2 }
        if last == 0x2026, scalar(2) == 0x2026 { return 2 }
        if has(high - 1, EnglishScalars.suffix) { return 1 }
        if last == 0x2B { return `is`(2, EnglishScalars.digit) ? 1 : 0 }
        if has(high - 1, EnglishScalars.currency) {
            if last == 0x24 {
                if scalar(2) == 0x53, scalar(3) == 0x55, `is`(4, EnglishScalars.digit) { return 3 }
                if scalar(2) == 0x41 || scalar(2) == 0x43, `is`(3, EnglishScalars.digit) { return 2 }
            }
            return `is`(2, EnglishScalars.digit) ? 1 : 0
        }
        return unit(low, high)
    }

    /// Scalars of the unit of measure behind a digit that ends the text.
    private func unit(_ low: Int, _ high: Int) -> Int {
        if has(high - 1, EnglishScalars.digit) { return 0 }
        for length in 1...EnglishUnits.longest {
            if high - length <= low { return 0 }
            if !has(high - length - 1, EnglishScalars.digit) { continue }
            return EnglishUnits.contains(scalars.base + (high - length), length) ? length : 0
        }
        return 0
    }

    /// The next place in the middle, from `index` on, that is a word of its own.
    private func find(infixFrom index: Int, _ low: Int, _ high: Int) -> (Int, Int)? {
        var index = index
        while index < high {
            if has(index, EnglishScalars.infix) {
                let length = infix(index, low, high)
                if length > 0 { return (index, index + length) }
            }
            index += 1
        }
        return nil
    }

    private func infix(_ index: Int, _ low: Int, _ high: Int) -> Int {
        let scalar = scalars.base[index]
        if has(index, EnglishScalars.icon) || scalar == 0x2026 { return 1 }
        func next(_ offset: Int) -> UInt32 { index + offset < high ? scalars.base[index + offset] : 0 }
        func nextIs(_ offset: Int, _ mask: UInt16) -> Bool { index + offset < high && has(index + offset, mask) }
        func lastIs(_ mask: UInt16) -> Bool { index > low && has(index - 1, mask) }
        if scalar == 0x2E {
            var run = 1
            while next(run) == 0x2E { run += 1 }
            if run > 1 { return run }
            return lastIs(EnglishScalars.lower | EnglishScalars.quote)
                && nextIs(1, EnglishScalars.upper | EnglishScalars.quote) ? 1 : 0
        }
        switch scalar {
        case 0x2A, 0x2B, 0x2D, 0x5E:
            if lastIs(EnglishScalars.digit), nextIs(1, EnglishScalars.digit) || next(1) == 0x2D { return 1 }
        case 0x2C: return lastIs(EnglishScalars.alpha) && nextIs(1, EnglishScalars.alpha) ? 1 : 0
        default: break
        }
        if !lastIs(EnglishScalars.alpha | EnglishScalars.digit) { return 0 }
        switch scalar {
        case 0x2D:
            if nextIs(1, EnglishScalars.alpha) { return 1 }
            if next(1) != 0x2D { return 0 }
            if nextIs(2, EnglishScalars.alpha) { return 2 }
            return next(2) == 0x2D && nextIs(3, EnglishScalars.alpha) ? 3 : 0
        case 0x2014:
            if nextIs(1, EnglishScalars.alpha) { return 1 }
            return next(1) == 0x2014 && nextIs(2, EnglishScalars.alpha) ? 2 : 0
        case 0x2013, 0x7E, 0x3A, 0x3C, 0x3E, 0x3D, 0x2F: return nextIs(1, EnglishScalars.alpha) ? 1 : 0
        default: return 0
        }
    }

    /// Puts known forms in place of the words they were cut into.
    private mutating func joinForms() {
        let found = FormMatches.find(scalars.base, plainEnds.base, plainWords, exceptions)
        if found.isEmpty { return }
        words = 0
        isPlain = false
        var index = 0
        for match in found {
            while index < match.first {
                add(Int(plainEnds.base[index]))
                index += 1
            }
            add(match.form, at: match.first == 0 ? 0 : Int(plainEnds.base[match.first - 1]))
            index = match.end
        }
        while index < plainWords {
            add(Int(plainEnds.base[index]))
            index += 1
        }
    }
}

/// Known forms that stand across the words of a text.
///
/// Longer forms go first, then those that begin earlier; a form's words belong to no other, also where the form itself
/// has to yield.
enum FormMatches {
    /// Words `first..<end` spell a form.
    struct Match {
        var first: Int
        var end: Int
        var form: Int
    }

    static func all(
        _ scalars: UnsafePointer<UInt32>, _ ends: UnsafePointer<Int32>, _ words: Int,
        _ exceptions: borrowing EnglishExceptions
    ) -> [Match] {
        var all: [Match] = []
        var start = 0
        for first in 0..<words {
            var end = first + 1
            while end < words, Int(ends[end]) - start <= EnglishExceptions.longest {
                let length = Int(ends[end]) - start
                if exceptions.mayBeCut(scalars[start], length), let form = exceptions.find(scalars + start, length) {
                    let plain = exceptions.forms[form].plainEnds
                    if plain.count == end - first + 1,
                        (0..<plain.count).allSatisfy({ Int(ends[first + $0]) - start == plain[$0] })
                    {
                        all.append(Match(first: first, end: end + 1, form: form))
                    }
                }
                end += 1
            }
            start = Int(ends[first])
        }
        return all
    }

    /// The forms that are put in place, in the order of the text.
    static func find(
        _ scalars: UnsafePointer<UInt32>, _ ends: UnsafePointer<Int32>, _ words: Int,
        _ exceptions: borrowing EnglishExceptions
    ) -> [Match] {
        let all = all(scalars, ends, words, exceptions)
        return all.isEmpty ? [] : choose(all, words)
    }

    static func choose(_ all: [Match], _ words: Int) -> [Match] {
        let ordered = all.sorted { left, right in
            let lengths = (left.end - left.first, right.end - right.first)
            return lengths.0 == lengths.1 ? left.first < right.first : lengths.0 > lengths.1
        }
        var taken = [Bool](repeating: false, count: words)
        var chosen: [Match] = []
        for match in ordered {
            if !taken[match.first], !taken[match.end - 1] { chosen.append(match) }
            for word in match.first..<match.end { taken[word] = true }
        }
        return chosen.sorted { $0.first < $1.first }
    }
}
