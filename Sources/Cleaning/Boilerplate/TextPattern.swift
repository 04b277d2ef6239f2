/// A pattern for a line of text: letters of either case, `*` for anything, `?` for one byte, `#` for a number. Runs of white space and marks of Markdown are
/// one space in pattern and text, and none at the ends.
public struct TextPattern: Sendable, Equatable {
    /// The pattern as it is written.
    public let text: String
    private let bytes: [UInt8]

    /// A pattern of that text.
    public init(_ text: String) {
        self.text = text
        bytes = TextPattern.folded(text.utf8, keeping: UInt8(ascii: "*"), UInt8(ascii: "#"))
    }

    /// Whether the pattern names nothing: it matches whatever stands there.
    public var takesEverything: Bool { !bytes.contains { !"*? ".utf8.contains($0) } }

    /// The first byte of every text that matches; nil where it may be any.
    var firstByte: UInt8? {
        guard let first = bytes.first, !"*?#".utf8.contains(first) else { return nil }
        return first
    }

    /// The first byte of a text as patterns see it; nil where a closer look is needed.
    static func firstByte(_ text: some Collection<UInt8>) -> UInt8? {
        guard let first = text.first(where: { $0 > 0x20 && !marks.contains($0) }) else { return nil }
        if first == 0xC2 || rules.contains(first) { return nil }
        return first &- 0x41 < 26 ? first | 0x20 : first
    }

    /// How much of a text is looked at.
    static let window = 400

    /// The first `window` bytes of a text as patterns see it.
    static func folded(_ text: some Collection<UInt8>) -> [UInt8] { folded(text.prefix(window), keeping: nil, nil) }

    private static func folded(
        _ text: some Collection<UInt8>, keeping star: UInt8?, _ hash: UInt8?
    ) -> [UInt8] {
        let text = Array(text)
        var out: [UInt8] = []
        var isSpace = true
        var index = 0
        while index < text.count {
            let byte = text[index]
            var length = 1
            var isMark = byte <= 0x20 || marks.contains(byte) && byte != star && byte != hash
            if byte == 0xC2, index + 1 < text.count, text[index + 1] == 0xA0 {
                length = 2
                isMark = true
            } else if rules.contains(byte) {
                // Lines of tables: three marks and more.
                while index + length < text.count, rules.contains(text[index + length]) { length += 1 }
                isMark = length >= 3
                if !isMark { length = 1 }
            }
            if !isMark {
                out.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
            } else if !isSpace {
                out.append(0x20)
            }
            isSpace = isMark
            index += length
        }
        if out.last == 0x20 { out.removeLast() }
        return out
    }

    private static let rules = Array("-=+:".utf8)
    private static let marks = Array("*#|_>`^{}\\~".utf8)

    /// Whether the pattern is the whole of a folded text. Work is bounded by the product of both lengths.
    func matches(_ text: [UInt8]) -> Bool {
        var at = 0
        var place = 0
        var star: (pattern: Int, text: Int)?
        while true {
            if place < bytes.count, bytes[place] == UInt8(ascii: "*") {
                star = (place, at)
                place += 1
                continue
            }
            if place < bytes.count, at < text.count, bytes[place] == UInt8(ascii: "#"), text[at] &- 0x30 < 10 {
                while at < text.count, text[at] &- 0x30 < 10 { at += 1 }
                place += 1
                continue
            }
            if place < bytes.count, at < text.count, bytes[place] == text[at] || bytes[place] == UInt8(ascii: "?") {
                place += 1
                at += 1
                continue
            }
            if place == bytes.count, at == text.count { return true }
            guard let back = star, back.text < text.count else { return false }
            star = (back.pattern, back.text + 1)
            place = back.pattern + 1
            at = back.text + 1
        }
    }
}
