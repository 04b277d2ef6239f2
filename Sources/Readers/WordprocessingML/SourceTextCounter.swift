import CKernels
import CXML2
import Glibc

/// Counts the scalars of text in a main document, apart from the reader: the `source` side of the ledger.
///
/// It looks at the bytes only: it goes from `<` to `<`, knows the names of the five elements that hold text, comments, CDATA and
/// references, and shares no code with the SAX reader. Which prefix stands for which namespace is taken from the last declaration
/// before an element. The input must be well-formed; for other input the count is merely some number.
struct SourceTextCounter {
    private struct Binding {
        let position: Int
        let prefix: Range<Int>
        let isMain: Bool
        let isMathematics: Bool
    }

    /// More rebindings of these namespaces are not followed: no honest document has them.
    private static let mostBindings = 4096

    private let bytes: UnsafeRawBufferPointer
    private var bindings: [Binding] = []

    /// The number of scalars inside text elements of `bytes`, or of the part `partName` of a flat package.
    static func count(_ bytes: UnsafeRawBufferPointer, partName: String?) -> Int {
        guard bytes.count > 0 else { return 0 }
        let counter = SourceTextCounter(bytes)
        return counter.count(in: partName.map { counter.range(ofPart: $0) } ?? 0..<bytes.count)
    }

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        findBindings()
    }

    private func find(_ text: StaticString, from start: Int) -> Int? {
        if start >= bytes.count { return nil }
        let base = bytes.baseAddress!
        guard let hit = memmem(base + start, bytes.count - start, text.utf8Start, text.utf8CodeUnitCount) else {
            return nil
        }
        return base.distance(to: hit)
    }

    /// The next `xmlns`. Blocks without an `ln` are passed over by a loop that the compiler vectorises, which is twice as fast as a search.
    private func findDeclaration(from start: Int) -> Int? {
        let block = 4096
        let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var position = start
        while position < bytes.count {
            let end = min(position + block, bytes.count)
            // A word that begins in this block may end in the next.
            let last = min(end + 4, bytes.count - 1)
            var found: UInt8 = 0
            var index = position
            while index < last {
                found |= (base[index] == 0x6C ? 1 : 0) & (base[index &+ 1] == 0x6E ? 1 : 0)
                index &+= 1
            }
            if found != 0, let hit = memmem(base + position, min(end + 4, bytes.count) - position, "xmlns", 5) {
                return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(hit))
            }
            position = end
        }
        return nil
    }

    private mutating func findBindings() {
        var position = 0
        var place = Place()
        while let hit = findDeclaration(from: position) {
            place = self.place(hit, from: position, place)
            position = hit + 5
            if !place.isInTag || place.quote != 0 || bindings.count > SourceTextCounter.mostBindings { continue }
            var prefix = position..<position
            if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
                var end = position + 1
                while end < bytes.count, !isSpace(bytes[end]), bytes[end] != UInt8(ascii: "=") { end += 1 }
                prefix = position + 1..<end
                position = end
            }
            while position < bytes.count, isSpace(bytes[position]) { position += 1 }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { continue }
            position += 1
            while position < bytes.count, isSpace(bytes[position]) { position += 1 }
            guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 else { continue }
            let quote = bytes[position]
            let rest = bytes[(position + 1)...]
            guard let end = rest.firstIndex(of: quote) else { continue }
            let uri = UnsafeRawBufferPointer(rebasing: bytes[position + 1..<end])
            position = end + 1
            add(
                Binding(
                    position: hit, prefix: prefix, isMain: isAny(uri, of: WordNamespaces.main),
                    isMathematics: isAny(uri, of: WordNamespaces.mathematics)))
        }
    }

    /// Where a byte stands: in a tag or not, and in the value of an attribute or not.
    private struct Place {
        var isInTag = false
        var quote: UInt8 = 0
    }

    /// The place of the byte at `position`, where that at `start` has the place `before`: the word may also stand in text and in
    /// values, as the prefix mappings of data bindings do.
    private func place(_ position: Int, from start: Int, _ before: Place) -> Place {
        var place = before
        var index = position
        while index > start, bytes[index - 1] != UInt8(ascii: "<") { index -= 1 }
        if index > start { place = Place(isInTag: true) }
        if !place.isInTag { return place }
        while index < position {
            let byte = bytes[index]
            if place.quote != 0 {
                if byte == place.quote { place.quote = 0 }
            } else if byte == UInt8(ascii: ">") {
                return Place()
            } else if byte == 0x22 || byte == 0x27 {
                place.quote = byte
            }
            index += 1
        }
        return place
    }

    /// Repeated declarations of what holds already, as every drawing has them, are left out.
    private mutating func add(_ binding: Binding) {
        if let last = bindings.last(where: { equal($0.prefix, binding.prefix) }) {
            if last.isMain == binding.isMain, last.isMathematics == binding.isMathematics { return }
        } else if !binding.isMain, !binding.isMathematics {
            return
        }
        bindings.append(binding)
    }

    private func isAny(_ uri: UnsafeRawBufferPointer, of names: [String]) -> Bool {
        names.contains { $0.utf8.count == uri.count && uri.elementsEqual($0.utf8) }
    }

    private func equal(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count
            && (left.count == 0
                || memcmp(bytes.baseAddress! + left.lowerBound, bytes.baseAddress! + right.lowerBound, left.count) == 0)
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// From the part's start tag to its end tag; empty where the package has no such part.
    private func range(ofPart name: String) -> Range<Int> {
        var position = 0
        while let hit = find("part", from: position) {
            position = hit + 4
            guard hit > 0, bytes[hit - 1] == UInt8(ascii: ":") || bytes[hit - 1] == UInt8(ascii: "<"),
                let tagEnd = bytes[hit...].firstIndex(of: UInt8(ascii: ">"))
            else { continue }
            let tag = String(decoding: bytes[hit..<tagEnd], as: UTF8.self).lowercased()
            guard tag.contains("name=\"/\(name)\"") || tag.contains("name='/\(name)'") else { continue }
            position = tagEnd
            while let end = find("part>", from: position) {
                position = end + 5
                var before = end - 1
                while before > max(tagEnd, end - 32), bytes[before] != UInt8(ascii: "<") { before -= 1 }
                if bytes[before] == UInt8(ascii: "<"), bytes[before + 1] == UInt8(ascii: "/") { return tagEnd..<before }
            }
        }
        return 0..<0
    }

    private func count(in range: Range<Int>) -> Int {
        var total = 0
        var active: [Binding] = []
        var nextBinding = 0
        var position = range.lowerBound
        let base = bytes.baseAddress!
        while let hit = bracket(from: position, to: range.upperBound, base) {
            let tag = hit + 1
            position = tag
            if tag >= range.upperBound { break }
            let first = bytes[tag]
            if first == UInt8(ascii: "/") {
                position = tag + 2
                continue
            }
            if first == UInt8(ascii: "!") || first == UInt8(ascii: "?") {
                position = endOfDeclaration(tag)
                continue
            }
            if isOther(tag, base) {
                position = tag + 3
                continue
            }
            guard let name = textName(tag) else { continue }
            let end = endOfTag(name.upperBound)
            while nextBinding < bindings.count, bindings[nextBinding].position < end {
                let binding = bindings[nextBinding]
                active.removeAll { equal($0.prefix, binding.prefix) }
                active.append(binding)
                nextBinding += 1
            }
            position = end
            if bytes[end - 1] == UInt8(ascii: "/") || !isText(tag..<name.upperBound, name, active) { continue }
            total += countText(from: end + 1, &position)
        }
        return total
    }

    /// The first `<` in a range. Brackets are close to one another, so eight bytes at a time are faster than a call.
    @inline(__always)
    private func bracket(from start: Int, to end: Int, _ base: UnsafeRawPointer) -> Int? {
        var index = start
        while index + 8 <= end {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let other = word ^ 0x3C3C_3C3C_3C3C_3C3C
            // The high bit of every byte that is zero in `other`; the lowest of them is exact.
            let zeros = (other &- 0x0101_0101_0101_0101) & ~other & 0x8080_8080_8080_8080
            if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < end {
            if base.load(fromByteOffset: index, as: UInt8.self) == 0x3C { return index }
            index += 1
        }
        return nil
    }

    /// Whether a tag with a prefix of one letter is surely none with text: those are called t, delText, instrText and delInstrText.
    @inline(__always)
    private func isOther(_ tag: Int, _ base: UnsafeRawPointer) -> Bool {
        if tag + 4 > bytes.count || base.load(fromByteOffset: tag + 1, as: UInt8.self) != UInt8(ascii: ":") {
            return false
        }
        let first = base.load(fromByteOffset: tag + 2, as: UInt8.self)
        if first == UInt8(ascii: "t") {
            // A letter behind it makes it another name.
            return base.load(fromByteOffset: tag + 3, as: UInt8.self) >= 0x41
        }
        return first >= 0x41 && first != UInt8(ascii: "d") && first != UInt8(ascii: "i")
    }

    /// The local name of the tag at `tag`, where it may be one of an element with text: all of them end with `t`.
    private func textName(_ tag: Int) -> Range<Int>? {
        var start = tag
        var index = tag
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") || byte == 0x20 || byte == UInt8(ascii: "/") || isSpace(byte) { break }
            if byte == UInt8(ascii: ":") { start = index + 1 }
            index += 1
        }
        guard index > start, bytes[index - 1] == UInt8(ascii: "t") else { return nil }
        let length = index - start
        return length == 1 || length == 7 || length == 9 || length == 12 ? start..<index : nil
    }

    private func isText(_ qualified: Range<Int>, _ name: Range<Int>, _ active: [Binding]) -> Bool {
        let prefix = qualified.lowerBound..<max(qualified.lowerBound, name.lowerBound - 1)
        guard let binding = active.last(where: { equal($0.prefix, prefix) }) else { return false }
        let local = bytes[name]
        if local.count == 1 { return binding.isMain || binding.isMathematics }
        return binding.isMain
            && (local.elementsEqual("delText".utf8) || local.elementsEqual("instrText".utf8)
                || local.elementsEqual("delInstrText".utf8))
    }

    /// The index of the `>` that ends the tag; quoted values may hold one.
    private func endOfTag(_ start: Int) -> Int {
        var index = start
        var quote: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: ">") {
                return index
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            }
            index += 1
        }
        return bytes.count - 1
    }

    /// Past a comment, CDATA section, processing instruction or declaration; `start` is behind its `<`.
    private func endOfDeclaration(_ start: Int) -> Int {
        let rest = bytes[start...]
        if rest.starts(with: "!--".utf8) { return find("-->", from: start + 3).map { $0 + 3 } ?? bytes.count }
        if rest.starts(with: "![CDATA[".utf8) { return find("]]>", from: start + 8).map { $0 + 3 } ?? bytes.count }
        if rest.first == UInt8(ascii: "?") { return find("?>", from: start).map { $0 + 2 } ?? bytes.count }
        return start
    }

    /// Scalars up to the end tag that follows; `position` moves there.
    private func countText(from start: Int, _ position: inout Int) -> Int {
        var total = 0
        var index = start
        let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        while index < bytes.count {
            if index + 16 <= bytes.count {
                let stops = shardmill_text_stops(base + index)
                let plain = stops == 0 ? 16 : stops.trailingZeroBitCount
                let before: UInt32 = (1 &<< UInt32(plain)) &- 1
                total += (shardmill_scalar_starts(base + index) & before).nonzeroBitCount
                index += plain
                if plain == 16 { continue }
            }
            let byte = bytes[index]
            if byte == UInt8(ascii: "<") {
                if index + 1 < bytes.count,
                    bytes[index + 1] == UInt8(ascii: "!") || bytes[index + 1] == UInt8(ascii: "?")
                {
                    let end = endOfDeclaration(index + 1)
                    if bytes[(index + 1)...].starts(with: "![CDATA[".utf8) {
                        for inner in index + 9..<max(index + 9, end - 3) { total += scalarsBegun(at: inner) }
                    }
                    index = end
                    continue
                }
                break
            }
            if byte == UInt8(ascii: "&") {
                total += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: ";") { index += 1 }
            } else {
                total += scalarsBegun(at: index)
            }
            index += 1
        }
        position = index
        return total
    }

    /// 1 where a scalar begins: not inside one, and not the carriage return of a line end, which the XML standard drops.
    @inline(__always) private func scalarsBegun(at index: Int) -> Int {
        let byte = bytes[index]
        if byte & 0xC0 == 0x80 { return 0 }
        return byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 0 : 1
    }
}
