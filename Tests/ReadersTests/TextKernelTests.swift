import CKernels
import Documents
import Parallel
import TestSupport
import Testing

@testable import Readers

/// The scans of text in C against loops that look at one byte at a time. Behind every text there is a page that may not be read.
@Suite struct TextKernelTests {
    /// Texts of every length around the width of a step, full of what is looked for and without it.
    private static func texts() -> [[UInt8]] {
        var random = SeededRandom(seed: 41)
        let marks = Array("'[<&_|\u{1}{}]>\t\n\u{C}\r \u{B}\u{0}aZ".utf8) + [0xEF, 0xBF, 0xBE, 0x80, 0xC3]
        var texts: [[UInt8]] = [[]]
        for count in Array(1...70) + [127, 128, 129, 1023, 1026, 1027, 5000] {
            for share in [0, 2, 50] {
                texts.append(
                    (0..<count).map { _ in
                        random.nextInt(below: 100) < share ? marks[random.nextInt(below: marks.count)] : 0x61
                    })
            }
        }
        return texts
    }

    @Test func placesAreThoseOfAPlainLoop() {
        let wiki = Array("'[<&_\u{1}".utf8)
        for text in TextKernelTests.texts() where !text.isEmpty {
            for start in Set([0, text.count / 2, text.count - 1]) {
                let rest = text[start...]
                let either = rest.firstIndex { $0 == 0x7B || $0 == 0x3C } ?? text.count
                let mark = rest.firstIndex { wiki.contains($0) } ?? text.count
                let link = rest.firstIndex { $0 == 0x5B || $0 == 0x5D || $0 == 0x7C } ?? text.count
                GuardedBytes.with(text) { bytes in
                    let base = bytes.baseAddress! + start
                    #expect(start + shardmill_find_either(base, rest.count, 0x7B, 0x3C) == either)
                    #expect(start + shardmill_find_wiki_mark(base, rest.count) == mark)
                    #expect(start + shardmill_find_link_mark(base, rest.count) == link)
                }
            }
        }
    }

