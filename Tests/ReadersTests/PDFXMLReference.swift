import Files

/// A slow reading of a pdf2xml file, apart from the reader: its elements line by line as poppler wrote them, without the pages and
/// lines that named rules drop. It knows ETSI's pages only: two of cover and copyright, contents with dots, a header and a footer.
struct PDFXMLReference {
    /// The words of three letters or more of all elements, and whether they stand in lines as wide as prose: neither stretched, as
    /// rows of tables that poppler ran together are, nor bold, as the captions that it moves about.
    private(set) var words: [[UInt8]] = []
    private(set) var isProse: [Bool] = []
    /// The bookmarks of the outline, without white space.
    private(set) var outline: [[UInt8]] = []

    private struct Row {
        var top: Int
        var width: Int
        var text: [UInt8]
        var isBold: Bool
    }

    init(_ file: [UInt8]) {
        var page = 0
        var height = 1
        var width = 1
        var rows: [Row] = []
        for line in file.split(separator: 0x0A) {
            if line.starts(with: "<page ".utf8) {
                page = PDFXMLReference.number("number=\"", line)
                height = PDFXMLReference.number("height=\"", line)
                width = PDFXMLReference.number("width=\"", line)
                rows = []
            } else if line.starts(with: "<text ".utf8) {
                rows.append(
                    Row(
                        top: PDFXMLReference.number("top=\"", line), width: PDFXMLReference.number("width=\"", line),
                        text: PDFXMLReference.plain(line),
                        isBold: String(decoding: line, as: UTF8.self).contains("><b>")))
            } else if line.starts(with: "</page>".utf8), page > 2 {
                let isContents = rows.contains {
                    $0.text.split(separator: 0x20).contains {
                        $0.starts(with: ".....".utf8) || $0.suffix(8).elementsEqual("........".utf8)
                    }
                }
                if isContents { continue }
                for row in rows where row.top * 1000 > height * 75 && row.top * 100 < height * 93 {
                    let found = PDFXMLReference.words(row.text)
                    words += found
                    let isLine = row.width * 5 > width * 2 && row.width < row.text.count * 9 && !row.isBold
                    isProse += Array(repeating: isLine, count: found.count)
                }
            } else if line.starts(with: "<item ".utf8) {
                outline.append(PDFXMLReference.plain(line).filter { $0 != 0x20 })
            }
        }
    }

    /// Runs of ASCII letters and digits, of three or more, that begin with a letter.
    static func words(_ text: some Sequence<UInt8>) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
        for byte in text {
            if isLetter(byte) || (byte &- 0x30 < 10 && !word.isEmpty) {
                word.append(byte)
            } else {
                if word.count >= 3 { words.append(word) }
                word = []
            }
        }
        if word.count >= 3 { words.append(word) }
        return words
    }

    /// The words of lines of prose that are not in `found` in the same order. Where the two part, they meet again where three words
    /// agree.
    func outOfOrder(in found: [[UInt8]]) -> [String] {
        var numbers: [[UInt8]: Int] = [:]
        func number(_ word: [UInt8]) -> Int {
            if let known = numbers[word] { return known }
            numbers[word] = numbers.count
            return numbers.count - 1
        }
        let expected = words.map(number)
        let text = found.map(number)
        func meeting(_ left: Int, _ right: Int) -> (Int, Int)? {
            for distance in 1..<800 {
                for skip in max(0, distance - 400)...min(distance, 400) {
                    let one = left + skip
                    let other = right + distance - skip
                    if one + 3 > expected.count || other + 3 > text.count || expected[one] != text[other] { continue }
                    if expected[one + 1] == text[other + 1], expected[one + 2] == text[other + 2] {
                        return (skip, distance - skip)
                    }
                }
            }
            return nil
        }
        var missing: [String] = []
        var left = 0
        var right = 0
        while left < expected.count {
            if right < text.count, expected[left] == text[right] {
                left += 1
                right += 1
                continue
            }
            let (skip, pass) = meeting(left, right) ?? (1, 0)
            for index in left..<left + skip where isProse[index] {
                missing.append(String(decoding: words[index], as: UTF8.self))
            }
            left += skip
            right += pass
        }
        return missing
    }

    private static func number(_ key: String, _ line: ArraySlice<UInt8>) -> Int {
        let text = String(decoding: line, as: UTF8.self)
        guard let range = text.firstRange(of: " " + key) else { return 0 }
        return Int(text[range.upperBound...].prefix { $0 == "-" || $0.isNumber }) ?? 0
    }

    private static func plain(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var isInTag = false
        for byte in line {
            if byte == UInt8(ascii: "<") { isInTag = true }
            if !isInTag { text.append(byte) }
            if byte == UInt8(ascii: ">") { isInTag = false }
        }
        var plain = String(decoding: text, as: UTF8.self)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            plain = plain.replacing(entity, with: character)
        }
        return Array(plain.utf8)
    }
}
