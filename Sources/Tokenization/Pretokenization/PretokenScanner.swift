import CKernels

/// Finds the pieces of a text, one after the other; every byte is in exactly one piece.
///
/// A type for each pattern, so that the loop over a text is compiled for each.
protocol PretokenScanner {
    /// The end of the piece that begins at `start`; greater than `start`, at most `cursor.end`.
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int

    /// A bit for each `CharacterClass` of an ASCII character that is one piece with the letters behind it; 0: not known.
    static var leads: UInt32 { get }
    /// Whether of white space only a plain space is a lead.
    static var onlySpaceLeads: Bool { get }
}

extension PretokenScanner {
    /// The end of the piece at `start` where it is a word of ASCII, with its lead at most 15 bytes: the most frequent case, found
    /// without a branch for its length. Else 0. An apostrophe leads no word: it may begin a contraction.
    @inline(__always)
    static func endOfWord(_ cursor: CharacterCursor, from start: Int) -> Int {
        if leads == 0 || start &+ 16 > cursor.end { return 0 }
        let first = cursor.bytes[start]
        let found = shardmill_ascii_letters(cursor.bytes + start)
        // The class of the first byte, which is ASCII where its bit says so.
        let kind = UInt32(cursor.classes.values[Int(first & 0x7F)])
        let length = Int(truncatingIfNeeded: (~(found | 1) & 0xFFFF | 0x1_0000).trailingZeroBitCount)
        let isLead =
            leads &>> kind & 1 != 0 && first != UInt8(ascii: "'")
            && (!onlySpaceLeads || kind != UInt32(CharacterClass.space) || first == 0x20)
        // Neither the first byte nor the one that ends the word is part of another character.
        let isASCII = (found &>> 16 | found &>> UInt32(truncatingIfNeeded: 16 &+ length)) & 1 == 0
        let hasLetter = length > 1 || found & 1 != 0
        return isLead && isASCII && hasLetter && length < 16 ? start &+ length : 0
    }

    @inline(__always) static var leads: UInt32 { 0 }
    @inline(__always) static var onlySpaceLeads: Bool { true }
}

/// One piece: the whole text.
enum WholeScanner: PretokenScanner {
    @inline(__always)
    static func endOfPiece(_ cursor: CharacterCursor, from start: Int) -> Int { cursor.end }
}