    @Test func sixteenBytesAreAskedAsOneByOne() {
        let texts = TextKernelTests.texts() + [(0...255).map { UInt8($0) } + Array("<<>>&&''\"\"\r=/// ".utf8)]
        for text in texts where text.count >= 16 {
            GuardedBytes.with(text) { bytes in
                for start in 0...(bytes.count - 16) {
                    let place = bytes.baseAddress! + start
                    func mask(_ isHit: (UInt8) -> Bool) -> UInt32 {
                        (0..<16).reduce(0) { $0 | (isHit(place[$1]) ? 1 << UInt32($1) : 0) }
                    }
                    #expect(shardmill_name_ends(place) == mask { $0 <= 0x20 || [0x3D, 0x3E, 0x2F].contains($0) })
                    #expect(
                        shardmill_value_stops(place)
                            == mask { $0 < 0x20 || [0x22, 0x27, 0x3C, 0x3E, 0x26].contains($0) })
                    #expect(shardmill_text_stops(place) == mask { [0x3C, 0x3E, 0x26, 0x0D].contains($0) })
                    #expect(shardmill_scalar_starts(place) == mask { $0 & 0xC0 != 0x80 })
                }
            }
        }
    }

    @Test func countsAreThoseOfAPlainLoop() {
        for text in TextKernelTests.texts() {
            let white = text.count { MarkupTextCounter.isWhite($0) }
            let continuations = text.count { $0 & 0xC0 == 0x80 }
            let controls = text.count { $0 < 0x20 && !MarkupTextCounter.isWhite($0) }
            let count = GuardedBytes.with(text) { bytes in
                var white = 0
                var continuations = 0
                shardmill_count_text(bytes.baseAddress!, bytes.count, &white, &continuations)
                #expect(shardmill_count_continuations(bytes.baseAddress!, bytes.count) == continuations)
                return MarkupTextCounter.Count(visible: bytes.count - white - continuations, white: white)
            }
            #expect(MarkupTextCounter.scalars(text) == count)
            #expect(count == .init(visible: text.count - white - continuations, white: white))
            GuardedBytes.with(text) { bytes in
                guard let base = bytes.baseAddress else { return }
                #expect(shardmill_count_controls(base, bytes.count) == controls)
            }
        }
    }

    /// Who asks for sixteen bytes at once must have them: the counters over every beginning of a text.
    @Test func countersReadNothingBehindATextCutAnywhere() {
        let names = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
        let inner =
            "<w:p><w:r><w:t xml:space='preserve'>Words, caf\u{E9} &amp; more of them.\r\n</w:t></w:r></w:p>"
            + "<!-- none --><w:t><![CDATA[four]]></w:t><w:delText>gone</w:delText><w:tab/><?a b?>"
        let text = Array("<w:document \(names)>\(inner)</w:document>".utf8)
        func count(_ bytes: some Collection<UInt8>) -> Int {
            GuardedBytes.with(bytes) { SourceTextCounter.count(UnsafeRawBufferPointer($0), partName: nil) }
        }
        // "Words, café & more of them." and a line feed, "four", "gone".
        #expect(count(text) == 28 + 4 + 4)
        for cut in 0..<text.count {
            let part = Array(text[..<cut])
            let loose = (part + [UInt8](repeating: 0x20, count: 64)).withUnsafeBytes {
                SourceTextCounter.count(UnsafeRawBufferPointer(rebasing: $0[..<cut]), partName: nil)
            }
            #expect(count(part) == loose)
            GuardedBytes.with(part) { bytes in
                #expect(MarkupTextCounter.scalars(UnsafeRawBufferPointer(bytes)) == MarkupTextCounter.scalars(part))
            }
        }
    }

    @Test func referencesAreThoseOfAPlainLoop() {
        var random = SeededRandom(seed: 5)
        let pieces = [
            "&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&", "&l", "&lt", "&amp", "&#38;", "&apo;", "a", "bc", ";",
            "é",
        ]
        for round in 0..<400 {
            let text = Array((0..<round % 40).map { _ in pieces[random.nextInt(below: pieces.count)] }.joined().utf8)
            var expected: [UInt8] = []
            var references = 0
            var length = 0
            var strays = 0
            var firstStray = text.count
            var rest = text[...]
            while let byte = rest.first {
                let names = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\""), ("&apos;", "'")]
                if let (name, meaning) = names.first(where: { rest.starts(with: $0.0.utf8) }) {
                    if strays == 0 { expected += meaning.utf8 }
                    references += 1
                    length += name.utf8.count
                    rest = rest.dropFirst(name.utf8.count)
                    continue
                }
                if byte == UInt8(ascii: "&") {
                    if strays == 0 { firstStray = rest.startIndex }
                    strays += 1
                }
                if strays == 0 { expected.append(byte) }
                rest = rest.dropFirst()
            }
            GuardedBytes.with(text) { bytes in
                guard let base = bytes.baseAddress else { return }
                var foundLength = 0
                var others = 0
                #expect(shardmill_count_references(base, bytes.count, &foundLength, &others) == references)
                #expect(foundLength == length && others == strays)
                var written = 0
                let target = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 16)
                defer { target.deallocate() }
                #expect(shardmill_resolve_references(base, bytes.count, target.baseAddress!, &written) == firstStray)
                #expect(Array(target[..<written]) == expected)
            }
        }
    }

    @Test func paragraphsAreThoseOfAPlainLoop() {
        var random = SeededRandom(seed: 6)
        let pieces = ["\n", "\n\n", "\r\n", " ", "\t", "\r", "a", "words of a line", "\u{A0}", "\u{E9}", "\n   \t \n"]
        let blank = String(repeating: " ", count: 70)
        for round in 0..<900 {
            var text = Array((0..<round % 60).map { _ in pieces[random.nextInt(below: pieces.count)] }.joined().utf8)
            // Blank lines over the edge of a block of 64 bytes.
            if round % 3 == 0 { text += "\n\(blank.prefix(random.nextInt(below: 70)))\r\nb".utf8 }
            let plain = TextKernelTests.paragraphs(text)
            GuardedBytes.with(text) { bytes in
                let found = PlainTextSpans.paragraphs(UnsafeRawBufferPointer(bytes))
                #expect(found.map { $0.start..<$0.end } == plain, "\(text)")
            }
            #expect(TextKernelTests.blankLines(text, capacity: 129) == TextKernelTests.blankLines(text))
        }
        let many = Array(String(repeating: "a\n\n", count: 1000).utf8)
        #expect(many.withUnsafeBytes { PlainTextSpans.paragraphs($0).count } == 1000)
        let feeds = [UInt8](repeating: 0x0A, count: 5000)
        #expect(TextKernelTests.blankLines(feeds, capacity: 130) == TextKernelTests.blankLines(feeds))
    }

    /// The line feeds that end blank lines, as the kernel finds them with room for so many.
    private static func blankLines(_ text: [UInt8], capacity: Int) -> [Int] {
        var found: [Int] = []
        GuardedBytes.with(text) { bytes in
            var feeds = [Int](repeating: 0, count: capacity)
            var position = 0
            while position < bytes.count {
                var next = 0
                let count = shardmill_find_blank_lines(
                    bytes.baseAddress! + position, bytes.count - position, &feeds, capacity, &next)
                found += feeds[..<count].map { position + $0 }
                position += next
            }
        }
        return found
    }

    /// Line by line, the last one ended by the end of the text.
    private static func blankLines(_ text: [UInt8]) -> [Int] {
        var found: [Int] = []
        var start = 0
        while start <= text.count, !text.isEmpty {
            let feed = text[start...].firstIndex(of: 0x0A) ?? text.count
            var line = text[start..<feed]
            if line.last == 0x0D { line.removeLast() }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { found.append(feed) }
            start = feed + 1
        }
        return found
    }

    @Test func blocksOfMarkupAreThoseOfAPlainLoop() {
        for text in TextKernelTests.texts() {
            for mark in [UInt8(0x61), 0x3E, 0x22, 0x27, 0x0C, 0x0D, 0x80] {
                var text = text.map { $0 >= 0x80 || $0 < 0x20 || $0 == 0x27 || $0 == 0x22 || $0 == 0x3E ? 0x62 : $0 }
                for place in [text.count / 3, text.count * 2 / 3, text.count - 1] where text.indices.contains(place) {
                    text[place] = place % 2 == 0 ? mark : 0x22
                }
                let control = text.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
                let beyond = text.firstIndex { $0 >= 0x80 } ?? text.count
                let end = text.firstIndex(of: 0x3E) ?? text.count
                let isPlain = !text[..<end].contains(0x27) && text[..<end].count { $0 == 0x22 } % 2 == 0
                GuardedBytes.with(text) { bytes in
                    guard let base = bytes.baseAddress else { return }
                    #expect(shardmill_holds_control(base, bytes.count) == control)
                    #expect(shardmill_find_tag_end(base, bytes.count) == (isPlain ? end : bytes.count))
                    #expect(shardmill_skip_ascii(base, bytes.count) == min(beyond, bytes.count) / 64 * 64)
                }
            }
        }
    }

    @Test func repairsAreThoseOfAPlainLoop() {
        var random = SeededRandom(seed: 8)
        let defects = [
            "\u{A0}", "\u{AD}", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\r", "\u{0}", "\u{B}", "\u{7F}",
            "\u{1F}",
        ]
        let others = ["\n", "\t", "\u{E9}", "\u{A9}", "\u{2014}", "\u{FF21}", "\u{4E2D}"]
        for round in 1..<400 {
            var text = (0..<round).map { _ in
                random.nextInt(below: 30) == 0 ? others[random.nextInt(below: others.count)] : "a"
            }
            for _ in 0..<round % 3 {
                text.insert(defects[random.nextInt(below: defects.count)], at: random.nextInt(below: text.count + 1))
            }
            let bytes = Array(text.joined().utf8)
            let first = TextKernelTests.firstDefect(bytes)
            let skipped = GuardedBytes.with(bytes) { shardmill_skip_repaired($0.baseAddress!, $0.count) }
            // Up to the block that holds it; of a text without one up to the last whole block and what that needs behind it.
            #expect(skipped <= first && (first - skipped < 64 || bytes.count - skipped < 66), "\(skipped), \(first)")
            #expect(unicodeScalarCount(bytes) == String(decoding: bytes, as: UTF8.self).unicodeScalars.count)
        }
    }

    /// Scalar by scalar: where repair has something to do first.
    private static func firstDefect(_ text: [UInt8]) -> Int {
        var offset = 0
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: break
            case 0..<0x20, 0x7F...0xA0, 0xAD, 0x2028, 0x2029, 0xFEFF: return offset
            default: break
            }
            offset += scalar.utf8.count
        }
        return text.count
    }

    /// Line by line: paragraphs are parted by lines of nothing but white space.
    private static func paragraphs(_ text: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var isOpen = false
        var start = 0
        while start < text.count {
            let feed = text[start...].firstIndex(of: 0x0A)
            var end = feed ?? text.count
            if end > start, text[end - 1] == 0x0D { end -= 1 }
            if text[start..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                isOpen = false
            } else if isOpen {
                found[found.count - 1] = found[found.count - 1].lowerBound..<end
            } else {
                found.append(start..<end)
                isOpen = true
            }
            start = (feed ?? text.count) + 1
        }
        return found
    }

    @Test func whatXMLHasNotIsFoundAtEveryPlace() {
        let plain = [UInt8](repeating: 0x5D, count: 1100)
        #expect(!has(plain))
        #expect(!has(Array("a]] >b]>\u{FFFD}\t\r\n\u{7F}".utf8)))
        for wrong in [[0], [0x0B], [0x1F], [0xEF, 0xBF, 0xBE], [0xEF, 0xBF, 0xBF], Array("]]>".utf8)] as [[UInt8]] {
            for place in [0, 1, 500, 1021, 1022, 1023, 1024, 1025, 1096, 1097] where place + wrong.count <= 1100 {
                var text = [UInt8](repeating: 0x61, count: 1100)
                text.replaceSubrange(place..<place + wrong.count, with: wrong)
                #expect(has(text), "\(wrong) at \(place)")
            }
            #expect(has(wrong))
        }
    }

    private func has(_ text: [UInt8]) -> Bool {
        GuardedBytes.with(text) { shardmill_has_no_place_in_xml($0.baseAddress!, $0.count) }
    }
}
