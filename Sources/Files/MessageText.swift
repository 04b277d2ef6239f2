/// The text of messages that quote what a file holds.
public enum MessageText {
    /// A quoted name is cut behind this many characters in all.
    private static let longest = 6000

    /// The message on one line of bounded length: what a file holds may have control characters and no end.
    public static func oneLine(_ message: String) -> String {
        func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80..<0xA0).contains(scalar.value)
                && scalar.value != 0x2028 && scalar.value != 0x2029
                // Marks of direction show what follows in another order than it is written in.
                && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
        }
        let scalars = message.unicodeScalars
        if scalars.count <= longest, scalars.allSatisfy(isPlain) { return message }
        var line = String.UnicodeScalarView()
        for scalar in scalars.prefix(longest) { line.append(isPlain(scalar) ? scalar : "\u{FFFD}") }
        if scalars.count > longest { line.append("…") }
        return String(line)
    }
}
