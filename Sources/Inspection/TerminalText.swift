/// Text of documents made safe for a terminal, and ANSI colours.
enum TerminalText {
    /// The text with control characters, but for line feeds and tabs, shown as their pictures: a document cannot move the
    /// cursor, change colours or hide text.
    static func sanitized(_ text: String) -> String {
        if !text.unicodeScalars.contains(where: isControl) { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                let picture: UInt32 =
                    scalar.value < 0x20 ? 0x2400 + scalar.value : scalar.value == 0x7F ? 0x2421 : 0xFFFD
                out.append(Unicode.Scalar(picture) ?? "?")
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F..<0xA0: true
        // Marks that reorder what follows, up to the end of the line or beyond.
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Foreground colours that are readable on light and dark terminals, one a document in turn.
    private static let colours = [36, 33, 35, 32, 34, 31]

    static func coloured(_ text: String, number: Int, _ enabled: Bool) -> String {
        enabled ? "\u{1B}[\(colours[number % colours.count])m\(text)\u{1B}[0m" : text
    }

    static func faint(_ text: String, _ enabled: Bool) -> String { enabled ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    static func bold(_ text: String, _ enabled: Bool) -> String { enabled ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}
