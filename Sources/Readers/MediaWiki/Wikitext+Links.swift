import CKernels
import CXML2
import Glibc

/// Links, to pages and to addresses.
extension Wikitext {
    /// Where two of a byte stand together for the last time; before the text where they never do.
    static func lastPair(of byte: UInt8, in text: Text) -> Int {
        var index = text.endIndex - 2
        while index >= text.startIndex {
            if text[index] == byte, text[index + 1] == byte { return index }
            index -= 1
        }
        return text.startIndex - 1
    }

    /// A link over several lines is no longer than this.
    private static let longestJoin = 8192

    /// Puts links whose text runs over several lines onto one. The target stands on the first line, and there is no empty line, list or
    /// heading in between, and no table but a whole one in HTML in a link that shows nothing; of links inside one another so many are
    /// followed as `deepest` says.
    func joinLinks(_ text: inout [UInt8]) {
        text.withUnsafeMutableBufferPointer { text in
            guard let base = text.baseAddress else { return }
            var open: [Int] = []
            var index = 0
            while true {
                index += shardmill_find_either(base + index, text.count - index, 0x5B, 0x5D)
                if index + 1 >= text.count { return }
                if text[index + 1] != text[index] {
                    index += 1
                    continue
                }
                if text[index] == 0x5B {
                    if open.count == Wikitext.deepest { open.removeFirst() }
                    open.append(index + 2)
                } else if let start = open.popLast(), index - start <= Wikitext.longestJoin {
                    join(UnsafeMutableBufferPointer(rebasing: text[start..<index]))
                }
                index += 2
            }
        }
    }

    private func join(_ link: UnsafeMutableBufferPointer<UInt8>) {
        guard let base = link.baseAddress, memchr(base, 0x0A, link.count) != nil else { return }
        let target = shardmill_find_either(base, link.count, 0x7C, 0x0A)
        if link[target] == 0x0A { return }
        let text = UnsafeBufferPointer(link)[...]
        let isDropped = droppedNamespaces.holds(text[..<target])
        for index in target..<link.count
        where link[index] == 0x0A && !Wikitext.goesOn(text[(index + 1)...], isDropped: isDropped) { return }
        let hasTables = memchr(base, Int32(Wikitext.tableMark), link.count) != nil
        if hasTables, !isDropped || !Wikitext.holdsWholeTables(link) { return }
        // A mark of a table stands at the beginning of a line or nowhere.
        for index in target..<link.count where link[index] < 0x20 {
            if link[index] == 0x0A || hasTables && !Wikitext.isOfAside(link[index]) { link[index] = 0x20 }
        }
    }

    private static func isOfAside(_ byte: UInt8) -> Bool { byte == asideStart || byte == asideEnd }

    /// Whether a link can go on with `line`: not with an empty line, a list, a heading or the mark of a table. The parts of a link that
    /// shows nothing may each have a line.
    private static func goesOn(_ line: Text, isDropped: Bool) -> Bool {
        switch line.first {
        case UInt8(ascii: "="), UInt8(ascii: "*"), UInt8(ascii: "#"): return false
        default: break
        }
        let trimmed = line.drop { $0 != 0x0A && MarkupTextCounter.isWhite($0) }
        switch trimmed.first {
        // The line end before the mark of a table was put in.
        case 0x0A: return trimmed.dropFirst().first == tableMark
        case UInt8(ascii: "|"): return isDropped && !begins("|-", trimmed) && !begins("|}", trimmed)
        case UInt8(ascii: "!"): return isDropped
        default: return !begins("{|", trimmed.drop { $0 == UInt8(ascii: ":") })
        }
    }

    mutating func link(_ text: Text, _ start: Int, _ out: inout [UInt8], _ depth: Int) -> Int {
        // Looked for once a text: where no link ends any more, none begins.
        if lastLinkEnd.text != text.startIndex..<text.endIndex {
            lastLinkEnd = (text.startIndex..<text.endIndex, Wikitext.lastPair(of: UInt8(ascii: "]"), in: text))
        }
        // The text of the link asks for its own; this one goes on with what it knows.
        let known = lastLinkEnd
        defer { lastLinkEnd = known }
        guard start < lastLinkEnd.place else {
            out += [UInt8(ascii: "["), UInt8(ascii: "[")]
            return start + 2
        }
        var level = 0
        var index = start
        var bar: Int?
        guard let base = text.base.baseAddress else { return start + 2 }
        while true {
            index += shardmill_find_link_mark(base + index, text.endIndex - index)
            if index + 1 >= text.endIndex { break }
            if text[index] == UInt8(ascii: "["), text[index + 1] == UInt8(ascii: "[") {
                level += 1
                index += 2
                if level > Wikitext.deepest { break }
            } else if text[index] == UInt8(ascii: "]"), text[index + 1] == UInt8(ascii: "]") {
                level -= 1
                index += 2
                if level == 0 { break }
            } else {
                if text[index] == UInt8(ascii: "|"), level == 1, bar == nil { bar = index }
                index += 1
            }
        }
        guard level == 0, index > start + 3 else {
            out += [UInt8(ascii: "["), UInt8(ascii: "[")]
            return start + 2
        }
        let inner = text[start + 2..<index - 2]
        if droppedNamespaces.holds(inner[..<(bar ?? inner.endIndex)]) {
            counts.remove(.links, scalars(text[start..<index]))
            return index
        }
        if let bar {
            counts.remove(.links, scalars(text[start...bar]) + 2)
            inline(inner[(bar + 1)...], &out, depth: depth + 1)
        } else {
            counts.remove(.links, 4)
            var shown = inner
            if shown.first == UInt8(ascii: ":") {
                shown.removeFirst()
                counts.remove(.links, 1)
            }
            inline(shown, &out, depth: depth + 1)
        }
        return index
    }

    mutating func externalLink(_ text: Text, _ start: Int, _ out: inout [UInt8], _ depth: Int)
        -> Int
    {
        let rest = text[(start + 1)...]
        let isAddress =
            Wikitext.begins("http", rest) && (Wikitext.begins("http://", rest) || Wikitext.begins("https://", rest))
            || Wikitext.begins("//", rest) || Wikitext.begins("ftp://", rest) || Wikitext.begins("mailto:", rest)
        let near = rest.prefix(Wikitext.longestTag)
        guard isAddress, let end = near.firstIndex(of: UInt8(ascii: "]")) else {
            out.append(UInt8(ascii: "["))
            return start + 1
        }
        let inner = rest[..<end]
        if let space = inner.firstIndex(of: 0x20) {
            counts.remove(.links, scalars(text[start..<space]) + 1)
            inline(inner[(space + 1)...], &out, depth: depth + 1)
        } else {
            counts.remove(.links, 2)
            appendAddress(inner, &out)
        }
        return end + 1
    }

    /// Appends text as it stands but for what was set aside in it.
    mutating func appendAddress(_ text: Text, _ out: inout [UInt8]) {
        var index = text.startIndex
        while index < text.endIndex {
            let stop = Wikitext.first(Wikitext.asideStart, in: text, from: index) ?? text.endIndex
            Wikitext.append(text[index..<stop], to: &out)
            index = stop < text.endIndex ? aside(text, stop, &out) : stop
        }
    }
}
