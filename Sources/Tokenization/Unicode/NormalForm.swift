/// One of the four normalisation forms, as the normalisers of `tokenizers` make it.
///
/// Bytes that are not UTF-8 stay as they are and separate what is before them from what is after.
final class NormalForm: @unchecked Sendable {
    // The tables of each form, made at its first use.
    static let c = NormalForm(isCompatible: false, composes: true)
    static let d = NormalForm(isCompatible: false, composes: false)
    static let kc = NormalForm(isCompatible: true, composes: true)
    static let kd = NormalForm(isCompatible: true, composes: false)

    private let composes: Bool

    /// Bytes that begin no character which the form may change, and those that begin none.
    private let isQuiet: [Bool]

    /// The canonical combining class of every code point.
    private let classes: CodePointTable
    /// 1 for every code point that the form may change or join to the one before; a character of class 0 with a 0 here ends all
    /// that is before it.
    private let suspects: CodePointTable
    private let decompositions: [UInt32: [UInt32]]
    private let compositions: [UInt64: UInt32]

    private init(isCompatible: Bool, composes: Bool) {
        self.composes = composes
        var classes = [UInt8](repeating: 0, count: 0x110000)
        var words = UnicodeWords(UnicodeData.combiningClasses)
        while let first = words.number() {
            let last = words.take(UInt8(ascii: "-")) ? words.number() ?? first : first
            _ = words.take(UInt8(ascii: ":"))
            let value = UInt8(truncatingIfNeeded: words.number() ?? 0)
            for codePoint in first...last { classes[codePoint] = value }
            words.skipSpaces()
        }
        var suspects = classes.map { $0 == 0 ? UInt8(0) : 1 }
        var steps: [UInt32: [UInt32]] = [:]
        var compositions: [UInt64: UInt32] = [:]
        words = UnicodeWords(UnicodeData.decompositions)
        var codePoint = 0
        while true {
            words.skipSpaces()
            if words.take(UInt8(ascii: "=")) {
                codePoint = words.number() ?? 0
                continue
            }
            let isExcluded = words.take(UInt8(ascii: "!"))
            guard let first = words.number() else { break }
            if words.take(UInt8(ascii: "+")), let second = words.number() {
                steps[UInt32(codePoint)] = [UInt32(first), UInt32(second)]
                if isExcluded {
                    suspects[codePoint] = 1
                } else {
                    compositions[UInt64(first) << 32 | UInt64(second)] = UInt32(codePoint)
                    suspects[second] = 1
                }
            } else {
                steps[UInt32(codePoint)] = [UInt32(first)]
                suspects[codePoint] = 1
            }
            codePoint += 1
        }
        for jamo in Hangul.vowels { suspects[Int(jamo)] = 1 }
        for jamo in Hangul.finals { suspects[Int(jamo)] = 1 }
        func expand(_ codePoint: UInt32) -> [UInt32] { steps[codePoint].map { $0.flatMap(expand) } ?? [codePoint] }
        var decompositions = steps.mapValues { $0.flatMap(expand) }
        if isCompatible {
            UnicodeWords.forEachMapping(UnicodePropertyData.compatibility) { decompositions[$0] = $1 }
        }
        if !composes || isCompatible { for codePoint in decompositions.keys { suspects[Int(codePoint)] = 1 } }
        if !composes { for syllable in Hangul.syllables { suspects[Int(syllable)] = 1 } }
        self.decompositions = decompositions
        self.compositions = compositions
        self.classes = CodePointTable(classes)
        self.suspects = CodePointTable(suspects)
        var isQuiet = [Bool](repeating: true, count: 256)
        for codePoint in 0..<0x110000 where suspects[codePoint] != 0 {
            var bytes: [UInt8] = []
            UTF8Decoding.append(UInt32(codePoint), to: &bytes)
            isQuiet[Int(bytes[0])] = false
        }
        self.isQuiet = isQuiet
    }

