/// Finds telephone numbers: behind `+` with a country's code, in North America's form `(212) 345-6789`, and behind `Tel:` and the like.
///
/// At each `+`, `(` and `:` at most 40 bytes are looked at, so the pass is linear.
struct PhoneScanner {
    private let bytes: TextBytes
    private let includesExamples: Bool

    init(_ bytes: TextBytes, includesExamples: Bool) {
        self.bytes = bytes
        self.includesExamples = includesExamples
    }

    func scan(_ matches: inout [PersonalDataMatch]) {
        each(UInt8(ascii: "+"), &matches, international)
        each(UInt8(ascii: "("), &matches, northAmerican)
        each(UInt8(ascii: ":"), &matches, labelled)
    }

    private func each(_ mark: UInt8, _ matches: inout [PersonalDataMatch], _ find: (Int) -> Range<Int>?) {
        var position = 0
        while let place = bytes.next(mark, from: position) {
            position = place + 1
            if let range = find(place) {
                matches.append(PersonalDataMatch(kind: .phone, range: range))
                position = range.upperBound
            }
        }
    }

    /// Digits and what stands among them.
    private struct Number {
        var digits: [UInt8] = []
        /// Digits of each group.
        var groups: [Int] = []
        var hasDots = false
        var end: Int
    }

    /// The number that begins at `start`: groups of digits with a space, a hyphen, a dot or a bracket between them.
    private func number(from start: Int) -> Number {
        var number = Number(end: start)
        var index = start
        while number.digits.count < 16 {
            let first = index
            while number.digits.count < 16, TextBytes.isDigit(bytes[index]) {
                number.digits.append(bytes[index] - 0x30)
                index += 1
            }
            if index == first { break }
            number.groups.append(index - first)
            number.end = index
            var marks = 0
            var isDot = false
            while marks < 3 {
                let mark = bytes[index]
                if mark == UInt8(ascii: ".") { isDot = true }
                if PhoneScanner.marks.contains(mark) {
                    index += 1
                } else if mark == 0xC2, bytes[index + 1] == 0xA0 {
                    index += 2
                } else if mark == 0xE2, bytes[index + 1] == 0x80, bytes[index + 2] &- 0x90 < 4 {
                    index += 3
                } else {
                    break
                }
                marks += 1
            }
            if marks == 0 || marks > 2 || !TextBytes.isDigit(bytes[index]) { break }
            if isDot { number.hasDots = true }
        }
        return number
    }

    private func international(_ plus: Int) -> Range<Int>? {
        let before = bytes[plus - 1]
        if bytes.isWord(before: plus) || before == UInt8(ascii: ")") || before == UInt8(ascii: "]")
            || before == UInt8(ascii: "+") || !TextBytes.isDigit(bytes[plus + 1])
        {
            return nil
        }
        let number = number(from: plus + 1)
        let count = number.digits.count
        guard (8...15).contains(count), isWhole(number), let code = CountryCodes.length(number.digits) else {
            return nil
        }
        // A sum and a decimal number have no groups.
        if number.groups.count == 1, count < 10, bytes.word(before: plus).isEmpty, before != UInt8(ascii: ":") {
            return nil
        }
        if number.hasDots, number.groups.count < 3 { return nil }
        if !includesExamples, isExample(Array(number.digits[code...]), isNorthAmerican: number.digits[0] == 1) {
            return nil
        }
        return plus..<number.end
    }

    /// `(212) 345-6789`
    private func northAmerican(_ bracket: Int) -> Range<Int>? {
        guard TextBytes.isDigit(bytes[bracket + 1]), !bytes.isWord(before: bracket), bytes[bracket + 4] == 0x29
        else { return nil }
        let number = number(from: bracket + 1)
        guard number.groups == [3, 3, 4], number.digits[0] > 1, number.digits[3] > 1, isWhole(number),
            includesExamples || !isExample(number.digits, isNorthAmerican: true)
        else { return nil }
        return bracket..<number.end
    }

    /// `Tel: 0211 123 4567`
    private func labelled(_ colon: Int) -> Range<Int>? {
        var end = colon
        while colon - end < 2, bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        let word = bytes.word(before: end)
        if word.count < 3 || !PhoneScanner.labels.contains(bytes.lowercased(word)) { return nil }
        var start = colon + 1
        while start - colon < 8, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") { start += 1 }
        let first = bytes[start] == UInt8(ascii: "(") ? start + 1 : start
        if !TextBytes.isDigit(bytes[first]) { return nil }
        let number = number(from: first)
        guard (7...15).contains(number.digits.count), isWhole(number),
            includesExamples || !isExample(number.digits, isNorthAmerican: number.digits.count == 10)
        else { return nil }
        return start..<number.end
    }

    /// Whether the number ends where it seems to.
    private func isWhole(_ number: Number) -> Bool {
        let next = bytes[number.end]
        if bytes.isWord(at: number.end) || next == UInt8(ascii: "%") { return false }
        return next != UInt8(ascii: ".") && next != UInt8(ascii: ",") && next != UInt8(ascii: "-")
            || !TextBytes.isDigit(bytes[number.end + 1])
    }

    /// Numbers that nobody has: 555 of North America, and such as 123456… or 0000….
    private func isExample(_ national: [UInt8], isNorthAmerican: Bool) -> Bool {
        if isNorthAmerican, national.count == 10, national[3...5] == [5, 5, 5] || national[0...2] == [5, 5, 5] {
            return true
        }
        // Six digits that only count up, or are one digit.
        var rising = 1
        var equal = 1
        for index in national.indices.dropFirst() {
            rising = (national[index - 1] + 1) % 10 == national[index] ? rising + 1 : 1
            equal = national[index - 1] == national[index] ? equal + 1 : 1
            if rising >= 6 || equal >= 6 { return true }
        }
        return false
    }

    private static let marks: [UInt8] = Array(" -.()".utf8)
    private static let labels: Set<String> = [
        "tel", "phone", "telephone", "fax", "facsimile", "mobile", "cell", "telefon", "telefax", "telefono", "phones",
    ]
}

/// The codes that ITU-T E.164 gives to countries and networks.
enum CountryCodes {
    /// Digits of the code that a number begins with; nil where no code begins so.
    static func length(_ digits: [UInt8]) -> Int? {
        guard digits.count > 3 else { return nil }
        if digits[0] == 1 || digits[0] == 7 { return digits[1] == 0 ? nil : 1 }
        let two = Int(digits[0]) * 10 + Int(digits[1])
        if twoDigits.contains(two) { return 2 }
        return threeDigitTens.contains(two) ? 3 : nil
    }

    private static let twoDigits: Set<Int> = [
        20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61,
        62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
    ]
    /// The first two of three.
    private static let threeDigitTens: Set<Int> = [
        21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97, 99,
    ]
}
