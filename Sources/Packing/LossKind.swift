public import Documents

/// A kind of text that carries no loss where a recipe says so: a model reads it and does not learn to write it.
public enum LossKind: String, Sendable, CaseIterable {
    case heading, prose, table, code, equation, caption, note
    case listItem = "list_item"
    /// A table of whose letters and digits at least half are digits.
    case numberTable = "number_table"

    /// The bytes of a text that are of one of the kinds, ascending and apart. Cost: one pass over the tables.
    public static func bytes(of kinds: [LossKind], in text: [UInt8], spans: [TextSpan]) -> [Range<Int>] {
        spans.compactMap { span in
            guard span.start < span.end, span.end <= text.count else { return nil }
            let isOf = kinds.contains { kind in
                kind == .numberTable
                    ? span.kind == .table && isMostlyDigits(text[span.start..<span.end])
                    : kind.rawValue == span.kind.rawValue
            }
            return isOf ? span.start..<span.end : nil
        }
    }

    /// Letters beyond ASCII count by their bytes' first.
    private static func isMostlyDigits(_ bytes: ArraySlice<UInt8>) -> Bool {
        var digits = 0
        var letters = 0
        for byte in bytes {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x41...0x5A, 0x61...0x7A, 0xC2...0xF4: letters += 1
            default: break
            }
        }
        return digits > 0 && digits >= letters
    }
}