    /// Whether the form may change the bytes; false is certain. Cost: eight ASCII bytes at a time, a look at the first byte of
    /// other characters, of some at their code point.
    func mayChange(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        return isQuiet.withUnsafeBufferPointer { isQuiet in
            var index = 0
            while index < bytes.count {
                if index &+ 8 <= bytes.count,
                    UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index &+= 8
                    continue
                }
                if isQuiet[Int(base[index])] {
                    index &+= 1
                    continue
                }
                let (codePoint, count) = UTF8Decoding.character(base, index, bytes.count)
                if codePoint < UTF8Decoding.broken, suspects[codePoint] != 0 { return true }
                index &+= count
            }
            return false
        }
    }

    /// Appends the normalised form of `bytes`.
    func append(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        var segment: [UInt32] = []
        while index < bytes.count {
            // A segment: a character, and all suspects behind it.
            let start = index
            var suspicious = false
            segment.removeAll(keepingCapacity: true)
            while index < bytes.count {
                let (codePoint, count) = UTF8Decoding.character(base, index, bytes.count)
                if codePoint == UTF8Decoding.broken {
                    if index == start { index += 1 }
                    break
                }
                let isSuspect = suspects[codePoint] != 0
                if index > start, !isSuspect { break }
                suspicious = suspicious || isSuspect
                segment.append(codePoint)
                index += count
            }
            if suspicious {
                compose(&segment, to: &out)
            } else {
                out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
            }
        }
    }

    private func compose(_ segment: inout [UInt32], to out: inout [UInt8]) {
        var points: [UInt32] = []
        points.reserveCapacity(segment.count * 2)
        for codePoint in segment {
            if let parts = decompositions[codePoint] {
                points += parts
            } else if Hangul.syllables.contains(codePoint) {
                Hangul.append(codePoint, to: &points)
            } else {
                points.append(codePoint)
            }
        }
        order(&points)
        if !composes {
            for codePoint in points { UTF8Decoding.append(codePoint, to: &out) }
            return
        }
        var starter = -1
        var lastClass: UInt8 = 0
        var kept = 0
        for index in 0..<points.count {
            let codePoint = points[index]
            let combiningClass = classes[codePoint]
            let isBlocked = starter >= 0 && starter != kept - 1 && (lastClass == 0 || lastClass >= combiningClass)
            if starter >= 0, !isBlocked, let whole = composed(points[starter], codePoint) {
                points[starter] = whole
                continue
            }
            if combiningClass == 0 { starter = kept }
            lastClass = combiningClass
            points[kept] = codePoint
            kept += 1
        }
        for codePoint in points[..<kept] { UTF8Decoding.append(codePoint, to: &out) }
    }

    /// Puts the marks of each run in the order of their classes, stably. Runs may be long: counted, not compared.
    private func order(_ points: inout [UInt32]) {
        var index = 0
        while index < points.count {
            if classes[points[index]] == 0 {
                index += 1
                continue
            }
            var end = index
            var isOrdered = true
            while end < points.count, classes[points[end]] != 0 {
                if end > index, classes[points[end]] < classes[points[end - 1]] { isOrdered = false }
                end += 1
            }
            if !isOrdered {
                var places = [Int](repeating: 0, count: 257)
                for point in points[index..<end] { places[Int(classes[point]) + 1] += 1 }
                for value in 1...256 { places[value] += places[value - 1] }
                let run = Array(points[index..<end])
                for point in run {
                    let value = Int(classes[point])
                    points[index + places[value]] = point
                    places[value] += 1
                }
            }
            index = end
        }
    }

    private func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.composed(first, second) ?? compositions[UInt64(first) << 32 | UInt64(second)]
    }
}

/// Korean syllables, composed and decomposed by arithmetic (The Unicode Standard, section 3.12).
enum Hangul {
    static let syllables: Range<UInt32> = 0xAC00..<0xAC00 + 11172
    static let leads: Range<UInt32> = 0x1100..<0x1113
    static let vowels: Range<UInt32> = 0x1161..<0x1176
    static let finals: Range<UInt32> = 0x11A8..<0x11C3

    static func append(_ syllable: UInt32, to out: inout [UInt32]) {
        let index = syllable - syllables.lowerBound
        out.append(leads.lowerBound + index / 588)
        out.append(vowels.lowerBound + index % 588 / 28)
        if index % 28 > 0 { out.append(finals.lowerBound - 1 + index % 28) }
    }

    static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leads.contains(first), vowels.contains(second) {
            return syllables.lowerBound + ((first - leads.lowerBound) * 21 + second - vowels.lowerBound) * 28
        }
        if syllables.contains(first), (first - syllables.lowerBound) % 28 == 0, finals.contains(second) {
            return first + second - (finals.lowerBound - 1)
        }
        return nil
    }
}
