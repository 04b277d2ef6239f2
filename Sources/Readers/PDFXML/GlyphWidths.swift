/// How wide text is in the faces that standards are set in: thousandths of an em of Times and Helvetica, as Adobe's font metrics of the
/// fourteen base fonts state them. Good to a few per cent for other faces.
enum GlyphWidths {
    /// The width of `text` without the spaces at its end, and how many spaces stand inside and in all.
    struct Measure {
        var width: Int32
        var inner: Int32
        var spaces: Int32
        /// With the spaces at the end.
        var whole: Int32
    }

    static func measure(_ text: UnsafeBufferPointer<UInt8>, _ font: PDFFont) -> Measure {
        let table = font.family == .sans ? sans : serif
        let isMono = font.family == .mono
        var sum = 0
        var trimmed = 0
        var spaces: Int32 = 0
        var inner: Int32 = 0
        table.withUnsafeBufferPointer { table in
            for byte in text {
                if byte & 0xC0 == 0x80 { continue }
                sum &+= isMono ? 600 : byte < 0x80 ? Int(table[Int(byte)]) : 520
                if byte == 0x20 {
                    spaces &+= 1
                } else {
                    trimmed = sum
                    inner = spaces
                }
            }
        }
        let size = Int(font.size)
        return Measure(
            width: Int32(min(trimmed &* size / 1000, 1_000_000)), inner: inner, spaces: spaces,
            whole: Int32(min(sum &* size / 1000, 1_000_000)))
    }

    private static func table(_ printable: [UInt16]) -> [UInt16] {
        [UInt16](repeating: 0, count: 32) + printable + [0]
    }

    private static let sans = table([
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
        556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
        556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
        556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
        500, 500, 500, 334, 260, 334, 584,
    ])

    private static let serif = table([
        250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500,
        500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722,
        611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444,
        500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722,
        500, 500, 444, 480, 200, 480, 541,
    ])
}
